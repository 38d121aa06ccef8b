"""What a supervisor does after a preflight that found nodes bad."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from modelyard.errors import SurroundingsError
from modelyard_launcher.records import BadNode, RunRecord
from modelyard_launcher.supervise.bad_nodes import with_ended_nodes
from modelyard_launcher.supervise.decide import EndNodes, Over, Resubmit, Rules, Seen, decide

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
BAD = {"rank": 2, "host": "ip-10-0-0-2", "instance_id": "i-2", "checks": ["all_reduce"]}
ASKED = {"preflight": {"end_bad_nodes": True, "min_gbps": None}}


def failed_run(*bad: dict[str, Any], submissions: int = 1, may_end: bool = True, **job: Any) -> RunRecord:
    """A run that ended by its preflight, which found these nodes bad."""
    return RunRecord.model_validate(
        {
            "run_id": "cnn-20261201-110000-0000",
            "state": "failed",
            "backend": "aws_batch",
            "environment": "dev",
            "pool": "h100",
            "num_nodes": 4,
            "created": NOON,
            "updated": NOON,
            "submissions": [
                {
                    "number": number,
                    "backend": "aws_batch",
                    "pool": "h100",
                    "job_name": f"cnn-{number}",
                    "submitted": NOON,
                    "ended": NOON,
                    "kind": "preflight",
                    "reason": "preflight: all_reduce of rank 2",
                }
                for number in range(1, submissions + 1)
            ],
            "attempts": [
                {
                    "number": number,
                    "name": f"{number:03d}-01",
                    "started": NOON,
                    "ended": NOON,
                    "kind": "preflight",
                    "bad_nodes": list(bad) if number == submissions else [],
                }
                for number in range(1, submissions + 1)
            ],
            "plan_digest": "0",
            "job": {**ASKED, **job},
            "target": {"end_bad_nodes": may_end},
        }
    )


def next_of(record: RunRecord, moment: datetime = NOON) -> Any:
    rules = Rules.of(record, has_recovery=False, away_limit_seconds=600)
    return decide(Seen(record, record.state, None, 0.0, moment), rules)


def test_bad_nodes_are_ended_before_the_run_is_submitted_again() -> None:
    assert next_of(failed_run(BAD)) == EndNodes((BadNode.model_validate(BAD),))


def test_once_they_are_ended_the_run_is_submitted_again() -> None:
    record = with_ended_nodes(failed_run(BAD), [BadNode.model_validate(BAD)], NOON)
    assert record.attempts[-1].bad_nodes[0].ended == NOON
    action = next_of(record)
    assert isinstance(action, Resubmit)
    assert (action.where, action.why) == (
        "same_region",
        "rank 2 (ip-10-0-0-2, i-2) failed the preflight, and was ended",
    )
    # What was written down by one supervisor is known to the next.
    again = RunRecord.model_validate_json(record.model_dump_json(by_alias=True))
    assert next_of(again) == action


def test_of_several_bad_nodes_all_are_ended_first() -> None:
    other = {**BAD, "rank": 3, "host": "ip-10-0-0-3", "instance_id": "i-3"}
    record = with_ended_nodes(failed_run(BAD, other), [BadNode.model_validate(BAD)], NOON)
    assert isinstance(next_of(record), EndNodes)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"preflight": {"end_bad_nodes": False}},
            "the job doesn't ask for its end (preflight.end_bad_nodes)",
        ),
        ({"preflight": None}, "the job doesn't ask for its end (preflight.end_bad_nodes)"),
        (
            {"may_end": False},
            "environment dev lets nobody who submits jobs end its nodes (jobs.end_bad_nodes)",
        ),
    ],
)
def test_without_permission_a_bad_node_is_named_and_stays(changes: dict[str, Any], why: str) -> None:
    assert next_of(failed_run(BAD, **changes)) == Over(
        f"rank 2 (ip-10-0-0-2, i-2) failed the preflight, and stays: {why}"
    )


def test_a_preflight_that_blames_no_node_is_the_runs_end() -> None:
    assert next_of(failed_run()) == Over(None)


def test_past_a_limit_no_node_is_ended() -> None:
    record = failed_run(BAD, deadline="2026-12-01T11:00:00Z")
    assert next_of(record) == Over("its deadline 2026-12-01T11:00:00Z is reached")


def test_after_too_many_bad_nodes_it_is_given_up() -> None:
    record = with_ended_nodes(failed_run(BAD, submissions=5), [BadNode.model_validate(BAD)], NOON)
    action = next_of(record)
    assert isinstance(action, Over)
    assert action.why is not None
    assert action.why.startswith("5 submissions one after another came no step further; the last: rank 2 ")


def test_a_record_without_attempts_stays_as_it_is() -> None:
    record = failed_run(BAD).model_copy(update={"attempts": []})
    assert with_ended_nodes(record, [BadNode.model_validate(BAD)], NOON) is record
    assert next_of(record) == Over(None)


def test_on_this_machine_there_is_nothing_to_end(yard: Any) -> None:
    record, _ = yard.run("exit 3")
    with pytest.raises(SurroundingsError) as error:
        yard.backend().end_nodes(record, [BadNode(rank=1, host="here")])
    assert error.value.message == (
        f"rank 1 (here) of run {record.run_id} is a process of this machine, which isn't ended for it"
    )
    assert error.value.mend == "see what is wrong with this machine: `modelyard job preflight` tells"
