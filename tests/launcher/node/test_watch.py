"""The watch of a very large job: a thousand children on one loop, in this process."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE_SECONDS

from modelyard_node import codes
from modelyard_node.causes import Cause
from modelyard_node.clock import Clock
from modelyard_node.ends import SUCCEEDED, Ending
from modelyard_node.loop import Loop
from modelyard_node.pace import Pace
from modelyard_node.place import Place, read_place
from modelyard_node.ports import free_port
from modelyard_node.watch.base import Report
from modelyard_node.watch.hub import Hub
from modelyard_node.watch.link import Link

NODES = 1_000


def place(rank: int, port: int, num_nodes: int = NODES) -> Place:
    return read_place(
        {
            "MODELYARD_RUN_ID": "r",
            "MODELYARD_CHECKPOINTS": "file:///x",
            "MODELYARD_SPEC_SHA256": "0" * 64,
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(port),
            "NUM_NODES": str(num_nodes),
            "NODE_RANK": str(rank),
        }
    )


class Gathering:
    """A main node and its children, all in one loop."""

    def __init__(self, num_nodes: int) -> None:
        port = free_port()
        self.loop = Loop()
        self.causes: list[Cause] = []
        self.stopped: list[int] = []
        self.places = [place(rank, port, num_nodes) for rank in range(num_nodes)]
        self.hub = Hub(self.loop, self.places[0], Pace(), Clock(), 1, self.causes.append)
        self.links: dict[int, Link] = {}

    def come(self) -> None:
        for each in self.places[1:]:
            sock = socket.create_connection(("127.0.0.1", each.master_port + 1))
            self.links[each.rank] = Link(
                self.loop,
                sock,
                each,
                Pace(),
                self.causes.append,
                lambda *_, rank=each.rank: self.stopped.append(rank),
            )
            if each.rank % 200 == 0:
                self.loop.turn()
        self.until(lambda: all(link.attempt for link in self.links.values()))

    def until(self, what: Any) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not what():
            assert time.monotonic() < end
            self.loop.turn()

    def close(self) -> None:
        for link in self.links.values():
            link.close()
        self.hub.close()


@pytest.fixture
def gathering() -> Iterator[Gathering]:
    made = Gathering(NODES)
    yield made
    made.close()


def test_a_thousand_nodes_meet_save_and_end(gathering: Gathering):
    began = time.process_time()
    gathering.come()
    for rank, link in gathering.links.items():
        link.bring("run", rank)
    gathering.hub.bring("run", 0)
    answers: list[Any] = []

    def met() -> bool:
        done, answer = gathering.hub.outcome("run", lambda brought: sum(brought.values()))
        answers.append(answer)
        return done

    gathering.until(met)
    gathering.until(lambda: all(link.outcome("run", lambda _: None)[0] for link in gathering.links.values()))
    assert {link.outcome("run", lambda _: None)[1] for link in gathering.links.values()} == {
        sum(range(NODES))
    }

    at = time.process_time()
    gathering.hub.tick()
    assert time.process_time() - at < 0.5

    gathering.hub.tell_stop(Ending(codes.STOPPED, "asked"), 10)
    gathering.until(lambda: len(gathering.stopped) == NODES - 1)
    for link in gathering.links.values():
        link.tell_end(Report(SUCCEEDED, ["last line"]))
    gathering.until(gathering.hub.over)
    gathering.until(lambda: all(link.over() for link in gathering.links.values()))
    assert gathering.causes == []
    assert gathering.hub.children[999].report == Report(SUCCEEDED._replace(rank=999), ["last line"])
    assert time.process_time() - began < 10


def test_one_of_a_thousand_that_is_lost_is_named(gathering: Gathering):
    gathering.come()
    gathering.links[500].close()
    gathering.until(lambda: gathering.causes)
    (cause,) = gathering.causes
    assert (
        cause.ending.reason
        == f"rank 500 was lost: its connection broke off (closed) ({socket.gethostname()})"
    )
    assert (cause.ending.kind, cause.lost) == ("host", True)


def test_what_a_child_says_of_another_rank_stands():
    gathering = Gathering(3)
    gathering.come()
    gathering.links[2].tell_stop(Ending(codes.HOST, "its machine goes", 2), 0)
    gathering.links[1].tell_failure(Ending(codes.PROGRAM, "failed", 1, 4), time.monotonic() - 5)
    gathering.until(lambda: len(gathering.causes) == 2)
    stop, failure = sorted(gathering.causes, key=lambda cause: cause.ending.rank or 0, reverse=True)
    assert stop.ending == Ending(codes.HOST, "its machine goes", 2)
    assert 4.9 < stop.at - failure.at < 6
    gathering.close()


def test_connections_that_say_nothing_are_closed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from modelyard_node.watch import hub

    monkeypatch.setattr(hub, "HELLO_SECONDS", 0)
    gathering = Gathering(2)
    stranger = socket.create_connection(("127.0.0.1", gathering.places[0].master_port + 1))
    gathering.until(lambda: gathering.hub._strangers)
    gathering.hub.tick()
    assert stranger.recv(10) == b""
    stranger.close()
    gathering.close()
