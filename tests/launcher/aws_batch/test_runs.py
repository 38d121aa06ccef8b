"""Jobs on AWS Batch from one end to the other: every node is a process that the sandbox's Batch starts."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from batch_cluster import Cluster
from patience import GONE_SECONDS, eventually

from modelyard_launcher.backends.aws_batch import calls, logs
from modelyard_launcher.follow import follow_logs
from modelyard_launcher.records import RunRecord
from modelyard_sandbox.faults import Fault
from modelyard_sandbox.job_faults import JobFault

STEPS = """\
echo "rank $NODE_RANK of $NUM_NODES"
cat note.txt
echo '{"step": 4, "total_steps": 8, "loss": 0.5}' >> "$MODELYARD_METRICS"
"""


def test_a_job_of_two_nodes_runs_and_its_record_tells(cluster: Cluster) -> None:
    cluster.write("gang", "true").with_name("note.txt").write_text("from the workdir\n")
    record = cluster.run("gang", STEPS, num_nodes=2, workdir=".")
    assert (record.state, record.reason, record.exit_code) == ("succeeded", None, 0)
    assert [(each.rank, each.exit_code) for each in record.attempts[0].ranks] == [(0, 0), (1, 0)]
    assert (record.attempts[0].name, record.attempts[0].kind, record.attempts[0].step) == (
        "001-01",
        "succeeded",
        4,
    )
    assert record.attempts[0].region == "eu-central-1"
    assert record.spent_usd is not None
    assert record.submissions[0].kind == "succeeded"
    for rank in (0, 1):
        assert cluster.lines(record, rank) == [f"rank {rank} of 2", "from the workdir"]


def test_what_a_job_is_can_be_told_from_its_tags_alone(cluster: Cluster) -> None:
    record = cluster.submit("tagged")
    (summary,) = cluster.jobs_named(f"{record.run_id}-1")
    job = cluster.batch.describe_jobs(jobs=[summary["jobId"]])["jobs"][0]
    assert job["tags"]["modelyard:run"] == record.run_id
    assert job["tags"]["modelyard:submission"] == "1"
    assert job["tags"]["modelyard:owner"] == record.owner
    assert {name: job["tags"][name] for name in ("environment", "owner", "cost-center")} == {
        "environment": "dev",
        "owner": "ml-platform",
        "cost-center": "cc-1001",
    }
    assert job["propagateTags"] is True
    assert cluster.backend().refresh(record).run_id == record.run_id
    cluster.see_through(record)


def test_a_program_that_fails_fails_the_run_with_its_code_and_last_lines(cluster: Cluster) -> None:
    record = cluster.run("fails", "echo one; echo two; exit 7")
    assert (record.state, record.exit_code) == ("failed", 7)
    assert record.reason == "rank 0 exited with code 7"
    assert record.submissions[0].kind == "program"
    assert record.attempts[0].tail == ["one", "two"]


def test_a_program_is_started_again_as_often_as_its_job_says(cluster: Cluster) -> None:
    record = cluster.run(
        "again",
        'echo "attempt $MODELYARD_ATTEMPT"; test "$MODELYARD_ATTEMPT" = 2',
        retry={"attempts": 3},
    )
    assert record.state == "succeeded"
    assert [(each.name, each.kind, each.exit_code) for each in record.attempts] == [
        ("001-01", "program", 1),
        ("001-02", "succeeded", 0),
    ]
    assert cluster.lines(record) == [
        "attempt 1",
        "modelyard: this attempt ends: rank 0 exited with code 1",
        "modelyard: submission 1, attempt 2",
        "attempt 2",
    ]


def test_an_exit_code_that_no_rule_names_ends_the_run(cluster: Cluster) -> None:
    record = cluster.run("final", "exit 9", retry={"attempts": 3, "exit_codes": [75]})
    assert (record.state, record.exit_code, len(record.attempts)) == ("failed", 9, 1)


def test_a_child_that_fails_is_told_of_by_its_rank(cluster: Cluster) -> None:
    record = cluster.run(
        "child", 'if [ "$NODE_RANK" = 1 ]; then echo broken; exit 3; fi; sleep 60', num_nodes=2
    )
    assert (record.state, record.exit_code, record.reason) == ("failed", 3, "rank 1 exited with code 3")
    assert record.attempts[0].tail == ["broken"]


@pytest.mark.slow
def test_progress_and_spend_are_told_while_it_runs(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of nodes' words the first comes before the step, and the next would be waited for.
    as_ever = calls._variables
    often = {"MODELYARD_HEARTBEAT_SECONDS": "0.5"}
    monkeypatch.setattr(calls, "_variables", lambda *given: as_ever(*given) | often)
    # A node dates by S3's answers, whole seconds: of a step before the second's end no pace is known.
    record = cluster.submit("long", "sleep 2\n" + STEPS.replace("cat note.txt", "") + "sleep 60")
    backend = cluster.backend()
    standing = eventually(lambda: _with_progress(backend.describe(record)))
    assert standing.state == "running"
    assert (standing.progress.step, standing.progress.total_steps, standing.progress.loss) == (4, 8, 0.5)
    assert standing.progress.seconds_left is not None
    assert standing.spent_usd is not None
    assert backend.refresh(record).state == "running"
    last = backend.cancel(record)
    assert last.state == "cancelled"


def _with_progress(standing):
    return standing if standing.progress is not None else None


def test_a_cancelled_run_says_by_whom(cluster: Cluster) -> None:
    record = cluster.submit("cancelled", "sleep 60")
    backend = cluster.backend()
    eventually(lambda: backend.describe(record).state == "running")
    last = backend.cancel(record)
    assert last.state == "cancelled"
    assert last.reason == f"cancelled by {record.owner}"
    assert last.submissions[0].kind == "stopped"
    assert backend.cancel(last) == last
    stop = json.loads(cluster.store.get(f"runs/{record.run_id}/stop.json"))
    assert (stop["schema"], stop["by"]) == ("modelyard.stop/1", record.owner)
    eventually(lambda: not cluster.processes(), GONE_SECONDS)


def test_following_a_run_shows_its_lines_and_returns_its_last_record(cluster: Cluster) -> None:
    lines: list[tuple[int, str]] = []
    events: list[str] = []
    plan = cluster.plan("followed", 'echo "here $NODE_RANK"', num_nodes=2)
    record = cluster.backend().submit(
        plan, detach=False, on_line=lambda rank, line: lines.append((rank, line)), on_event=events.append
    )
    assert record.state == "succeeded"
    assert sorted(lines) == [(0, "here 0"), (1, "here 1")]
    assert events[0] == f"run {record.run_id}"


def test_ctrl_c_leaves_the_run_alone(cluster: Cluster) -> None:
    events: list[str] = []

    def interrupted(_rank: int, _line: str) -> None:
        raise KeyboardInterrupt

    go = cluster.project / "interrupted-go"
    plan = cluster.plan("interrupted", f"echo here; while [ ! -e {go} ]; do sleep 0.1; done")
    record = cluster.backend().submit(plan, detach=False, on_line=interrupted, on_event=events.append)
    assert not record.finished
    assert events[-1] == f"run {record.run_id} goes on without you"
    go.touch()
    assert cluster.see_through(record).state == "succeeded"


def test_a_log_is_read_on_from_where_it_was_read_to(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = cluster.project / "cursor-go"
    record = cluster.submit("cursor", f"echo one; while [ ! -e {go} ]; do sleep 0.1; done; echo two")
    backend = cluster.backend()
    first = eventually(lambda: _with_lines(backend.read_log(record, 0)))
    assert first.data == b"one\n"
    go.touch()
    cluster.see_through(record)
    second = cluster.backend().read_log(cluster.context.runs.read(record.run_id), 0, first.cursor)
    assert second.data == b"two\n"
    assert backend.read_log(record, 0, second.cursor).data == b""
    assert backend.read_log(record, 7).data == b""
    # A long log has more pages than are read at once.
    monkeypatch.setattr(logs, "MOST_PAGES", 1)
    assert backend.read_log(record, 0).more
    assert [line for _, line in follow_logs(backend, record, [0], None)] == ["one", "two"]


def _with_lines(chunk):
    return chunk if chunk.data else None


def test_logs_are_read_of_a_run_that_batch_has_forgotten(cluster: Cluster) -> None:
    record = cluster.run("keptlogs", "echo kept")
    streams = json.loads(cluster.store.get(f"runs/{record.run_id}/streams.json"))
    assert streams["schema"] == "modelyard.streams/1"
    gone = record.submissions[0].model_copy(update={"job_id": "00000000-0000-0000-0000-000000000000"})
    assert cluster.lines(record.model_copy(update={"submissions": [gone]})) == ["kept"]


def test_what_cant_be_seen_around_a_waiting_job_is_left_out(cluster: Cluster) -> None:
    cluster.sandbox.set_job_faults(JobFault("no_capacity"))
    record = cluster.submit("unseen")
    backend = cluster.backend()
    eventually(lambda: backend.describe(record).reason)
    cluster.sandbox.set_faults(
        Fault("batch:POST /v1/describejobqueues", "refuse", code="AccessDeniedException")
    )
    standing = backend.describe(record)
    assert standing.state == "queued"
    assert standing.details[0].startswith("more can't be seen: you may not batch:DescribeJobQueues in ")
    cluster.sandbox.set_faults()
    assert backend.cancel(record).state == "cancelled"


def test_several_who_refresh_a_run_at_once_write_its_end_once(cluster: Cluster) -> None:
    record = cluster.submit("atonce", "exit 4")
    eventually(lambda: cluster.store.get(f"runs/{record.run_id}/attempts/001-01/ends/0.json"))

    def refreshed(_: int) -> RunRecord:
        return cluster.see_through(record)

    with ThreadPoolExecutor(6) as several:
        records = list(several.map(refreshed, range(6)))
    assert {each.state for each in records} == {"failed"}
    assert len({each.updated for each in records}) == 1


def test_of_a_job_that_batch_has_forgotten_the_store_tells(cluster: Cluster) -> None:
    record = cluster.submit("forgotten", "echo done; exit 5")
    eventually(lambda: cluster.store.get(f"runs/{record.run_id}/attempts/001-01/ends/0.json"))
    gone = record.submissions[0].model_copy(update={"job_id": "00000000-0000-0000-0000-000000000000"})
    cluster.context.runs.write(record.model_copy(update={"submissions": [gone]}))
    backend = cluster.backend()
    standing = backend.describe(cluster.context.runs.read(record.run_id))
    assert (standing.state, standing.reason) == ("failed", "rank 0 exited with code 5")
    assert standing.details == [
        "AWS Batch doesn't know its job: it forgets jobs a week after their end; its nodes tell how it ended"
    ]
    last = backend.refresh(record)
    assert (last.state, last.exit_code, last.submissions[0].kind) == ("failed", 5, "program")
    # Of another, nobody tells, and nothing more will come: it can be ended all the same.
    lost = f"{record.run_id[:-4]}ffff"
    cluster.context.runs.write(record.model_copy(update={"run_id": lost, "submissions": [gone]}))
    assert backend.describe(cluster.context.runs.read(lost)).state == "lost"
    ended = cluster.backend(cancel_seconds=0.1).cancel(cluster.context.runs.read(lost))
    assert (ended.state, ended.reason) == ("cancelled", f"cancelled by {ended.owner}")
