"""What a plan of the backend azure_ml says, and what it refuses, before anything is called."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from azure_ml_launching import IMAGE, ml_pool, ml_target
from patience import PATIENCE_SECONDS

from modelyard.errors import InputError, Problem, SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.azure_ml.backend import AzureMlBackend
from modelyard_launcher.backends.azure_ml.names import environment_path, job_path
from modelyard_launcher.load import load_job
from modelyard_launcher.plan import Plan
from modelyard_launcher.records import BadNode
from modelyard_launcher.resolved import ResolvedTarget

WORKSPACE = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ml"
FAST = ml_pool(
    "h100",
    instance_type="Standard_ND96isr_H100_v5",
    accelerator="H100",
    accelerators_per_node=8,
    vcpus=96,
    memory_mib=1_945_600,
    shared_memory_gib=950,
    fabric={"environment": {"NCCL_TOPO_FILE": "/opt/microsoft/ndv5-topo.xml"}, "infiniband_gbps": 3_200},
)


def backend(tmp_path: Path) -> AzureMlBackend:
    access = AzureAccess("azure", "westeurope", "s")
    return AzureMlBackend(LaunchContext(tmp_path, access, "https://acct.blob.core.windows.net/checkpoints"))


def plan(tmp_path: Path, *pools: dict[str, Any], source: Any = "file", **fields: Any) -> Plan:
    path = tmp_path / "job.yaml"
    path.write_text(yaml.safe_dump({"name": "vae", "image": IMAGE, "run": "python train.py", **fields}))
    target = ml_target(WORKSPACE, "acct", *(pools or (ml_pool(),)))
    return backend(tmp_path).plan(load_job(path), ResolvedTarget(target, source, "the file target.json"))


def refused(tmp_path: Path, *pools: dict[str, Any], **fields: Any) -> Problem:
    with pytest.raises(InputError) as raised:
        plan(tmp_path, *pools, **fields)
    (problem,) = raised.value.problems
    assert problem.allowed
    assert problem.mend
    return problem


def body_of(planned: Plan) -> dict[str, Any]:
    return planned.calls[-4].request["body"]["properties"]


def test_a_gang_has_one_process_a_node_and_the_pools_fabric(tmp_path: Path) -> None:
    planned = plan(tmp_path, FAST, num_nodes=2, resources={"accelerators": "H100:8"}, timeout="2h")
    body = body_of(planned)
    assert body["distribution"] == {"distributionType": "PyTorch", "processCountPerInstance": 1}
    assert body["computeId"] == f"{WORKSPACE}/computes/h100"
    assert body["limits"] == {"jobLimitsType": "Command", "timeout": f"PT{7_200 + 100 + 1_800}S"}
    assert body["resources"]["shmSize"] == "950g"
    assert "--ulimit memlock=-1" in body["resources"]["dockerArgs"]
    variables = body["environmentVariables"]
    assert variables["NCCL_TOPO_FILE"] == "/opt/microsoft/ndv5-topo.xml"
    assert variables["DEFAULT_IDENTITY_CLIENT_ID"] == "c" * 8
    assert (variables["NUM_NODES"], variables["GPUS_PER_NODE"]) == ("2", "8")
    assert variables["MODELYARD_CHECKPOINTS"] == "https://acct.blob.core.windows.net/checkpoints"
    assert body["identity"] == {"identityType": "Managed", "clientId": "c" * 8}
    assert planned.common_environment["NCCL_TOPO_FILE"]


def test_a_job_on_one_node_has_no_distribution_and_shared_memory_as_it_asks(tmp_path: Path) -> None:
    body = body_of(plan(tmp_path, resources={"shm": 3}))
    assert "distribution" not in body
    assert body["resources"]["shmSize"] == "3g"
    assert body["command"] == "exec python3 -I start.py"


def test_a_plan_shows_its_calls_in_their_order(tmp_path: Path) -> None:
    planned = plan(tmp_path)
    calls = [(call.service, call.operation) for call in planned.calls]
    assert calls == [
        ("blob", "HeadBlob"),
        ("blob", "PutBlob"),
        ("blob", "HeadBlob"),
        ("blob", "PutBlob"),
        ("azure_ml", "GET"),
        ("azure_ml", "PUT"),
        ("azure_ml", "GET"),
        ("azure_ml", "PUT"),
        ("blob", "GetBlob"),
        ("blob", "PutBlob"),
        ("blob", "PutBlob"),
        ("blob", "GetBlob"),
        ("blob", "PutBlob"),
        ("blob", "GetBlob"),
        ("azure_ml", "GET"),
        ("azure_ml", "PUT"),
        ("blob", "GetBlob"),
        ("blob", "PutBlob"),
        ("blob", "PutBlob"),
    ]
    written = [call.request["Blob"] for call in planned.calls if call.operation == "PutBlob"]
    assert [key.rpartition("/")[2] for key in written[:2]] == ["start.py", "runtime.pyz"]
    assert not [key for key in written if key.startswith("runs/runtime/")], "nodes have it in their code"
    assert planned.digest == plan(tmp_path).digest


def test_environments_are_told_apart_by_digest_repository_and_tag() -> None:
    target = ml_target(WORKSPACE, "acct")
    images = (
        IMAGE,
        IMAGE.replace("ab" * 32, "cd" * 32),
        "other.io/train@sha256:" + "ab" * 32,
        "other.io/train:1",
    )
    paths = {environment_path(target, image) for image in images}
    assert len(paths) == len(images)
    assert environment_path(target, IMAGE).endswith(f"/versions/{'ab' * 32}")
    dotted = environment_path(target, "other.io/team/vae__torch-2.4:1").split("/")[-3]
    assert re.fullmatch("modelyard-vae__torch-2-4-[0-9a-f]{8}", dotted), "the service takes no dot"
    assert job_path(target, "x-1") == f"{WORKSPACE}/jobs/x-1"


def test_notes_say_what_the_service_does_otherwise(tmp_path: Path) -> None:
    notes = plan(
        tmp_path,
        ml_pool(capacity="spot"),
        image="cnn:1.0",
        num_nodes=2,
        timeout="2h",
        resources={"use_spot": True},
    ).notes
    assert notes == [
        "each node has a machine of its own, with up to 7 GiB of its memory as shared memory",
        (
            "the service starts one process on each node and tells it MASTER_ADDR and NODE_RANK; ranks of a node are the "
            "program's own to start, as by torchrun"
        ),
        (
            "the image is named by its tag: nodes pull what regdev.azurecr.io/cnn:1.0 stands for then; name it by its "
            "digest to be sure of it"
        ),
        (
            "Azure Machine Learning starts no failed job anew, and several nodes can't start together by themselves: "
            "after a failure it is submitted again by `modelyard job supervise`, or by hand"
        ),
        (
            "where Azure takes a low-priority node back, the job begins anew under the same id, or fails with "
            "PreemptionError: either way it goes on from its newest checkpoint, in the second case once it is submitted "
            "again"
        ),
        (
            "nodes hold the timeout of 2h themselves, each time they start; the service ends a job on low-priority "
            "nodes after 7 days in all"
        ),
    ]


def test_a_job_without_an_image_is_refused(tmp_path: Path) -> None:
    problem = refused(tmp_path, image=None)
    assert problem.field == "image"
    assert problem.message == "Azure Machine Learning runs containers, and the job names no image"


def test_waiting_for_other_runs_is_refused(tmp_path: Path) -> None:
    problem = refused(tmp_path, depends_on=["other-20260101-000000-0000"])
    assert problem.field == "depends_on"
    assert problem.message == "a job of Azure Machine Learning can't wait for another"


@pytest.mark.parametrize(
    ("capacity", "most", "nodes"), [("on_demand", 21, "dedicated"), ("spot", 7, "low-priority")]
)
def test_a_timeout_may_be_as_long_as_the_service_lets_jobs_run(
    tmp_path: Path, capacity: str, most: int, nodes: str
) -> None:
    spot = {"resources": {"use_spot": capacity == "spot"}}
    problem = refused(tmp_path, ml_pool(capacity=capacity), timeout=f"{most * 24 + 1}h", **spot)
    assert problem.message == f"Azure Machine Learning ends a job on {nodes} nodes after {most} days"
    assert plan(tmp_path, ml_pool(capacity=capacity), timeout=f"{most}d", **spot).notes


def test_a_timeout_on_dedicated_nodes_leaves_room_for_setting_up(tmp_path: Path) -> None:
    gang = {"num_nodes": 2}
    problem = refused(tmp_path, timeout="21d", **gang)
    assert problem.field == "timeout"
    assert problem.message == (
        "with the time that setting up takes, the service would be told to end the job after 1,816,300 seconds, and "
        "it ends jobs on dedicated nodes sooner"
    )
    assert body_of(plan(tmp_path, timeout="20d", **gang))["limits"]["timeout"] == "PT1729900S"


def test_a_sweep_of_more_variants_than_trials_is_refused(tmp_path: Path) -> None:
    problem = refused(tmp_path, sweep={"grid": {"N": list(range(1_001))}})
    assert problem.field == "sweep"
    assert (
        body_of(plan(tmp_path, sweep={"grid": {"N": list(range(1_000))}}))["limits"]["maxTotalTrials"]
        == 1_000
    )


def test_more_variants_at_a_time_than_there_is_room_for_are_refused(tmp_path: Path) -> None:
    problem = refused(tmp_path, sweep={"grid": {"N": [1, 2, 3]}, "parallel": 3})
    assert problem.message == "pool cpu has room for 2 variants at a time"


def test_bad_nodes_are_not_ended_and_the_reason_is_said(tmp_path: Path, ml_record: Any) -> None:
    with pytest.raises(SurroundingsError) as raised:
        backend(tmp_path).end_nodes(
            ml_record, [BadNode(rank=1, host="node-b", instance_id=None, reasons=["slow"])]
        )
    assert raised.value.message == (
        f"bad nodes of run {ml_record.run_id} aren't ended: rank 1 (node-b); the machines of a cluster are the "
        "service's, and nothing ends a single one"
    )
    assert raised.value.mend.startswith("let pool cpu give its nodes back")


def test_an_environment_that_isnt_up_isnt_submitted_to(tmp_path: Path) -> None:
    planned = plan(tmp_path, source="environment")
    with pytest.raises(SurroundingsError) as raised:
        backend(tmp_path).submit(planned, detach=True, on_line=lambda *_: None, on_event=lambda _: None)
    assert raised.value.message == "environment azure-dev isn't up: the file target.json"


def test_an_access_to_another_cloud_is_refused(tmp_path: Path, ml_record: Any) -> None:
    context = LaunchContext(tmp_path, S3Access("aws", "eu-central-1"), "https://acct.blob.core.windows.net/c")
    with pytest.raises(InputError) as raised:
        AzureMlBackend(context).refresh(ml_record)
    assert raised.value.problems[0].message.startswith("azure_ml submits to Azure, and the access is to")


def test_a_plan_needs_neither_the_network_nor_azures_packages(tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(yaml.safe_dump({"name": "vae", "image": IMAGE, "run": "true"}))
    (tmp_path / "target.json").write_text(ml_target(WORKSPACE, "acct").model_dump_json(by_alias=True))
    program = """
import sys
from pathlib import Path
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import LaunchContext, open_backend
from modelyard_launcher.load import load_job
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.target import read_target_file
target = read_target_file(Path("target.json"))
context = LaunchContext(Path.cwd(), AzureAccess("azure", "westeurope", "s"), target.stores.checkpoints.uri)
plan = open_backend("azure_ml", context).plan(load_job(Path("job.yaml")), ResolvedTarget(target, "file", "it"))
assert plan.as_dict()["calls"]
print(sorted({"httpx", "azure", "azure.identity", "azure.storage", "tenacity", "boto3"} & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
