"""A multi-node job of AWS Batch in the sandbox: every node is a process, and the main node's end is the job's."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Eventually = Callable[..., Any]
PREFIX = "AWS_BATCH_JOB_"
UNTIL = 'until [ -e "$STOP" ]; do sleep 0.02; done; '


def variables(lines: list[str]) -> dict[str, str]:
    """Batch's own among the lines of `env`."""
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    return {name.removeprefix(PREFIX): value for name, value in found.items() if name.startswith(PREFIX)}


def is_this_machines(address: str) -> bool:
    """Whether an address is one of this machine's: nobody can listen at another's."""
    with socket.socket() as listening:
        try:
            listening.bind((address, 0))
        except OSError:
            return False
    return True


def stop_file(path: Path) -> dict[str, Any]:
    """A variable that names a file by which a test ends containers."""
    return {"environment": [{"name": "STOP", "value": str(path)}]}


def test_every_node_finds_batchs_variables_and_all_but_the_main_one_its_address(
    yard: Any, tmp_path: Path, eventually: Eventually
) -> None:
    stop = tmp_path / "stop"
    id_ = yard.gang(f"env; {UNTIL}", 3, main=1, **stop_file(stop))
    nodes = [f"{id_}#{index}" for index in range(3)]
    for node in nodes:
        yard.account.when(node, "RUNNING")
    shown = eventually(
        lambda: all(found := [variables(yard.account.lines(node)) for node in nodes]) and found
    )
    addresses = {shown[index].pop("MAIN_NODE_PRIVATE_IPV4_ADDRESS") for index in (0, 2)}
    assert len(addresses) == 1
    assert is_this_machines(addresses.pop())
    common = {"ATTEMPT": "1", "MAIN_NODE_INDEX": "1", "NUM_NODES": "3"}
    assert shown == [{**common, "ID": node, "NODE_INDEX": str(index)} for index, node in enumerate(nodes)]
    machines = {yard.account.job(node)["container"]["containerInstanceArn"] for node in nodes}
    assert len(machines) == 3, "a node has a machine of its own"
    job = yard.account.job(id_)
    assert (job["status"], job["attempts"], job["startedAt"]) == (
        "RUNNING",
        [],
        yard.account.job(nodes[1])["startedAt"],
    )
    stop.touch()
    assert yard.account.ended(id_)["status"] == "SUCCEEDED"


def test_a_dead_child_changes_nothing_and_the_main_nodes_end_stops_the_others(
    yard: Any, tmp_path: Path
) -> None:
    stop = tmp_path / "stop"
    command = f"case $AWS_BATCH_JOB_NODE_INDEX in 0) {UNTIL} exit 0;; 1) exit 7;; *) exec sleep 60;; esac"
    id_ = yard.gang(command, 3, **stop_file(stop))
    child = yard.account.ended(f"{id_}#1")
    assert (child["status"], child["container"]["exitCode"]) == ("FAILED", 7)
    assert child["statusReason"] == "Essential container in task exited"
    assert {yard.account.when(f"{id_}#{index}", "RUNNING")["status"] for index in (0, 2)} == {"RUNNING"}
    assert yard.account.job(id_)["status"] == "RUNNING"
    stop.touch()
    job = yard.account.ended(id_)
    (attempt,) = job["attempts"]
    assert (job["status"], attempt["container"]["exitCode"]) == ("SUCCEEDED", 0)
    stopped = yard.account.ended(f"{id_}#2")
    assert (stopped["status"], stopped["container"]["exitCode"]) == ("FAILED", 143)
    assert len(stopped["attempts"]) == 1


def test_a_main_nodes_failure_is_the_jobs_and_is_retried_with_all_nodes(yard: Any, tmp_path: Path) -> None:
    here = f"{tmp_path}/$AWS_BATCH_JOB_ATTEMPT"
    main = f"until [ -e {here} ]; do sleep 0.02; done; exit 5"
    child = f"echo attempt $AWS_BATCH_JOB_ATTEMPT; touch {here}; exec sleep 60"
    command = f"if [ $AWS_BATCH_JOB_NODE_INDEX = 0 ]; then {main}; else {child}; fi"
    id_ = yard.gang(command, 2, {"retryStrategy": {"attempts": 2}})
    job = yard.account.ended(id_)
    assert (job["status"], [item["container"]["exitCode"] for item in job["attempts"]]) == ("FAILED", [5, 5])
    main, child = (yard.account.ended(f"{id_}#{index}") for index in (0, 1))
    assert main["attempts"] == job["attempts"]
    assert [item["container"]["exitCode"] for item in child["attempts"]] == [143, 143]
    assert len({item["container"]["logStreamName"] for item in child["attempts"]}) == 2
    assert yard.account.lines(f"{id_}#1") == ["attempt 2"]
    listed = yard.account.batch.list_jobs(multiNodeJobId=id_, jobStatus="FAILED")["jobSummaryList"]
    assert [(item["jobId"], item["container"]["exitCode"]) for item in listed] == [
        (f"{id_}#0", 5),
        (f"{id_}#1", 143),
    ]


def test_when_the_main_node_does_not_start_the_others_are_not_launched(yard: Any) -> None:
    definition = yard.account.nodes(
        count=2, ranges={"0": yard.container(["trian"]), "1": yard.container("sleep 60")}
    )
    id_ = yard.account.submit(definition, yard.queue)
    job = yard.account.ended(id_)
    assert job["statusReason"] == "Task failed to start"
    child = yard.account.ended(f"{id_}#1")
    assert (child["status"], child["attempts"], "exitCode" in child["container"]) == ("FAILED", [], False)


def test_a_node_that_does_not_start_is_a_dead_child(yard: Any, tmp_path: Path) -> None:
    go = tmp_path / "go"
    until = yard.container(f"until [ -e {go} ]; do sleep 0.02; done")
    definition = yard.account.nodes(count=2, ranges={"0": until, "1": yard.container(["trian"])})
    id_ = yard.account.submit(definition, yard.queue)
    assert yard.account.ended(f"{id_}#1")["statusReason"] == "Task failed to start"
    go.touch()
    assert yard.account.ended(id_)["status"] == "SUCCEEDED"


@pytest.mark.parametrize("operation", ["terminate_job", "cancel_job"])
def test_a_node_is_ended_with_its_job(yard: Any, operation: str) -> None:
    id_ = yard.gang("sleep 60", 2)
    yard.account.when(f"{id_}#1", "RUNNING")
    getattr(yard.account.batch, operation)(jobId=f"{id_}#1", reason="enough")
    if operation == "cancel_job":
        assert yard.account.job(id_)["status"] == "RUNNING", "what has started isn't cancelled"
        yard.account.batch.terminate_job(jobId=id_, reason="enough")
    job = yard.account.ended(id_)
    assert (job["status"], job["statusReason"], job["isTerminated"]) == ("FAILED", "enough", True)
    assert yard.account.ended(f"{id_}#1")["statusReason"] == "enough"
