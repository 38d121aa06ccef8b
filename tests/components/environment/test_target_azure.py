"""The launch target of an environment on Azure: what a launcher goes by, and nothing that is secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from previewing import ROOT
from pydantic import ValidationError
from strategies_azure import azure_environments

from modelyard.catalog.azure import size
from modelyard.environment import AzureEnvironment, load_environment, parse_environment
from modelyard.environment.azure.recovery_chains import recovery_chains
from modelyard.environment.azure.sites import Site, primary_site, recovery_site, sites
from modelyard.environment.azure.target import (
    Provisioned,
    blob_uri,
    datasets_account,
    launch_target,
    names,
)
from modelyard.environment.tags import environment_tags
from modelyard.outputs.azure import AzureLaunchTarget

GROUPS = "/subscriptions/9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834/resourceGroups"
EXISTING = {
    "kind": "existing_blob",
    "account_id": f"{GROUPS}/data/providers/Microsoft.Storage/storageAccounts/opendata01",
    "container": "corpus",
}


def shipped(name: str) -> AzureEnvironment:
    environment = load_environment(name, root=ROOT)
    assert isinstance(environment, AzureEnvironment)
    return environment


def changed(name: str, **fields: Any) -> AzureEnvironment:
    """A shipped environment with other fields; what is None is left out."""
    data = {**shipped(name).model_dump(mode="json", exclude_none=True), **fields}
    environment = parse_environment({key: value for key, value in data.items() if value is not None})
    assert isinstance(environment, AzureEnvironment)
    return environment


def known(environment: AzureEnvironment, site: Site) -> Provisioned:
    """What the cloud would say of a region."""
    called = names(environment, site.region)
    group = f"{GROUPS}/{called.resource_group}/providers"
    return Provisioned(
        compute_names={pool.name: f"{pool.name[:11]}-a1b2" for pool in site.pools},
        workspace_id=f"{group}/Microsoft.MachineLearningServices/workspaces/{called.workspace}",
        discovery_url=f"https://{site.region}.api.azureml.ms/discovery",
        registry_login_server=f"{called.registry}.azurecr.io",
        job_identity_id=f"{group}/Microsoft.ManagedIdentity/userAssignedIdentities/jobs",
        job_identity_client_id="8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f",
        image_build_compute="image-build-c3d4",
    )


def targets(environment: AzureEnvironment) -> list[AzureLaunchTarget]:
    """The target of each region, the primary first."""
    return [launch_target(environment, known(environment, site), site) for site in sites(environment)]


def test_the_target_of_dev_says_where_everything_is() -> None:
    environment = shipped("azure-dev")
    [target] = targets(environment)
    called = names(environment, "westeurope")
    assert (target.schema_, target.cloud, target.environment) == ("modelyard.target/1", "azure", "azure-dev")
    assert (target.region, target.resource_group) == ("westeurope", "azure-dev-westeurope")
    assert (target.recovery, target.recovery_target, target.egress) == (False, None, "nat")
    assert (target.subscription_id, target.tenant_id) == (environment.subscription_id, environment.tenant_id)
    assert target.stores.datasets.uri == (
        f"https://azuredevdata{called.digest}1.blob.core.windows.net/datasets"
    )
    assert target.stores.checkpoints.uri == (
        f"https://azuredevckpt{called.digest}1.blob.core.windows.net/checkpoints"
    )
    assert (target.stores.datasets.datastore, target.stores.checkpoints.datastore) == (
        "datasets",
        "checkpoints",
    )
    assert target.stores.checkpoints.lock_days is None
    assert target.workspace.name == f"azure-dev-{called.digest}1"
    assert target.workspace.id.endswith(f"/workspaces/{target.workspace.name}")
    assert target.registry == f"azuredevimages{called.digest}1.azurecr.io"
    assert target.image_build_compute == "image-build-c3d4"
    assert target.job_identity.client_id == "8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f"
    assert target.tags == environment_tags(environment)
    assert target.tags["environment"] == "azure-dev"


def test_pools_of_dev_say_what_their_machines_have() -> None:
    cpu, gpu = targets(shipped("azure-dev"))[0].pools
    assert (cpu.name, cpu.compute_name, cpu.capacity) == ("cpu", "cpu-a1b2", "on_demand")
    assert (cpu.accelerator, cpu.accelerators_per_node, cpu.accelerator_memory_mib) == (None, 0, None)
    assert (cpu.vcpus, cpu.memory_mib, cpu.architecture) == (16, 64 * 1024, "x86_64")
    # 600 GiB of a temporary disk are 644 GB.
    assert cpu.instance_storage_gb == 644
    assert (cpu.max_nodes, cpu.max_nodes_per_job, cpu.min_nodes, cpu.idle_shutdown_minutes) == (4, 2, 0, 5)
    assert (cpu.fabric.environment, cpu.fabric.infiniband_gbps) == ({}, None)
    assert (gpu.name, gpu.capacity, gpu.max_nodes_per_job) == ("gpu", "spot", 1)
    assert (gpu.accelerator, gpu.accelerators_per_node) == ("T4", 1)
    assert gpu.accelerator_memory_mib == 16 * 1024
    # Half of 28 GiB.
    assert gpu.shared_memory_gib == 14


def test_each_region_of_prod_has_its_own_target_and_the_primary_says_where_the_other_lies() -> None:
    environment = shipped("azure-prod")
    primary, recovery = targets(environment)
    here, there = environment.regions.primary, environment.regions.recovery
    assert (primary.region, recovery.region) == (here, there)
    assert (primary.recovery, recovery.recovery) == (False, True)
    assert primary.recovery_target is not None
    assert primary.recovery_target.region == there
    assert primary.recovery_target.resource_group == recovery.resource_group == f"azure-prod-{there}"
    assert primary.recovery_target.checkpoints_uri == recovery.stores.checkpoints.uri
    assert recovery.recovery_target is None
    assert primary.stores.checkpoints.uri != recovery.stores.checkpoints.uri
    assert {primary.stores.checkpoints.lock_days, recovery.stores.checkpoints.lock_days} == {365}
    assert (primary.stores.datasets.region, recovery.stores.datasets.region) == (here, there)
    assert primary.egress == recovery.egress == "firewall"


def test_the_h100_pool_of_prod_says_what_collectives_want() -> None:
    h100 = targets(shipped("azure-prod"))[0].pools[0]
    assert (h100.accelerator, h100.accelerators_per_node) == ("H100", 8)
    assert h100.fabric.infiniband_gbps == 3_200
    assert h100.fabric.network_gbps == size("Standard_ND96isr_H100_v5").ethernet_gbps
    assert h100.fabric.environment["NCCL_SOCKET_IFNAME"] == "eth0"
    assert h100.fabric.device_paths == []
    assert (h100.max_nodes, h100.max_nodes_per_job) == (16, 16)


def test_pools_of_the_recovery_region_keep_nothing_up() -> None:
    environment = shipped("azure-prod")
    data = environment.model_dump(mode="json", exclude_none=True)
    data["compute"][1]["min_nodes"] = 2
    primary, recovery = targets(changed("azure-prod", compute=data["compute"]))
    assert [pool.min_nodes for pool in primary.pools] == [0, 2]
    assert [pool.min_nodes for pool in recovery.pools] == [0, 0]


@pytest.mark.parametrize("name", ["azure-dev", "azure-prod"])
def test_a_container_that_exists_already_stays_where_it_is(name: str) -> None:
    checkpoints = shipped(name).storage.checkpoints.model_dump(mode="json", exclude_none=True)
    environment = changed(name, storage={"datasets": EXISTING, "checkpoints": checkpoints}, backup=None)
    for target in targets(environment):
        assert target.stores.datasets.uri == "https://opendata01.blob.core.windows.net/corpus"
        # Nobody knows where it is but that the environment's primary region reads it.
        assert target.stores.datasets.region == environment.regions.primary
        assert target.stores.datasets.datastore == "datasets"
        assert target.stores.checkpoints.region == target.region
        assert datasets_account(environment, target.region) == ("opendata01", "corpus")


def test_a_higher_generation_is_another_place() -> None:
    first, second = targets(shipped("azure-dev")) + targets(changed("azure-dev", generation=2))
    assert first.resource_group == second.resource_group
    assert first.workspace.name != second.workspace.name
    assert first.stores.checkpoints.uri != second.stores.checkpoints.uri


def test_without_a_site_the_target_is_the_primary_regions() -> None:
    environment = shipped("azure-prod")
    site = primary_site(environment)
    assert launch_target(environment, known(environment, site)) == targets(environment)[0]


def test_a_pool_without_its_cluster_is_an_error() -> None:
    environment = shipped("azure-dev")
    unknown = Provisioned({}, "", "", "", "", "")
    with pytest.raises(KeyError, match="cpu"):
        launch_target(environment, unknown)


@settings(max_examples=150)
@given(azure_environments())
def test_every_target_comes_back_from_json_as_it_was(data: dict[str, Any]) -> None:
    environment = parse_environment(data)
    assert isinstance(environment, AzureEnvironment)
    for target in targets(environment):
        text = target.model_dump_json(by_alias=True)
        assert AzureLaunchTarget.model_validate_json(text) == target
        document = json.loads(text)
        assert document["schema"] == "modelyard.target/1"
        assert [pool["name"] for pool in document["pools"]] == [pool.name for pool in target.pools]


@settings(max_examples=100)
@given(azure_environments(recovery=True))
def test_the_primary_target_leads_to_the_recovery_regions(data: dict[str, Any]) -> None:
    environment = parse_environment(data)
    assert isinstance(environment, AzureEnvironment)
    primary, recovery = targets(environment)
    assert primary.recovery_target is not None
    assert primary.recovery_target.checkpoints_uri == recovery.stores.checkpoints.uri
    assert primary.recovery_target.resource_group == recovery.resource_group
    assert recovery_site(environment) is not None
    assert "checkpoints" in {chain.subject for chain in recovery_chains(environment)}
    assert blob_uri(names(environment, recovery.region).account("checkpoints"), "checkpoints") == (
        recovery.stores.checkpoints.uri
    )


def test_a_target_holds_nothing_that_it_does_not_know() -> None:
    document = json.loads(targets(shipped("azure-dev"))[0].model_dump_json(by_alias=True))
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        AzureLaunchTarget.model_validate({**document, "queue_arn": "arn"})
    with pytest.raises(ValidationError, match="Input should be 'azure'"):
        AzureLaunchTarget.model_validate({**document, "cloud": "aws"})
