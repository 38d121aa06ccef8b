"""Where a job goes on Azure: environments, files and stores that name a target, and what is planned without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from arming import account
from azure_launching import CPU, REGION, SUBSCRIPTION, loaded, project_with, target
from patience import PATIENCE_SECONDS

from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.environment.load import load_environment
from modelyard.errors import InputError, SurroundingsError
from modelyard.outputs.azure import AzureLaunchTarget
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.azure.targets import target_of_checkpoints
from modelyard_launcher.target import UNKNOWN_YET, find_place, resolve_target, resolve_target_for_plan
from modelyard_sandbox.sandbox import Sandbox

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/azure-dev-westeurope"
DEPLOYMENT = f"{GROUP}/providers/Microsoft.Resources/deployments/modelyard-target"
RESOURCES, STORAGE = "2024-03-01", "2024-01-01"


@pytest.fixture(autouse=True)
def no_azure_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("AZURE_", "ARM_")):
            monkeypatch.delenv(name)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return project_with(tmp_path, "azure-dev")


@pytest.fixture
def arm_of(azure_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The sandbox's resource manager, which the environment's variables name, with the resource group."""
    endpoint = azure_sandbox.must_run().azure_endpoint
    monkeypatch.setenv("MODELYARD_ARM_ENDPOINT", endpoint)
    arm = AzureAccess("sandbox", REGION, SUBSCRIPTION, endpoint).arm(patience_seconds=20.0)
    arm.put(GROUP, RESOURCES, {"location": REGION})
    yield arm
    arm.delete(DEPLOYMENT, RESOURCES)


def publish(arm: Any, outputs: dict[str, str]) -> None:
    """Deploy a template that gives outputs, as an environment does with its target."""
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [],
        "outputs": {name: {"type": "string", "value": value} for name, value in outputs.items()},
    }
    arm.put(DEPLOYMENT, RESOURCES, {"properties": {"mode": "Incremental", "template": template}})


def published(project: Path, arm: Any) -> AzureLaunchTarget:
    """What the environment's target is once it is up, where the sandbox has it."""
    planned = resolve_target_for_plan(find_place("azure-dev", None, project=project)).target
    assert isinstance(planned, AzureLaunchTarget)
    workspace = planned.workspace.model_copy(update={"discovery_url": "https://w/discovery"})
    known = planned.model_copy(update={"workspace": workspace})
    publish(arm, {"launch_target": known.model_dump_json(by_alias=True)})
    return known


def test_an_environment_on_azure_is_reached_as_azure_is(project: Path) -> None:
    place = find_place(None, None, project=project)
    assert (place.cloud, place.access.kind) == ("azure", "azure")
    assert isinstance(place.access, AzureAccess)
    assert (place.access.region, place.access.subscription_id) == (REGION, SUBSCRIPTION)
    assert place.checkpoints_uri == "https://azuredevckptmbsn7l1.blob.core.windows.net/checkpoints"


def test_a_plan_needs_neither_a_sandbox_nor_an_identity(project: Path) -> None:
    resolved = resolve_target_for_plan(find_place("azure-dev", None, project=project))
    assert resolved.source == "environment"
    assert "no sandbox runs here and nobody is signed in to Azure" in resolved.note
    planned = resolved.target
    assert isinstance(planned, AzureLaunchTarget)
    assert [pool.name for pool in planned.pools] == ["cpu", "gpu"]
    assert (planned.workspace.discovery_url, planned.job_identity.client_id) == (UNKNOWN_YET, UNKNOWN_YET)
    assert planned.workspace.id.startswith(f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/")


def test_the_names_of_a_planned_target_are_those_that_are_built() -> None:
    from modelyard.azure.center.region import _pool
    from modelyard.azure.pool import pool_compute_name
    from modelyard_launcher.target import planned_target

    environment = load_environment("azure-prod")
    assert isinstance(environment, AzureEnvironment)
    planned = planned_target(environment)
    assert isinstance(planned, AzureLaunchTarget)
    assert [pool.compute_name for pool in planned.pools] == [
        pool_compute_name(_pool(pool)) for pool in environment.compute
    ]


def test_the_target_is_read_from_the_deployment_in_the_resource_group(project: Path, arm_of: Any) -> None:
    known = published(project, arm_of)
    resolved = resolve_target(find_place("azure-dev", None, project=project))
    assert (resolved.target, resolved.source) == (known, "deployment")
    assert resolved.note.startswith(
        "deployment modelyard-target of resource group azure-dev-westeurope in the sandbox"
    )
    assert resolve_target_for_plan(find_place("azure-dev", None, project=project)) == resolved


def test_an_environment_that_is_not_up_is_planned_and_not_submitted_to(project: Path, arm_of: Any) -> None:
    place = find_place("azure-dev", None, project=project)
    with pytest.raises(SurroundingsError, match="isn't there: the environment isn't up") as raised:
        resolve_target(place)
    assert "`modelyard sandbox up azure-dev`" in raised.value.mend
    assert resolve_target_for_plan(place).source == "environment"


@pytest.mark.parametrize("outputs", [{}, {"launch_target": "{}"}, {"launch_target": '{"schema": "other"}'}])
def test_a_deployment_that_gives_no_target_is_told(
    project: Path, arm_of: Any, outputs: dict[str, str]
) -> None:
    publish(arm_of, outputs)
    with pytest.raises(SurroundingsError, match=r"gives no modelyard\.target/1") as raised:
        resolve_target(find_place("azure-dev", None, project=project))
    assert "`pulumi up`" in raised.value.mend


def test_a_sandbox_that_has_ended_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELYARD_ARM_ENDPOINT", "http://127.0.0.1:9")
    place = find_place("azure-dev", None, project=project)
    with pytest.raises(SurroundingsError, match=r"the sandbox at http://127\.0\.0\.1:9 has ended"):
        resolve_target(place)
    assert "YAML alone: the sandbox at http://127.0.0.1:9 has ended" in resolve_target_for_plan(place).note


def test_a_target_is_named_by_its_file(tmp_path: Path) -> None:
    known = target()
    path = tmp_path / "target.json"
    path.write_text(known.model_dump_json(by_alias=True))
    place = find_place(None, path, project=tmp_path)
    assert (place.target, place.cloud) == (known, "azure")
    assert isinstance(place.access, AzureAccess)
    assert place.checkpoints_uri == known.stores.checkpoints.uri
    path.write_text(json.dumps({**known.model_dump(mode="json", by_alias=True), "egress": "endpoints"}))
    with pytest.raises(InputError, match="egress") as raised:
        find_place(None, path, project=tmp_path)
    assert raised.value.problems[0].allowed == "JSON of the form modelyard.target/1"


def test_a_target_is_named_by_its_checkpoint_store(
    project: Path, arm_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = published(project, arm_of)
    uri = known.stores.checkpoints.uri
    with pytest.raises(SurroundingsError, match="which subscription the store is in can't be seen") as raised:
        find_place(None, uri, project=project)
    assert raised.value.mend == "name it by ARM_SUBSCRIPTION_ID, or name the environment by --env"
    monkeypatch.setenv("ARM_SUBSCRIPTION_ID", SUBSCRIPTION)
    with pytest.raises(SurroundingsError, match="has no storage account azuredevckptmbsn7l1") as raised:
        find_place(None, uri, project=project)
    assert "its subscription by ARM_SUBSCRIPTION_ID" in raised.value.mend
    arm_of.put(f"{GROUP}/providers/Microsoft.Storage/storageAccounts/azuredevckptmbsn7l1", STORAGE, account())
    place = find_place(None, uri, project=project)
    assert (place.target, place.checkpoints_uri) == (known, uri)
    assert isinstance(place.access, AzureAccess)
    assert (place.access.region, place.access.subscription_id) == (REGION, SUBSCRIPTION)
    assert resolve_target(place).note == uri
    found, source, where = target_of_checkpoints(place.access, uri)
    assert (found, source) == (known, "deployment")
    assert "azure-dev-westeurope" in where


@pytest.mark.parametrize("uri", ["https://example.com/x", "https://a.blob.core.windows.net", "https://"])
def test_an_address_that_is_no_store_is_refused(uri: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it is no checkpoint store") as raised:
        find_place(None, uri, project=tmp_path)
    assert "https://account.blob.core.windows.net/container" in raised.value.problems[0].allowed


PLAN = """\
import sys
for name in {blocked!r}:
    sys.modules[name] = None
from modelyard_cli.main import run
assert run(["job", "plan", {job!r}, *{where!r}]) == 0
loaded = {{name for name, module in sys.modules.items() if module is not None}}
print(sorted(name for name in loaded if name.startswith(tuple({foreign!r}))))
"""

OF_AWS = (
    "boto3",
    "botocore",
    "modelyard.environment.aws",
    "modelyard_launcher.backends.aws_batch",
    "modelyard_launcher.stores.s3",
)
OF_AZURE = (
    "azure",
    "httpx",
    "modelyard.environment.azure",
    "modelyard.catalog.azure",
    "modelyard.planning.azure",
    "modelyard.outputs.azure",
    "modelyard_launcher.azure.arm",
    "modelyard_launcher.azure.targets",
    "modelyard_launcher.azure.lots",
    "modelyard_launcher.backends.azure_ml",
    "modelyard_launcher.stores.blob",
)


def planned(
    project: Path, where: list[str], foreign: tuple[str, ...], blocked: tuple[str, ...], **more: str
) -> tuple[str, list[str]]:
    """What a plan says that is made where some modules can't be imported; its modules that begin so."""
    job = loaded(project, {"image": "cnn:1.0"}).document.file
    program = PLAN.format(blocked=list(blocked), job=str(job), where=where, foreign=list(foreign))
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AZURE_"))}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project,
        env={**environ, "HOME": str(project), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    *lines, last = done.stdout.splitlines()
    return "\n".join(lines), json.loads(last.replace("'", '"'))


@pytest.mark.parametrize("backend", ["local", "azure_ml"])
def test_a_plan_on_azure_imports_nothing_of_aws(project: Path, backend: str) -> None:
    said, found = planned(project, ["--env", "azure-dev", "--backend", backend], OF_AWS, ("pulumi", "boto3"))
    assert f"backend {backend}" in said
    assert "Standard_D16ds_v5" in said
    assert found == []


@pytest.mark.parametrize("backend", ["local", "aws_batch"])
def test_a_plan_on_aws_imports_nothing_of_azure(tmp_path: Path, backend: str) -> None:
    project = project_with(tmp_path, "dev")
    said, found = planned(
        project, ["--env", "dev", "--backend", backend], OF_AZURE, ("pulumi", "azure", "httpx")
    )
    assert f"backend {backend}" in said
    assert "c7i.4xlarge" in said
    assert found == []


@pytest.mark.parametrize("missing", [("azure",), ("httpx",)])
def test_a_plan_on_azure_works_signed_in_without_the_libraries_that_sign_in(
    project: Path, missing: tuple[str, ...]
) -> None:
    (project / ".azure").mkdir()
    (project / ".azure" / "azureProfile.json").write_text('{"subscriptions": [{"id": "s"}]}')
    said, _ = planned(project, ["--env", "azure-dev"], (), missing)
    assert "the environment's YAML alone: " in said
    assert "isn't installed" in said


def test_a_targets_file_of_azure_needs_nothing_of_aws_either(tmp_path: Path) -> None:
    path = tmp_path / "target.json"
    path.write_text(target(CPU).model_dump_json(by_alias=True))
    _, found = planned(tmp_path, ["--target", str(path)], OF_AWS, ("boto3",))
    assert found == []
