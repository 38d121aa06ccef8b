"""Jobs that run: their states, their processes, what they find, how they end."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path
from typing import Any
from urllib.request import Request

from arming import LOCATION
from azure_ml import IDENTITY, USER, compute
from azure_ml_jobs import Yard
from azurite_yard import answered
from patience import eventually

from modelyard_sandbox.sandbox import Sandbox

GANG: dict[str, Any] = {
    "distribution": {"distributionType": "PyTorch", "processCountPerInstance": 2},
    "resources": {"instanceCount": 2},
}


def test_a_job_runs_to_its_end_and_its_output_can_be_read(yard: Yard) -> None:
    name, status = yard.run("echo out; echo err >&2")
    assert status == "Completed"
    assert yard.log(name) == "out\nerr\n"
    details = yard.details(name)
    assert (details["runId"], details["status"], details["target"]) == (name, "Completed", "gpu")
    assert details["startTimeUtc"] <= details["endTimeUtc"]
    assert "error" not in details


def test_a_command_that_fails_fails_the_job_with_its_exit_code(yard: Yard) -> None:
    name, status = yard.run("echo before; exit 3")
    assert status == "Failed"
    assert yard.error(name) == {
        "code": "UserError",
        "message": "Execution failed. User process 'bash' exited with status code 3. Please check log file "
        "'user_logs/std_log.txt' for error details.",
        "messageParameters": {},
        "details": [],
    }
    assert yard.log(name) == "before\n"


def test_what_runs_can_be_followed_and_logs_are_read_from_where_one_was(yard: Yard) -> None:
    name = yard.submit("echo one; sleep 60")
    yard.when(name, "Running")
    eventually(lambda: yard.logs(name).get("user_logs/std_log.txt") == "one\n")
    url = yard.details(name)["logFiles"]["user_logs/std_log.txt"]
    rest = Request(url, headers={"Range": "bytes=1-"})  # noqa: S310  (loopback)
    assert answered(rest) == (206, b"ne\n")
    assert [job["jobId"] for job in yard.sandbox.jobs()] == [name]
    assert yard.sandbox.jobs()[0]["containers"] == 1
    assert yard.nodes() == {"running": 1}
    yard.cancel(name)
    assert yard.ended(name) == "Canceled"


def test_each_process_of_each_node_finds_its_place_among_all(yard: Yard) -> None:
    names = [
        "MASTER_ADDR",
        "MASTER_PORT",
        "WORLD_SIZE",
        "NODE_RANK",
        "RANK",
        "LOCAL_RANK",
        "AZUREML_CR_NODE_RANK",
        "AZUREML_NODE_COUNT",
        "AZ_BATCH_MASTER_NODE",
        "AZ_BATCH_IS_CURRENT_NODE_MASTER",
    ]
    script = "; ".join(f'echo "{name}=${name}"' for name in names)
    name, status = yard.run(script, **GANG)
    assert status == "Completed"
    logs = {log: dict(line.split("=") for line in text.splitlines()) for log, text in yard.logs(name).items()}
    assert sorted(logs) == [f"user_logs/std_log_process_{rank:02d}.txt" for rank in range(4)]
    for rank in range(4):
        found = logs[f"user_logs/std_log_process_{rank:02d}.txt"]
        assert (found["RANK"], found["WORLD_SIZE"]) == (str(rank), "4")
        assert (found["NODE_RANK"], found["LOCAL_RANK"]) == (str(rank // 2), str(rank % 2))
        assert found["AZUREML_CR_NODE_RANK"] == found["NODE_RANK"]
        assert (found["MASTER_ADDR"], found["AZUREML_NODE_COUNT"]) == ("127.0.0.1", "2")
        assert found["AZ_BATCH_MASTER_NODE"] == f"127.0.0.1:{found['MASTER_PORT']}"
        assert found["AZ_BATCH_IS_CURRENT_NODE_MASTER"] == ("true" if rank < 2 else "false")
    assert len({found["MASTER_PORT"] for found in logs.values()}) == 1


def test_a_process_finds_what_the_service_and_the_sandbox_say_and_nothing_of_the_servers_own(
    yard: Yard,
) -> None:
    script = "python -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    mpi = {"distributionType": "Mpi"}
    name, status = yard.run(script, experimentName="vae", distribution=mpi, environmentVariables={"A": "b c"})
    assert status == "Completed"
    found = json.loads(yard.log(name))
    run = {key: found[key] for key in found if key.startswith("AZUREML_")}
    assert run == {
        "AZUREML_RUN_ID": name,
        "AZUREML_ARM_SUBSCRIPTION": "11111111-1111-1111-1111-111111111111",
        "AZUREML_ARM_RESOURCEGROUP": "rg",
        "AZUREML_ARM_WORKSPACE_NAME": yard.workspace.rpartition("/")[2],
        "AZUREML_EXPERIMENT_NAME": "vae",
        "AZUREML_NODE_COUNT": "1",
        "AZUREML_CR_NODE_RANK": "0",
    }
    assert {key: found[key] for key in found if key.startswith("OMPI_")} == {
        "OMPI_COMM_WORLD_RANK": "0",
        "OMPI_COMM_WORLD_SIZE": "1",
        "OMPI_COMM_WORLD_LOCAL_RANK": "0",
        "OMPI_COMM_WORLD_LOCAL_SIZE": "1",
    }
    assert found["AZ_BATCHAI_MPI_MASTER_NODE"] == "127.0.0.1"
    assert (found["A"], found["MODELYARD_ARM_ENDPOINT"]) == ("b c", yard.sandbox.must_run().azure_endpoint)
    assert found["ARM_SUBSCRIPTION_ID"] == "11111111-1111-1111-1111-111111111111"
    assert "MASTER_ADDR" not in found
    assert "AWS_ENDPOINT_URL" not in found
    assert "GRACE" not in "".join(found)


def test_a_job_is_told_which_identity_it_runs_as(yard: Yard) -> None:
    client = yard.arm("PUT", IDENTITY, {"location": LOCATION})["properties"]["clientId"]
    id_ = f"{yard.workspace}/computes/named"
    yard.made("PUT", id_, {**compute(most=1), "identity": USER})
    name, status = yard.run(
        'echo "$DEFAULT_IDENTITY_CLIENT_ID"', computeId=id_, identity={"identityType": "Managed"}
    )
    assert (status, yard.log(name)) == ("Completed", f"{client}\n")


def test_one_process_that_fails_ends_all_others(yard: Yard) -> None:
    name, status = yard.run('[ "$RANK" != 2 ] || exit 7; sleep 60', **GANG)
    assert status == "Failed"
    assert "exited with status code 7" in yard.error(name)["message"]
    assert "'user_logs/std_log_process_02.txt'" in yard.error(name)["message"]


def test_a_cancellation_asks_first_and_ends_by_force(yard: Yard) -> None:
    asked = yard.submit("trap 'echo asked; exit 0' TERM; echo up; while :; do sleep 0.05; done")
    eventually(lambda: "up\n" in yard.logs(asked).values())
    status, headers = yard.cancel(asked)
    assert status == 202
    assert yard.status(asked) in ("CancelRequested", "Canceled")
    assert yard.ended(asked) == "Canceled"
    assert yard.log(asked).endswith("asked\n")
    status, content = answered(headers["Location"])
    assert (status, json.loads(content)["properties"]["status"]) == (200, "Canceled")
    deaf = yard.submit("trap '' TERM; echo up; while :; do sleep 0.05; done")
    eventually(lambda: "up\n" in yard.logs(deaf).values())
    yard.cancel(deaf)
    assert yard.ended(deaf) == "Canceled"
    assert yard.cancel(deaf)[0] == 200


def test_the_answer_to_a_cancellation_goes_on_until_the_job_is_over(yard: Yard, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    waits = f"while [ ! -e {gate} ]; do sleep 0.05; done"
    name = yard.submit(f"trap '{waits}; exit 0' TERM; echo up; {waits}")
    eventually(lambda: "up\n" in yard.logs(name).values())
    _, headers = yard.cancel(name)
    for _ in range(4):
        assert answered(headers["Location"])[0] == 202
    gate.touch()
    yard.ended(name)
    assert answered(headers["Location"])[0] == 200


def test_jobs_wait_for_nodes_and_are_cancelled_there_at_once(yard: Yard) -> None:
    first = yard.submit("sleep 60", resources={"instanceCount": 2}, distribution={"distributionType": "Mpi"})
    yard.when(first, "Running")
    second = yard.submit("true")
    yard.when(second, "Queued")
    assert yard.cancel(second)[0] == 200
    assert yard.status(second) == "Canceled"
    third = yard.submit("true")
    yard.when(third, "Queued")
    yard.cancel(first)
    assert yard.ended(third) == "Completed"
    assert yard.ended(first) == "Canceled"


def test_everything_of_a_job_dies_with_a_server_that_is_killed(alone: Yard) -> None:
    name = alone.submit("sleep 60 & sleep 60", **GANG)
    alone.when(name, "Running")
    eventually(lambda: len(alone.processes()) >= 8)
    os.kill(alone.sandbox.must_run().process.pid, signal.SIGKILL)
    alone.leave_nothing()


def test_everything_of_a_job_ends_with_the_server(alone: Yard) -> None:
    name = alone.submit("trap '' TERM; sleep 60 & sleep 60")
    alone.when(name, "Running")
    assert alone.processes()
    alone.sandbox.stop()
    alone.leave_nothing()
    assert not (alone.sandbox.directory / "ml").exists()


def test_jobs_that_are_cancelled_as_they_begin_end_without_the_grace(yard: Yard) -> None:
    names = [yard.submit("sleep 60") for _ in range(6)]
    for name in names:
        yard.cancel(name)
    assert [yard.ended(name) for name in names] == ["Canceled"] * 6
    assert set(yard.nodes()) == {"idle"}


def test_a_server_that_comes_up_again_begins_with_nothing_of_the_one_that_was_killed(alone: Yard) -> None:
    name = alone.submit("sleep 60")
    alone.when(name, "Running")
    os.kill(alone.sandbox.must_run().process.pid, signal.SIGKILL)
    eventually(lambda: alone.sandbox.server() is None)
    again = Sandbox(alone.sandbox.directory)
    again.start(lifeline=True)
    try:
        fresh = Yard(again)
        assert fresh.run("true")[1] == "Completed"
        assert len(list((again.directory / "ml" / "logs").iterdir())) == 1
    finally:
        again.stop()


def test_a_job_larger_than_this_machine_takes_fails(yard: Yard) -> None:
    many = {"distributionType": "PyTorch", "processCountPerInstance": 1_000}
    name, status = yard.run("true", distribution=many)
    assert status == "Failed"
    assert re.fullmatch(
        r"The job has 1000 processes; the sandbox runs \d+ of one job at most, 8 times "
        r"MODELYARD_SANDBOX_BATCH_PROCESSES\.",
        yard.error(name)["message"],
    )


def test_what_no_process_can_be_given_fails_the_job(yard: Yard) -> None:
    name, status = yard.run("true", environmentVariables={"A": "nul: \0"})
    assert status == "Failed"
    assert yard.error(name)["message"] == "The job's processes could not be started: embedded null byte."
