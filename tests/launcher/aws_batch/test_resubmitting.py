"""A run that is submitted once more: the same job under the same run, from where its attempts came to."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from batch_cluster import Cluster
from patience import eventually

from modelyard.errors import SurroundingsError
from modelyard_launcher.records import RunRecord
from modelyard_sandbox.faults import Fault

SUBMIT = "batch:POST /v1/submitjob"


WAITS = 'echo up; test "$MODELYARD_ATTEMPT" = 2 || sleep 60'


def lost(cluster: Cluster, name: str, run: str = WAITS, **fields: Any) -> RunRecord:
    """A run whose machine failed, and which Batch doesn't start again."""
    record = cluster.submit(name, run, retry={"on_events": []}, **fields)
    cluster.strike("host_failure", record)
    record = cluster.see_through(record)
    assert (record.state, record.submissions[-1].kind) == ("failed", "host")
    return record


def resubmit(cluster: Cluster, record: RunRecord) -> RunRecord:
    cluster.events.clear()
    return cluster.backend().resubmit(
        record,
        cluster.resolved,
        detach=True,
        on_line=lambda *_: None,
        on_event=cluster.events.append,
    )


def test_a_run_goes_on_as_the_next_submission_of_the_same_run(cluster: Cluster) -> None:
    cluster.write("goeson", "true").with_name("note.txt").write_text("from the first submission\n")
    first = lost(cluster, "goeson", f"cat note.txt; {WAITS}", workdir=".", num_nodes=2)
    (cluster.project / "jobs" / "goeson" / "note.txt").write_text("changed since\n")
    again = resubmit(cluster, first)
    assert (again.run_id, again.state, again.reason, again.ended) == (first.run_id, "submitted", None, None)
    assert [each.number for each in again.submissions] == [1, 2]
    assert again.submissions[1].job_name == f"{first.run_id}-2"
    last = cluster.see_through(again)
    assert last.state == "succeeded"
    assert [attempt.name for attempt in last.attempts] == ["001-01", "002-01"]
    assert [attempt.number for attempt in last.attempts] == [1, 2]
    assert cluster.lines(last) == [
        "from the first submission",
        "up",
        "modelyard: submission 2, attempt 1",
        "from the first submission",
        "up",
    ]
    assert len(cluster.jobs_named("goeson-2*")) == 2
    job = cluster.batch.describe_jobs(jobs=[last.submissions[1].job_id])["jobs"][0]
    assert job["tags"]["modelyard:submission"] == "2"


def test_an_answer_lost_at_the_second_submission_is_looked_up_too(cluster: Cluster) -> None:
    first = lost(cluster, "lostagain")
    cluster.sandbox.set_faults(Fault(SUBMIT, "lose"))
    again = resubmit(cluster, first)
    assert again.submissions[1].job_id is not None
    assert cluster.events[-1] == f"it is there: {first.run_id}-2 had got through"
    assert cluster.see_through(again).state == "succeeded"
    assert len(cluster.jobs_named(f"{first.run_id}-2")) == 1


def test_a_second_submission_that_was_broken_off_is_settled_not_repeated(cluster: Cluster) -> None:
    first = lost(cluster, "settled")
    again = resubmit(cluster, first)
    # As if whoever submitted it had been killed before the answer came.
    unanswered = again.submissions[1].model_copy(update={"job_id": None})
    begun = again.model_copy(
        update={"state": "submitting", "submissions": [again.submissions[0], unanswered]}
    )
    cluster.context.runs.write(begun)
    settled = resubmit(cluster, cluster.context.runs.read(first.run_id))
    assert settled.submissions[1].job_id == again.submissions[1].job_id
    assert "submission 2 had got through: it is taken up as it is" in cluster.events
    assert cluster.see_through(settled).state == "succeeded"
    assert len(cluster.jobs_named(f"{first.run_id}-2")) == 1


def test_of_two_who_submit_a_run_once_more_one_does(cluster: Cluster) -> None:
    first = lost(cluster, "two")
    with ThreadPoolExecutor(2) as both:
        outcomes = [both.submit(_outcome, cluster, first) for _ in range(2)]
    told = sorted(outcome.result() for outcome in outcomes)
    assert told in (
        [f"run {first.run_id} has been submitted anew by somebody else meanwhile", "submitted"],
        [f"run {first.run_id} still goes on, as far as is known", "submitted"],
    )
    assert len(cluster.jobs_named(f"{first.run_id}-2")) == 1
    cluster.see_through(cluster.context.runs.read(first.run_id))


def _outcome(cluster: Cluster, record: RunRecord) -> str:
    try:
        return resubmit(cluster, record).state
    except SurroundingsError as error:
        return error.message


def test_a_run_that_goes_on_isnt_submitted_once_more(cluster: Cluster) -> None:
    record = cluster.submit("stillon", "sleep 60")
    with pytest.raises(SurroundingsError, match="still goes on, as far as is known") as error:
        resubmit(cluster, record)
    assert "cancel it first" in error.value.mend
    eventually(lambda: cluster.backend().describe(record).state == "running")
    cluster.backend().cancel(record)


def test_without_its_files_a_run_cant_go_on(cluster: Cluster) -> None:
    first = lost(cluster, "nofiles", workdir=".")
    spec = json.loads(cluster.store.get(cluster.spec_key(first)))
    cluster.forget(f"runs/archives/{spec['files'][0]['archive']}")
    with pytest.raises(SurroundingsError, match=r"which holds files of the run, isn't there"):
        resubmit(cluster, first)
    assert cluster.context.runs.read(first.run_id).state == "failed"
