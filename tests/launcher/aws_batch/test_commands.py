"""`modelyard job` on AWS Batch as people call it: what it prints, and the code that it leaves with."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

from batch_cluster import Cluster, eventually


@contextmanager
def submitting(cluster: Cluster, name: str, program: str) -> Generator[subprocess.Popen[str]]:
    """`modelyard job submit` of a job, whose lines can be read as they come."""
    command = ["job", "submit", str(cluster.write(name, program)), "--env", "dev"]
    with subprocess.Popen(
        [sys.executable, "-m", "modelyard_cli.main", *command],
        cwd=cluster.project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_ctrl_c_while_following_leaves_with_130_and_commands_that_can_be_pasted(cluster: Cluster) -> None:
    with submitting(cluster, "pasted", "echo here; sleep 20") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "[0] here\n"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    (record,) = cluster.context.runs.newest(1)
    run = record.run_id
    without, back = told.splitlines()[-2:]
    assert without == f"modelyard: run {run} goes on without you"
    assert back == (
        f"modelyard: {run} running; `modelyard job logs {run} --env dev --follow` shows it again, "
        f"`modelyard job cancel {run} --env dev` ends it"
    )
    assert process.returncode == 130
    cluster.backend().cancel(record)
    eventually(lambda: not cluster.processes())


def test_a_reader_that_has_read_enough_leaves_the_run_alone_and_is_no_answer(cluster: Cluster) -> None:
    with submitting(cluster, "readenough", "while true; do echo again; sleep 0.05; done") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "[0] again\n"
        process.stdout.close()
        assert process.wait(20) == 141
    (record,) = cluster.context.runs.newest(1)
    assert cluster.backend().describe(record).state == "running"
    cluster.backend().cancel(record)
    eventually(lambda: not cluster.processes())
