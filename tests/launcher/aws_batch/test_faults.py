"""What goes wrong at AWS Batch, rehearsed: what becomes of the run, and what its user is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from batch_cluster import Cluster
from patience import eventually

from modelyard.errors import SurroundingsError
from modelyard_launcher.backends import Standing
from modelyard_launcher.backends.aws_batch import client
from modelyard_launcher.records import RunRecord
from modelyard_sandbox.faults import Fault
from modelyard_sandbox.job_faults import JobFault

SUBMIT = "batch:POST /v1/submitjob"


def refused(cluster: Cluster, name: str, code: str) -> tuple[SurroundingsError, RunRecord]:
    """The error of a submission that AWS refuses, and the record that it leaves."""
    cluster.sandbox.set_faults(Fault(SUBMIT, "refuse", times=100, code=code))
    with pytest.raises(SurroundingsError) as error:
        cluster.submit(name)
    cluster.sandbox.set_faults()
    (record,) = [each for each in cluster.context.runs.newest(100) if each.run_id.startswith(f"{name}-2")]
    assert cluster.jobs_named(f"{name}-2*") == []
    return error.value, record


def waits(cluster: Cluster, record: RunRecord, start: str) -> Standing:
    """How a run stands, once it waits for that reason."""
    backend = cluster.backend()

    def look() -> Standing | None:
        standing = backend.describe(record)
        return standing if (standing.reason or "").startswith(start) else None

    return eventually(look)


# Throttling


def test_throttled_it_is_sent_again_a_little_later(cluster: Cluster) -> None:
    cluster.sandbox.set_faults(Fault(SUBMIT, "refuse", times=2, code="TooManyRequestsException"))
    record = cluster.submit("throttled")
    assert record.state == "submitted"
    assert len(cluster.jobs_named(f"{record.run_id}-1")) == 1
    assert cluster.see_through(record).state == "succeeded"


def test_throttled_for_long_the_run_is_told_as_never_submitted(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "THROTTLED_PAUSES", (0.01, 0.01))
    error, record = refused(cluster, "throttledlong", "TooManyRequestsException")
    place = cluster.place.access.place
    assert error.message == (
        f"{place} takes no more calls of SubmitJob for now: the account's rate is used up"
    )
    assert record.state == "failed"
    assert record.reason == f"it was never submitted: {error.message}"
    assert record.submissions[0].kind == "broken"


# Credentials and rights


def test_with_expired_credentials_nothing_is_submitted_and_the_next_time_it_is(cluster: Cluster) -> None:
    error, record = refused(cluster, "expired", "ExpiredTokenException")
    assert error.message == f"your credentials for {cluster.place.access.place} have expired"
    assert "sign in again" in error.mend
    assert record.state == "failed"
    again = cluster.submit("expired")
    assert again.run_id != record.run_id
    assert cluster.see_through(again).state == "succeeded"


def test_credentials_that_expire_meanwhile_leave_the_run_alone(cluster: Cluster) -> None:
    record = cluster.submit("expiring", "sleep 1")
    cluster.sandbox.set_faults(Fault("batch:POST /v1/describejobs", "refuse", code="ExpiredTokenException"))
    with pytest.raises(SurroundingsError, match=r"your credentials for .* have expired"):
        cluster.backend().refresh(record)
    assert cluster.see_through(record).state == "succeeded"


def test_who_may_not_submit_is_told_whom_to_ask(cluster: Cluster) -> None:
    error, _ = refused(cluster, "denied", "AccessDeniedException")
    assert error.message == f"you may not batch:SubmitJob in {cluster.place.access.place}"
    assert "the policies of its submitters" in error.mend


# No answer


def test_of_a_submission_whose_answer_is_lost_the_job_is_found_and_adopted(cluster: Cluster) -> None:
    cluster.sandbox.set_faults(Fault(SUBMIT, "lose"))
    record = cluster.submit("lost")
    (job,) = cluster.jobs_named("lost-2*")
    assert record.submissions[0].job_id == job["jobId"]
    assert cluster.events[1].endswith(f": looking for the job by its name, {record.run_id}-1")
    assert cluster.events[2] == f"it is there: {record.run_id}-1 had got through"
    assert cluster.see_through(record).state == "succeeded"


def test_an_end_whose_answer_is_lost_twice_is_told_and_comes_all_the_same(cluster: Cluster) -> None:
    record = cluster.submit("endlost", "sleep 60")
    eventually(lambda: cluster.backend().describe(record).state == "running")
    cluster.sandbox.set_faults(Fault("batch:POST /v1/terminatejob", "lose", times=2))
    with pytest.raises(SurroundingsError) as error:
        cluster.backend().cancel(record)
    assert error.value.message.startswith("TerminateJob had no clear answer from ")
    assert error.value.mend == "end it again: a second time does no harm"
    assert cluster.see_through(record).state == "cancelled"


# Machines


def test_without_capacity_a_waiting_job_says_what_ec2_lacks(cluster: Cluster) -> None:
    cluster.sandbox.set_job_faults(JobFault("no_capacity"))
    record = cluster.submit("nocapacity")
    standing = waits(cluster, record, "EC2 has no c7i.4xlarge to give at the moment")
    assert standing.state == "queued"
    assert standing.details[0].startswith("it starts by itself as soon as there are machines")
    cluster.sandbox.set_job_faults()
    assert cluster.see_through(record).state == "succeeded"


def test_a_job_that_waits_behind_others_says_behind_how_many(cluster: Cluster) -> None:
    cluster.sandbox.set_job_faults(JobFault("no_capacity"))
    first, second = cluster.submit("first"), cluster.submit("second")
    waits(cluster, first, "EC2 has no")
    assert waits(cluster, second, "1 job comes before it in the queue").state == "queued"
    for record in (second, first):
        assert cluster.backend().cancel(record).state == "cancelled"


def test_a_job_in_a_closed_queue_says_so(cluster: Cluster) -> None:
    queue = cluster.target.pools[0].queue_arn
    cluster.sandbox.set_job_faults(JobFault("no_capacity"))
    record = cluster.submit("closed")
    cluster.batch.update_job_queue(jobQueue=queue, state="DISABLED")
    try:
        standing = cluster.backend().describe(record)
        assert "its queue is closed: what waits in it stays until it opens again" in (
            standing.reason,
            *standing.details,
        )
        with pytest.raises(SurroundingsError, match="is closed: it takes no jobs outside of the environment"):
            cluster.submit("closedtoo")
    finally:
        cluster.batch.update_job_queue(jobQueue=queue, state="ENABLED")
    cluster.backend().cancel(record)


def test_a_machine_that_fails_is_no_fault_of_the_program(cluster: Cluster) -> None:
    record = cluster.submit("hostfailure", 'echo up; test "$MODELYARD_ATTEMPT" = 2 || sleep 60', num_nodes=2)
    cluster.strike("host_failure", record)
    record = cluster.see_through(record)
    assert record.state == "succeeded"
    first, second = record.attempts
    assert (first.kind, second.kind) == ("host", "succeeded")
    assert (first.reason or "").startswith("the machine i-")


def test_machines_that_fail_each_time_end_the_submission_as_no_fault_of_the_program(
    cluster: Cluster,
) -> None:
    cluster.sandbox.set_job_faults(JobFault("host_failure", times=10))
    record = cluster.run("hostfailures", "sleep 60")
    assert record.state == "failed"
    assert len(record.attempts) == 4
    assert {attempt.kind for attempt in record.attempts} == {"host"}
    assert record.submissions[0].kind == "host"


def test_a_spot_machine_that_is_taken_back_is_left_in_time(cluster: Cluster) -> None:
    record = cluster.submit(
        "spotty",
        'test "$MODELYARD_ATTEMPT" = 2 || { trap "echo saved; exit 0" TERM; echo up; sleep 60 & wait; }',
        resources={"use_spot": True},
    )
    cluster.strike("spot_interruption", record, notice_seconds=50)
    record = cluster.see_through(record)
    assert record.state == "succeeded"
    first = record.attempts[0]
    assert first.kind == "host"
    assert (first.reason or "").startswith("the machine of rank 0 will be taken back (spot_interruption, ")
    assert "saved" in cluster.lines(record)


# The container


def test_memory_that_ran_out_is_told_as_that(cluster: Cluster) -> None:
    record = cluster.submit("oom", "echo up; sleep 60")
    cluster.strike("out_of_memory", record)
    record = cluster.see_through(record)
    assert (record.state, record.reason) == ("failed", "its memory ran out, and the kernel ended it")
    assert (record.submissions[0].kind, record.exit_code) == ("program", 137)


def test_a_job_may_be_started_again_when_its_memory_ran_out(cluster: Cluster) -> None:
    record = cluster.submit(
        "oomagain",
        'echo up; test "$MODELYARD_ATTEMPT" = 2 || sleep 60',
        retry={"attempts": 2, "on_events": ["out_of_memory"]},
    )
    cluster.strike("out_of_memory", record)
    record = cluster.see_through(record)
    assert record.state == "succeeded"
    assert [attempt.kind for attempt in record.attempts] == ["program", "succeeded"]


def test_an_image_that_cant_be_pulled_is_told_as_that(cluster: Cluster) -> None:
    cluster.sandbox.set_job_faults(JobFault("image_missing"))
    record = cluster.run("noimage")
    assert (record.state, record.reason) == ("failed", "its image couldn't be pulled: pull access denied")
    assert record.submissions[0].kind == "broken"
    assert cluster.lines(record) == []


def test_a_job_may_be_started_again_when_its_image_couldnt_be_pulled(cluster: Cluster) -> None:
    cluster.sandbox.set_job_faults(JobFault("image_missing"))
    record = cluster.run("imageagain", retry={"attempts": 2, "on_events": ["image_pull_failure"]})
    assert record.state == "succeeded"
    assert [attempt.kind for attempt in record.attempts] == ["broken", "succeeded"]


# Time


def test_an_attempt_that_batch_has_to_end_is_told_as_a_timeout(own_cluster: Cluster) -> None:
    record = own_cluster.submit("hangs", "sleep 60", timeout="60s")
    eventually(lambda: own_cluster.backend().describe(record).state == "running")
    own_cluster.sandbox.clock(timedelta(minutes=10))
    last = own_cluster.see_through(record)
    assert (last.state, last.submissions[0].kind) == ("failed", "timeout")
    assert last.reason == (
        "the attempt took longer than the job's timeout, and its node didn't end it by itself"
    )
    assert len(last.attempts) == 1
