"""A store on S3 that goes away, or hangs, while a job runs: training goes on, and the node still ends in time."""

from __future__ import annotations

import json
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from patience import GONE_SECONDS

from modelyard_node import keys
from modelyard_node.ports import free_port

RUN = "try-20261126-120000-abcd"
WAITS = f"""exec {sys.executable} -c '
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
pathlib.Path("up").touch()
while not pathlib.Path("gate").exists(): time.sleep(0.02)
'"""


class Gate:
    """A way to the store that can be shut: then connections are refused, or nothing comes through."""

    def __init__(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        self._behind = (parts.hostname, parts.port)
        self._open = threading.Event()
        self._open.set()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", free_port()))
        self.port = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._start(self._accept, self._listener)

    def hang(self) -> None:
        """Let nothing through any more, and say nothing."""
        self._open.clear()

    def shut(self) -> None:
        """Be gone."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        # Without listening: nobody else is given the port meanwhile, and would answer in the store's place.
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))
        self._cut()

    def come_back(self) -> None:
        """Be there again, at the same address."""
        self._listener.listen()
        self._start(self._accept, self._listener)

    def close(self) -> None:
        self._open.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._cut()
        for thread in self._threads:
            thread.join(10)
        for sock in self._sockets:
            sock.close()

    def _cut(self) -> None:
        for sock in self._sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _start(self, what: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=what, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                here, _ = listener.accept()
                there = socket.create_connection(self._behind)
            except OSError:
                return
            self._sockets += [here, there]
            self._start(self._pass_on, here, there)
            self._start(self._pass_on, there, here)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(1 << 16):
                self._open.wait()
                target.sendall(chunk)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def gate(node_s3_endpoint: str) -> Iterator[Gate]:
    made = Gate(node_s3_endpoint)
    yield made
    made.close()


def start(nodes: Any, gate: Gate, eventually: Any) -> Any:
    nodes.submit(WAITS, grace_seconds=5)
    node = nodes.start(AWS_ENDPOINT_URL=f"http://127.0.0.1:{gate.port}", MODELYARD_PATIENCE_SECONDS="2")
    eventually(lambda: nodes.has("up"))
    eventually(nodes.heartbeat)
    return node


def test_a_store_that_goes_away_and_comes_back_is_said_once(s3_nodes: Any, gate: Gate, eventually: Any):
    node = start(s3_nodes, gate, eventually)
    gate.shut()
    eventually(lambda: node.said)
    before = s3_nodes.heartbeat()
    time.sleep(1)
    assert len(node.said) == 1
    assert node.said[0].startswith("the store can't be used, and the job goes on without it: s3://")
    assert s3_nodes.heartbeat() == before
    gate.come_back()
    eventually(lambda: node.said[1:] == ["the store can be used again"])
    eventually(lambda: s3_nodes.heartbeat()["at"] > before["at"])
    s3_nodes.store.put(keys.stop_key(RUN), json.dumps({"by": "ada"}).encode())
    assert node.wait() == 240
    assert s3_nodes.end()["reason"] == "ada asked for the end"


def test_a_store_that_hangs_keeps_nobody(s3_nodes: Any, gate: Gate, eventually: Any):
    node = start(s3_nodes, gate, eventually)
    gate.hang()
    time.sleep(0.5)
    at = time.monotonic()
    node.process.send_signal(signal.SIGTERM)
    assert node.wait() == 240
    assert time.monotonic() - at < GONE_SECONDS
    assert node.said[-1] == "the store doesn't answer: this node's end isn't in it"


def test_a_job_that_succeeds_while_its_store_hangs_has_succeeded(s3_nodes: Any, gate: Gate, eventually: Any):
    node = start(s3_nodes, gate, eventually)
    gate.hang()
    (s3_nodes.directory / "gate").touch()
    assert node.wait() == 0
    assert node.said[-1] == "the store doesn't answer: this node's end isn't in it"


def test_an_end_is_written_when_the_store_comes_back_in_time(s3_nodes: Any, gate: Gate, eventually: Any):
    s3_nodes.submit(WAITS)
    node = s3_nodes.start(AWS_ENDPOINT_URL=f"http://127.0.0.1:{gate.port}", MODELYARD_PATIENCE_SECONDS="30")
    eventually(lambda: s3_nodes.has("up"))
    gate.shut()
    (s3_nodes.directory / "gate").touch()
    time.sleep(1)
    gate.come_back()
    assert node.wait() == 0
    assert s3_nodes.end()["kind"] == "succeeded"
