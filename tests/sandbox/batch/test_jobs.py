"""AWS Batch in the sandbox: definitions have their limits, and so have jobs, alone, in arrays and of several
nodes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from batching import MANY, Account, container, nodes, refused

ALL_NODES_SUCCEED = """
    touch "$0/$AWS_BATCH_JOB_NODE_INDEX"
    [ "$AWS_BATCH_JOB_NODE_INDEX" != "$AWS_BATCH_JOB_MAIN_NODE_INDEX" ] && exit
    until [ "$(ls "$0" | wc -l)" = "$AWS_BATCH_JOB_NUM_NODES" ]; do sleep 0.02; done
    sleep 2
"""
"""The main node ends last: its end would stop the others."""

DEFINITIONS: list[tuple[str, dict[str, Any]]] = [
    ("must have an image", {"containerProperties": {**container(), "image": ""}}),
    ("255 characters at most", {"containerProperties": container(image="i" * 256)}),
    ("must have memory", {"containerProperties": container(("VCPU", "1"))}),
    ("must have vcpus", {"containerProperties": container(("MEMORY", "4"))}),
    ("Value 3 for type MEMORY", {"containerProperties": container(("VCPU", "1"), ("MEMORY", "3"))}),
    ("Value 1.0 for type VCPU", {"containerProperties": container(("VCPU", "1.0"), ("MEMORY", "4"))}),
    (
        "Value 0.5 for type GPU",
        {"containerProperties": container(("VCPU", "1"), ("MEMORY", "4"), ("GPU", "0.5"))},
    ),
    ("names a type twice", {"containerProperties": container(("VCPU", "1"), ("VCPU", "2"), ("MEMORY", "4"))}),
    ("jobRoleArn nodes is not the arn", {"containerProperties": container(jobRoleArn="nodes")}),
    (
        "AWS_BATCH_JOB_ID must not start with AWS_BATCH",
        {"containerProperties": container(environment=[{"name": "AWS_BATCH_JOB_ID", "value": "1"}])},
    ),
    ("instanceType is for multi-node", {"containerProperties": container(instanceType="p5.48xlarge")}),
    ("executionRoleArn is required for Fargate", {"platformCapabilities": ["FARGATE"]}),
    ("attempts must be from 1 to 10, not 11", {"retryStrategy": {"attempts": 11}}),
    ("attempts must be from 1 to 10, not 0", {"retryStrategy": {"attempts": 0}}),
    ("evaluateOnExit needs attempts", {"retryStrategy": {"evaluateOnExit": [{"action": "RETRY"}]}}),
    (
        "evaluateOnExit takes 5 conditions at most",
        {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "RETRY"}] * 6}},
    ),
    (
        "onExitCode x must be a number",
        {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "EXIT", "onExitCode": "x"}]}},
    ),
    ("attemptDurationSeconds must be at least 60", {"timeout": {"attemptDurationSeconds": 59}}),
    ("schedulingPriority must be from 0 to 9999", {"schedulingPriority": 10_000}),
    ("type array must be one of", {"type": "array"}),
    ("24576 bytes at most", {"parameters": {"text": "x" * 24_576}}),
    ("50 tags at most", {"tags": MANY}),
    ("nodeProperties are for the type multinode", {"containerProperties": None, "nodeProperties": nodes()}),
    ("and no other", {"nodeProperties": nodes()}),
    ("multinode needs nodeProperties", {"type": "multinode"}),
]


@pytest.mark.parametrize(("match", "changes"), DEFINITIONS)
def test_job_definitions_that_batch_would_refuse_are(
    quiet: Account, match: str, changes: dict[str, Any]
) -> None:
    refused(match, quiet.definition, **changes)


NODES: list[tuple[str, dict[str, Any]]] = [
    ("numNodes must be from 1 to 1000, not 1001", nodes(1001)),
    ("mainNode 4 must be less than the number of nodes, 4", nodes(main=4)),
    ("mainNode -1 must be less than", nodes(main=-1)),
    (
        "the number of node ranges must be from 1 to 5, not 6",
        nodes(6, ranges={str(n): container() for n in range(6)}),
    ),
    ("must account for all nodes: [3] is in none", nodes(ranges={"0:2": container()})),
    ("must account for all nodes: [0] is in none", nodes(ranges={"1:": container()})),
    ("lies outside of the 4 nodes", nodes(ranges={"0:4": container()})),
    ("lies outside of the 4 nodes", nodes(ranges={"2:1": container(), "0:": container()})),
    ("overlap, and neither is inside", nodes(ranges={"0:2": container(), "1:3": container()})),
    ("overlap, and neither is inside", nodes(ranges={"0:": container(), ":3": container()})),
    ("'0-3' is not a range of nodes", nodes(ranges={"0-3": container()})),
    ("must have memory", nodes(ranges={"0:": container(("VCPU", "1"))})),
    (
        "must have the same instanceType",
        nodes(
            ranges={
                "0": container(instanceType="p5.48xlarge"),
                "1:": container(instanceType="p4d.24xlarge"),
            }
        ),
    ),
]


@pytest.mark.parametrize(("match", "properties"), NODES)
def test_node_properties_that_batch_would_refuse_are(
    quiet: Account, match: str, properties: dict[str, Any]
) -> None:
    request = {"type": "multinode", "containerProperties": None, "nodeProperties": properties}
    refused(match, quiet.definition, **request)


def test_a_range_inside_another_overrides_it_and_leaves_its_amounts_to_it(account: Account) -> None:
    head = {"image": "head:1"}
    definition = account.nodes(count=3, ranges={":": container(), "0": head})
    job = account.submit(definition, account.queue(account.environment()))
    assert account.job(f"{job}#0")["container"]["image"] == "head:1"
    assert account.job(f"{job}#2")["container"]["image"] == "train:1"


def test_a_revision_stands_by_itself_and_one_that_is_inactive_runs_nothing(account: Account) -> None:
    batch, queue = account.batch, account.queue(account.environment())
    batch.register_job_definition(
        jobDefinitionName="a", type="container", containerProperties=container(), parameters={"x": "1"}
    )
    second = batch.register_job_definition(
        jobDefinitionName="a", type="container", containerProperties=container(), schedulingPriority=3
    )
    assert second["revision"] == 2
    found = batch.describe_job_definitions(jobDefinitions=[second["jobDefinitionArn"]])["jobDefinitions"][0]
    assert (found["parameters"], found["schedulingPriority"]) == ({}, 3)
    batch.deregister_job_definition(jobDefinition="a:2")
    assert account.job(account.submit("a", queue))["jobDefinition"].endswith("job-definition/a:1")
    refused("JobDefinition a:2 is not in ACTIVE status", account.submit, "a:2", queue)
    refused("JobDefinition name b does not exist or is not in ACTIVE status", account.submit, "b", queue)
    refused("is not the arn of a job definition", batch.deregister_job_definition, jobDefinition="a")
    listed = batch.describe_job_definitions(jobDefinitionName="a", status="INACTIVE")["jobDefinitions"]
    assert [item["revision"] for item in listed] == [2]


SUBMISSIONS: list[tuple[str, dict[str, Any]]] = [
    ("is not a name", {"jobName": "_a"}),
    ("is not a name", {"jobName": "a" * 129}),
    ("arrayProperties.size must be from 2 to 10000, not 1", {"arrayProperties": {"size": 1}}),
    ("arrayProperties.size must be from 2 to 10000, not 10001", {"arrayProperties": {"size": 10_001}}),
    ("a job can depend on 20 jobs at most", {"dependsOn": [{"jobId": "a"}] * 21}),
    ("dependsOn needs a jobId", {"dependsOn": [{}]}),
    ("dependsOn.type N_TO_N is for array jobs only", {"dependsOn": [{"jobId": "a", "type": "N_TO_N"}]}),
    ("nodeOverrides can only be set for a multi-node", {"nodeOverrides": {"numNodes": 2}}),
    (
        "AWS_BATCH_X must not start with AWS_BATCH",
        {"containerOverrides": {"environment": [{"name": "AWS_BATCH_X", "value": "1"}]}},
    ),
    (
        "Value x for type GPU",
        {"containerOverrides": {"resourceRequirements": [{"type": "GPU", "value": "x"}]}},
    ),
    ("command can't contain an empty string", {"containerOverrides": {"command": ["a", ""]}}),
    ("30720 bytes at most", {"containerOverrides": {"command": ["x" * 30_720]}}),
    ("shareIdentifier can't be set", {"shareIdentifier": "a"}),
    ("schedulingPriorityOverride must be from 0 to 9999", {"schedulingPriorityOverride": -1}),
    ("attempts must be from 1 to 10", {"retryStrategy": {"attempts": 11}}),
    ("attemptDurationSeconds must be at least 60", {"timeout": {"attemptDurationSeconds": 1}}),
    ("50 tags at most", {"tags": MANY}),
]


@pytest.mark.parametrize(("match", "request_"), SUBMISSIONS)
def test_jobs_that_batch_would_refuse_are(
    place: tuple[Account, str, str, str], match: str, request_: dict[str, Any]
) -> None:
    account, queue, definition, _ = place
    refused(match, account.submit, definition, queue, **request_)
    for status in ("SUBMITTED", "SUCCEEDED"):
        assert account.batch.list_jobs(jobQueue=queue, jobStatus=status)["jobSummaryList"] == []


def test_a_job_for_kubernetes_has_no_place_in_a_queue_of_ecs(account: Account) -> None:
    pod = {"podProperties": {"containers": [{"image": "train:1", "command": ["true"]}]}}
    definition = account.definition(containerProperties=None, eksProperties=pod)
    refused(
        "is for EKS, and the compute environments of",
        account.submit,
        definition,
        account.queue(account.environment()),
    )


def test_an_array_of_multi_node_jobs_is_refused(place: tuple[Account, str, str, str]) -> None:
    account, queue, _, definition = place
    match = "arrayProperties can't be set for a multi-node parallel job"
    refused(match, account.submit, definition, queue, arrayProperties={"size": 2})


def test_a_disabled_queue_takes_no_jobs(account: Account) -> None:
    queue, definition = account.queue(account.environment(), state="DISABLED"), account.definition()
    refused("is not ENABLED", account.submit, definition, queue)
    refused("JobQueue none not found", account.submit, definition, "none")


NODE_OVERRIDES: list[tuple[str, dict[str, Any]]] = [
    ("can only be applied if the job definition has at least 1 target node", {"numNodes": 2}),
    (
        "NodeOverride targets should match job definition. Non matching targets - 0:1",
        {"nodePropertyOverrides": [{"targetNodes": "0:1"}]},
    ),
    (
        "must not start with AWS_BATCH",
        {
            "nodePropertyOverrides": [
                {
                    "targetNodes": "0:3",
                    "containerOverrides": {"environment": [{"name": "AWS_BATCH_X", "value": "1"}]},
                }
            ]
        },
    ),
]


@pytest.mark.parametrize(("match", "overrides"), NODE_OVERRIDES)
def test_node_overrides_that_batch_would_refuse_are(
    place: tuple[Account, str, str, str], match: str, overrides: dict[str, Any]
) -> None:
    account, queue, _, definition = place
    refused(match, account.submit, definition, queue, nodeOverrides=overrides)


def test_the_number_of_nodes_stays_above_where_the_open_range_and_the_main_node_are(account: Account) -> None:
    queue = account.queue(account.environment())
    open_ = account.nodes(ranges={"0:1": container(), "2:": container()})
    match = "must be greater than the lower boundary of the open range, 2"
    refused(match, account.submit, open_, queue, nodeOverrides={"numNodes": 2})
    refused("must be from 1 to 1000", account.submit, open_, queue, nodeOverrides={"numNodes": 1001})
    late = account.nodes(main=3)
    refused("mainNode 3 must be less", account.submit, late, queue, nodeOverrides={"numNodes": 3})
    overrides = {"command": ["a"]}
    match = "containerOverrides can't be set for a multi-node"
    refused(match, account.submit, late, queue, containerOverrides=overrides)
    fargate = account.queue(account.environment(computeResources=account.fargate()))
    refused("aren't supported on Fargate", account.submit, late, fargate)


def test_node_overrides_are_kept_and_each_node_is_described(account: Account, tmp_path: Path) -> None:
    environment = [{"name": "LEVEL", "value": "1"}, {"name": "SEED", "value": "1"}]
    definition = account.nodes(count=2, main=1, ranges={"0:": container(environment=environment)})
    change = {
        "command": ["sh", "-c", ALL_NODES_SUCCEED, str(tmp_path)],
        "environment": [{"name": "SEED", "value": "2"}],
        "resourceRequirements": [{"type": "MEMORY", "value": "2048"}],
    }
    overrides = {
        "numNodes": 3,
        "nodePropertyOverrides": [{"targetNodes": "0:", "containerOverrides": change}],
    }
    queue = account.queue(account.environment())
    id_ = account.submit(definition, queue, nodeOverrides=overrides, tags={"run": "7"})

    job = account.ended(id_)
    assert (job["status"], job["tags"], "container" in job) == ("SUCCEEDED", {"run": "7"}, False)
    properties = job["nodeProperties"]
    assert (properties["numNodes"], properties["mainNode"]) == (3, 1)
    changed = properties["nodeRangeProperties"][0]["container"]
    assert changed["command"] == change["command"]
    assert changed["environment"] == [{"name": "LEVEL", "value": "1"}, {"name": "SEED", "value": "2"}]
    amounts = {item["type"]: item["value"] for item in changed["resourceRequirements"]}
    assert amounts == {"VCPU": "1", "MEMORY": "2048"}

    node = account.job(f"{id_}#1")
    assert node["nodeDetails"] == {"nodeIndex": 1, "isMainNode": True}
    assert (node["container"]["exitCode"], node["container"]["command"]) == (0, change["command"])
    assert "nodeProperties" not in node
    listed = account.batch.list_jobs(multiNodeJobId=id_, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [(item["jobId"], item["nodeProperties"]) for item in listed] == [
        (f"{id_}#{index}", {"isMainNode": index == 1, "numNodes": 3, "nodeIndex": index})
        for index in range(3)
    ]
    of_queue = account.batch.list_jobs(jobQueue=queue, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [(item["jobId"], item["nodeProperties"]) for item in of_queue] == [(id_, {"numNodes": 3})]
    kept = account.batch.describe_job_definitions(jobDefinitions=[definition])["jobDefinitions"][0]
    assert kept["nodeProperties"]["numNodes"] == 2
    assert kept["nodeProperties"]["nodeRangeProperties"][0]["container"]["command"] == ["true"]


def test_several_nodes_never_start_on_spot_machines_and_what_depends_on_them_waits(account: Account) -> None:
    spot = account.resources(type="SPOT", allocationStrategy="SPOT_PRICE_CAPACITY_OPTIMIZED")
    queue = account.queue(account.environment(computeResources=spot))
    id_ = account.submit(account.nodes(), queue)
    after = account.submit(account.definition(), queue, dependsOn=[{"jobId": id_}])
    assert account.when(id_, "RUNNABLE")["statusReason"].startswith("UNDETERMINED - ")
    assert account.job(f"{id_}#0")["status"] == "RUNNABLE"
    assert account.when(after, "PENDING")["dependsOn"] == [{"jobId": id_}]
    listed = account.batch.list_jobs(jobQueue=queue)["jobSummaryList"]
    assert listed == [], "only jobs that run are listed, unless a status is asked for"

    end = account.batch.terminate_job
    refused("reason is required", end, jobId=id_, reason="")
    refused("jobId is required", account.batch.cancel_job, jobId="", reason="no")
    refused("1024 characters at most", end, jobId=id_, reason="x" * 1025)
    end(jobId=id_, reason="it can't start")
    job = account.job(id_)
    assert (job["status"], job["statusReason"], job["isTerminated"]) == ("FAILED", "it can't start", True)
    assert account.job(f"{id_}#3")["status"] == "FAILED"
    assert account.job(after)["statusReason"] == "Dependent Job failed"


def test_an_array_is_described_and_listed_with_its_children(account: Account) -> None:
    queue = account.queue(account.environment())
    id_ = account.submit(account.definition(), queue, arrayProperties={"size": 3})
    array = account.ended(id_)["arrayProperties"]
    assert (array["size"], array["statusSummary"]["SUCCEEDED"]) == (3, 3)
    assert account.job(f"{id_}:2")["arrayProperties"] == {"index": 2}
    listed = account.batch.list_jobs(arrayJobId=id_, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [item["arrayProperties"]["index"] for item in listed] == [0, 1, 2]
    refused("one of jobQueue, arrayJobId, multiNodeJobId", account.batch.list_jobs)
    refused("and no other", account.batch.list_jobs, jobQueue=queue, arrayJobId=id_)
    refused("jobStatus DONE must be one of", account.batch.list_jobs, jobQueue=queue, jobStatus="DONE")


def test_a_job_of_one_container_shows_its_overrides_every_time_alike(account: Account) -> None:
    definition = account.definition(
        containerProperties=container(environment=[{"name": "A", "value": "1"}]),
        retryStrategy={"attempts": 3},
        timeout={"attemptDurationSeconds": 600},
    )
    change = {"environment": [{"name": "B", "value": "2"}], "command": ["true"]}
    id_ = account.submit(definition, account.queue(account.environment()), containerOverrides=change)
    first = account.ended(id_)
    assert first["container"]["environment"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert (first["retryStrategy"]["attempts"], first["timeout"]["attemptDurationSeconds"]) == (3, 600)
    assert first["createdAt"] <= first["startedAt"] <= first["stoppedAt"]
    assert account.job(id_) == first
    found = account.batch.list_jobs(
        jobQueue=first["jobQueue"], filters=[{"name": "JOB_NAME", "values": ["tr*"]}]
    )["jobSummaryList"]
    assert [(item["jobId"], item["container"]) for item in found] == [(id_, {"exitCode": 0})]
