"""Storage accounts of Azure and their copies against the sandbox: up, again, changed, and gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from arming import SUBSCRIPTION, TENANT, standing
from rehearsing import Rehearsal, rehearse_toy

from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training"
ACCOUNTS = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
API_VERSION = "2024-01-01"

HEAD = f"""
import pulumi
from pulumi_azure_native import managedidentity, network, privatedns, resources

from modelyard.azure.encryption import Encryption
from modelyard.azure.log_workspace import LogWorkspace
from modelyard.azure.replication import Replication
from modelyard.azure.storage import Storage

SUBSCRIPTION = "{SUBSCRIPTION}"
group = resources.ResourceGroup("group", resource_group_name="training", location="westeurope")
place = {{"resource_group_name": group.name, "location": "westeurope", "tags": {{"owner": "me"}}}}
net = network.VirtualNetwork(
    "net",
    virtual_network_name="dev",
    resource_group_name=group.name,
    location="westeurope",
    address_space={{"address_prefixes": ["10.0.0.0/16"]}},
)
subnet = network.Subnet(
    "endpoints",
    subnet_name="endpoints",
    virtual_network_name=net.name,
    resource_group_name=group.name,
    address_prefix="10.0.0.0/24",
    private_endpoint_network_policies="Enabled",
)
ZONES = ["privatelink.blob.core.windows.net", "privatelink.file.core.windows.net"]
zones = {{
    zone: privatedns.PrivateZone(
        zone, private_zone_name=zone, resource_group_name=group.name, location="global"
    ).id
    for zone in ZONES
}}
logs = LogWorkspace("logs", {{**place, "workspace_name": "training-logs"}})
keys = Encryption(
    "keys",
    {{
        **place,
        "vault_name": "kv-training-01",
        "tenant_id": "{TENANT}",
        "subscription_id": SUBSCRIPTION,
        "purposes": ["datasets"],
        "identities": {{"datasets": "dev-datasets"}},
    }},
)
job = managedidentity.UserAssignedIdentity(
    "job", resource_name_="dev-job", resource_group_name=group.name, location="westeurope"
)
account = {{
    "key_vault_uri": keys.vault_uri,
    "key_name": "datasets",
    "identity_id": keys.identity_ids["datasets"],
}}
"""
STORES = """
store = Storage(
    "store",
    {{
        **place,
        "subscription_id": SUBSCRIPTION,
        "endpoint_subnet_id": subnet.id,
        "dns_zone_ids": zones,
        "log_workspace_id": logs.workspace_id,
        "protect": {protect},
        "accounts": {{
            "checkpoints": {{
                **account,
                "account_name": "{name}",
                "containers": {containers},
                "immutable_containers": ["checkpoints"],
                "endpoint_groups": ["blob", "file"],
                "deleted_retention_days": {days},
                "cool_after_days": {days},
                "expire_after_days": 365,
                "expire_prefixes": ["scratch/"],
                "data_writers": {{"job": job.principal_id}},
            }},
        }},
    }},
)
pulumi.export("accounts", store.account_ids)
pulumi.export("names", store.account_names)
pulumi.export("blobs", store.blob_endpoints)
pulumi.export("containers", store.container_ids)
"""
COPIES = """
recovery = Storage(
    "recovery",
    {{
        **place,
        "location": "northeurope",
        "accounts": {{
            "checkpoints": {{
                **account,
                "account_name": "recoveryckpt01",
                "containers": ["copies", "scratch"],
                "redundancy": "lrs",
            }}
        }},
    }},
)
copies = Replication(
    "copies",
    {{
        "resource_group_name": group.name,
        "location": "westeurope",
        "destination_location": "northeurope",
        "accounts": {{
            "checkpoints": {{
                "source_account_id": store.account_id("checkpoints"),
                "source_account_name": store.account_name("checkpoints"),
                "destination_account_id": recovery.account_id("checkpoints"),
                "destination_account_name": recovery.account_name("checkpoints"),
                "containers": {copied},
            }}
        }},
    }},
)
pulumi.export("policies", copies.policy_ids)
"""
FIRST: dict[str, Any] = {
    "name": "trainingckpt01",
    "containers": ["checkpoints", "scratch"],
    "days": 30,
    "protect": False,
    "copied": {"checkpoints": "copies"},
}


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        rehearsal.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        yield rehearsal


def write(toy: Rehearsal, *parts: str, **change: Any) -> None:
    program = HEAD + "".join(parts).format(**{**FIRST, **change})
    (toy.project / "__main__.py").write_text(program)


def cloud(toy: Rehearsal) -> AzureCloud:
    """The subscription as anybody but Pulumi sees it."""
    return AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)


def stays(toy: Rehearsal) -> None:
    """Nothing changes by itself, neither for who looks nor for the program."""
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    toy.up("--expect-no-changes")


def gone(toy: Rehearsal) -> None:
    toy.must("destroy", "--yes", "--skip-preview")
    assert standing(cloud(toy)) == []


def operations(toy: Rehearsal) -> dict[str, str]:
    """What a preview would do, by type and name; what stays is left out."""
    steps = json.loads(toy.must("preview", "--json"))["steps"]
    return {
        step["urn"].rpartition("$")[2].partition("azure-native:")[2].replace("::", " "): step["op"]
        for step in steps
        if step["op"] in ("create", "update", "replace", "delete")
    }


def test_accounts_come_up_stay_as_they_are_are_changed_in_place_or_renamed_and_go(toy: Rehearsal) -> None:
    write(toy, STORES)
    toy.up()
    assert toy.outputs() == {
        "accounts": {"checkpoints": f"{ACCOUNTS}/trainingckpt01"},
        "names": {"checkpoints": "trainingckpt01"},
        "blobs": {"checkpoints": "https://trainingckpt01.blob.core.windows.net/"},
        "containers": {
            f"checkpoints/{name}": f"{ACCOUNTS}/trainingckpt01/blobServices/default/containers/{name}"
            for name in ("checkpoints", "scratch")
        },
    }
    stays(toy)

    write(toy, STORES, days=60)
    assert operations(toy) == {
        "storage:BlobServiceProperties store-checkpoints": "update",
        "storage:ManagementPolicy store-checkpoints": "update",
    }
    toy.up()
    service = cloud(toy).get(f"{ACCOUNTS}/trainingckpt01/blobServices/default", API_VERSION)["properties"]
    assert service["deleteRetentionPolicy"]["days"] == service["changeFeed"]["retentionInDays"] == 60

    # One more container: what stands already doesn't look as if it changed.
    more = {"days": 60, "containers": ["checkpoints", "scratch", "logs"]}
    write(toy, STORES, **more, protect=True)
    assert operations(toy) == {"storage:BlobContainer store-checkpoints-logs": "create"}
    toy.up()

    # What is protected stays with all that it holds, and what went around it comes again.
    assert "protect" in toy.fails("destroy", "--yes", "--skip-preview")
    toy.up()
    write(toy, STORES, **more)
    toy.up()

    # Another name is another account, and the old one goes last.
    write(toy, STORES, name="trainingckpt02")
    steps = [json.loads(line) for line in toy.up("--json").splitlines() if line.startswith("{")]
    order = [
        (metadata["op"], metadata["type"].rpartition(":")[2])
        for step in steps
        if (metadata := step.get("resOutputsEvent", {}).get("metadata"))
    ]
    made = order.index(("create-replacement", "BlobContainer"))
    assert made < order.index(("delete-replaced", "StorageAccount"))
    stores = {id_ for type_, id_ in standing(cloud(toy)) if type_.endswith(":StorageAccount")}
    assert stores == {f"{ACCOUNTS}/trainingckpt02"}
    gone(toy)


def test_copies_have_one_policy_on_both_accounts_and_another_for_other_containers(
    toy: Rehearsal,
) -> None:
    write(toy, STORES, COPIES)
    toy.up()
    azure, policy = cloud(toy), toy.outputs()["policies"]["checkpoints"]
    both = [
        azure.get(f"{ACCOUNTS}/{name}/objectReplicationPolicies/{policy}", API_VERSION)["properties"]
        for name in ("trainingckpt01", "recoveryckpt01")
    ]
    for properties in both:
        assert properties["sourceAccount"] == f"{ACCOUNTS}/trainingckpt01"
        assert properties["destinationAccount"] == f"{ACCOUNTS}/recoveryckpt01"
    (source,), (destination,) = (properties["rules"] for properties in both)
    assert source["ruleId"] == destination["ruleId"]
    assert (source["sourceContainer"], source["destinationContainer"]) == ("checkpoints", "copies")
    stays(toy)

    write(toy, STORES, COPIES, copied={"checkpoints": "copies", "scratch": "scratch"})
    assert operations(toy) == {
        "storage:ObjectReplicationPolicy copies-checkpoints": "replace",
        "storage:ObjectReplicationPolicy copies-checkpoints-destination": "replace",
    }
    toy.up()
    former, policy = policy, toy.outputs()["policies"]["checkpoints"]
    assert former != policy
    source, destination = (
        azure.get(f"{ACCOUNTS}/{name}/objectReplicationPolicies/{policy}", API_VERSION)["properties"]["rules"]
        for name in ("trainingckpt01", "recoveryckpt01")
    )
    assert {rule["ruleId"] for rule in source} == {rule["ruleId"] for rule in destination}
    assert len(source) == 2
    stays(toy)
    gone(toy)
