"""A service that starts a job again without saying so: the main node counts the starts, and tells the others."""

from __future__ import annotations

from typing import Any


def test_each_start_of_a_submission_is_an_attempt_of_its_own(nodes: Any):
    for number in (1, 2):
        started = nodes.run("echo attempt $MODELYARD_ATTEMPT", {"MODELYARD_ATTEMPT_UNTOLD": "1"}, num_nodes=2)
        assert [node.wait() for node in started] == [0, 0]
        assert [node.out for node in started] == [f"attempt {number}\n"] * 2
    for name in ("001-01", "001-02"):
        assert [nodes.end(rank, name)["kind"] for rank in (0, 1)] == ["succeeded", "succeeded"]
        assert nodes.lease(name)["num_nodes"] == 2


def test_starts_of_another_submission_are_counted_from_one(nodes: Any):
    nodes.run("true", {"MODELYARD_ATTEMPT_UNTOLD": "1"})
    nodes.run("true", {"MODELYARD_ATTEMPT_UNTOLD": "1", "MODELYARD_SUBMISSION": "2"})
    assert nodes.end(0, "002-01")["kind"] == "succeeded"


def test_a_child_that_was_told_another_attempt_is_still_refused(nodes: Any):
    nodes.submit("sleep 5", num_nodes=2)
    main = nodes.start(0, MODELYARD_ATTEMPT_UNTOLD="1")
    child = nodes.start(1, MODELYARD_BATCH_ATTEMPT="2")
    assert child.wait() == 240
    assert any("the main node runs attempt 001-01" in line for line in child.said)
    main.process.terminate()
    main.wait()
