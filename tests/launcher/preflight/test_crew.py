"""The processes of nodes that take part in all-reduces, beside each other in one test."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from preflight_nodes import SITECUSTOMIZE

from modelyard_node.ports import free_port
from modelyard_node.preflight.crew import Crew, Task, merged

Both = Callable[[Callable[[int], Any]], list[Any]]


@pytest.fixture
def both() -> Iterator[Both]:
    """Has two nodes do something at the same time."""
    with ThreadPoolExecutor(2) as threads:
        yield lambda what: list(threads.map(what, (0, 1)))


@pytest.fixture
def crews(tmp_path: Path) -> Iterator[Callable[..., list[Crew]]]:
    """Two nodes with a process each; one of them may be made to behave wrongly."""
    made: list[Crew] = []
    (tmp_path / "sitecustomize.py").write_text(SITECUSTOMIZE)

    def make(how: str = "", framework: str = "torch") -> list[Crew]:
        for rank in (0, 1):
            variables = {
                "PATH": os.defpath,
                "NODE_RANK": str(rank),
                "GLOO_SOCKET_IFNAME": "lo",
                "PYTHONPATH": str(tmp_path),
                "TRY_RANKS": "1",
                "TRY_HOW": how,
            }
            made.append(Crew(sys.executable, framework, 0, variables, tmp_path / str(rank)))
        return made

    yield make
    for crew in made:
        crew.end()


def tasks(seconds: float = 60) -> list[Task]:
    address = f"127.0.0.1:{free_port()}"
    return [Task(address, rank, 2, seconds) for rank in (0, 1)]


def test_processes_stay_for_the_next_round(
    crews: Callable[..., list[Crew]], both: Both, pytorch: None
) -> None:
    made = crews()
    assert both(lambda rank: made[rank].start(60)) == [{}, {}]
    processes = [process.pid for crew in made for process in crew._processes]
    for _ in range(2):
        again = tasks()
        first, second = both(lambda rank, again=again: made[rank].do(again[rank]))
        assert [size for size, _ in first["sizes"]] == [size for size, _ in second["sizes"]]
        assert all(seconds > 0 for _, seconds in first["sizes"])
        assert first["network"]["network"] is None
    assert [process.pid for crew in made for process in crew._processes] == processes


def test_wrong_sums_are_seen_by_the_one_that_gets_them(
    crews: Callable[..., list[Crew]], both: Both, pytorch: None
) -> None:
    made, given = crews("wrong"), tasks()
    both(lambda rank: made[rank].start(60))
    _, second = both(lambda rank: made[rank].do(given[rank]))
    assert (second["error"], second["wrong"]) == ("it got wrong sums of 1,048,576 bytes", True)
    assert made[1]._processes == []


def test_a_node_that_hangs_is_given_up_and_its_processes_ended(
    crews: Callable[..., list[Crew]], both: Both, pytorch: None
) -> None:
    made, given = crews("hangs"), tasks(4)
    both(lambda rank: made[rank].start(60))
    processes = [process for crew in made for process in crew._processes]
    _, second = both(lambda rank: made[rank].do(given[rank]))
    assert (second["error"], second["late"]) == ("it didn't come to an end in time", True)
    assert [process.poll() is None for process in processes] == [False, False]


def test_a_process_that_ends_before_its_time_leaves_its_last_words(
    crews: Callable[..., list[Crew]], both: Both
) -> None:
    made = crews("dies", "jax")
    first, second = both(lambda rank: made[rank].start(60))
    assert first == {}
    assert second == {"error": "it ended before its time: CUDA driver version is insufficient"}


def test_a_framework_that_cannot_be_imported_says_so(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('libcudart.so.12: cannot open shared object file')")
    crew = Crew(sys.executable, "torch", 0, {"PYTHONPATH": str(tmp_path)}, tmp_path / "crew")
    assert crew.start(60) == {"error": "ImportError: libcudart.so.12: cannot open shared object file"}


def test_an_interpreter_that_is_not_there_says_so(tmp_path: Path) -> None:
    crew = Crew(str(tmp_path / "python"), "torch", 0, {}, tmp_path / "crew")
    assert crew.start(5) == {"error": f"{tmp_path}/python: No such file or directory"}


def test_the_slowest_of_a_nodes_processes_counts() -> None:
    answers = [{"sizes": [[4, 0.1], [8, 0.5]]}, {"sizes": [[4, 0.3], [8, 0.2]]}]
    assert merged(answers) == {"sizes": [[4, 0.3], [8, 0.5]]}
    late = {"error": "it didn't come to an end in time", "late": True}
    assert merged([*answers, late, {"error": "CUDA error"}]) == {"error": "CUDA error"}
    assert merged([{"ready": True}, {"ready": True}]) == {}
