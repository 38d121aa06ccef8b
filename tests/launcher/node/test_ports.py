"""Ports on which programs meet: none that is given to whoever asks for any."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from modelyard_node import ports
from modelyard_node.ports import FIRST_PORT, PORTS, free_port


def test_ports_lie_below_those_that_linux_gives_to_whoever_asks() -> None:
    first, _ = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    found = [free_port() for _ in range(50)]
    assert all(FIRST_PORT <= port < FIRST_PORT + PORTS < first for port in found)
    # Whoever looks at the same time, before either listens, finds another.
    assert len(set(found)) > 25


def test_a_port_is_free_together_with_the_next() -> None:
    for beside in (0, 1):
        port = free_port()
        with socket.create_server(("127.0.0.1", port + beside)):
            assert free_port(port) not in (port, port + beside)
        assert free_port(port) == port


def test_behind_the_last_comes_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    last = FIRST_PORT + PORTS - 2
    monkeypatch.setattr(ports, "_can_listen", lambda port: port not in (last, last + 1))
    assert free_port(last) == FIRST_PORT


def test_where_none_is_free_whoever_listens_is_to_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_can_listen", lambda _port: False)
    assert free_port(FIRST_PORT + 8) == FIRST_PORT + 8
