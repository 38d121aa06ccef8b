"""Encryption for Azure against the sandbox, made by a Python program and by its plugin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from arming import SUBSCRIPTION, TENANT, standing
from rehearsing import Rehearsal, rehearse_toy

from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

PLUGIN = Path(__file__).parents[2] / "components" / "plugins" / "azure"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-training-01"
URI = "https://kv-training-01.vault.azure.net"
API_VERSION = "2024-11-01"

HEAD = f"""
import pulumi
from pulumi_azure_native import resources

TENANT = "{TENANT}"
group = resources.ResourceGroup("group", resource_group_name="training", location="westeurope")
"""
LOCAL = """
from modelyard.azure.encryption import Encryption

keys = Encryption("keys", {{
    "resource_group_name": group.name,
    "location": group.location,
    "vault_name": "kv-training-01",
    "tenant_id": TENANT,
    "purposes": {purposes},
    "rotation_days": {rotation_days},
    "tags": {{"owner": "{owner}"}},
}})
pulumi.export("vault", keys.vault_id)
pulumi.export("keys", keys.key_uris)
"""
REMOTE = """
class Encryption(pulumi.ComponentResource):
    def __init__(self, name, args):
        outputs = dict.fromkeys(("vaultId", "keyUris"))
        super().__init__("modelyard-azure:index:Encryption", name, {{**args, **outputs}}, remote=True)

keys = Encryption("keys", {{
    "resourceGroupName": group.name,
    "location": group.location,
    "vaultName": "kv-training-01",
    "tenantId": TENANT,
    "purposes": {purposes},
    "rotationDays": {rotation_days},
    "tags": {{"owner": "{owner}"}},
}})
pulumi.export("vault", keys.vaultId)
pulumi.export("keys", keys.keyUris)
"""
FIRST = {"purposes": ["datasets", "logs"], "rotation_days": 90, "owner": "me"}


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        rehearsal.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        yield rehearsal


def write(toy: Rehearsal, program: str) -> None:
    (toy.project / "__main__.py").write_text(HEAD + program)


def cloud(toy: Rehearsal) -> AzureCloud:
    """The subscription as anybody but Pulumi sees it."""
    return AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)


def live(toy: Rehearsal) -> None:
    """Bring the program up, see that nothing changes by itself, and destroy it."""
    toy.must("preview")
    toy.up()
    outputs = toy.outputs()
    assert outputs == {
        "vault": VAULT,
        "keys": {purpose: f"{URI}/keys/{purpose}" for purpose in ("datasets", "logs")},
    }
    azure = cloud(toy)
    names = {key["name"] for key in azure.get(f"{VAULT}/keys", API_VERSION)["value"]}
    assert names == {"datasets", "logs"}
    key = azure.get(f"{VAULT}/keys/datasets", API_VERSION)
    assert key["tags"] == {"owner": "me"}
    properties = key["properties"]
    assert (properties["kty"], properties["keySize"]) == ("RSA-HSM", 3072)
    assert properties["attributes"]["recoveryLevel"] == "Recoverable"
    (action,) = properties["rotationPolicy"]["lifetimeActions"]
    assert action == {"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P90D"}}
    toy.up("--expect-no-changes")
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    toy.up("--expect-no-changes")
    toy.must("destroy", "--yes", "--skip-preview")
    assert standing(azure) == []


def test_keys_of_a_python_program_are_brought_up_stay_as_they_are_and_go_with_their_vault(
    toy: Rehearsal,
) -> None:
    write(toy, LOCAL.format(**FIRST))
    live(toy)


def test_keys_of_the_plugin_are_brought_up_stay_as_they_are_and_go_with_their_vault(
    engine: Engine, toy: Rehearsal
) -> None:
    if not (engine.command.parents[1] / "language_host").is_dir():
        pytest.skip("this machine's engine comes with Pulumi's own language host")
    plugins = {"providers": [{"name": "modelyard-azure", "path": str(PLUGIN)}]}
    settings = {"name": "toy", "runtime": "python", "plugins": plugins}
    (toy.project / "Pulumi.yaml").write_text(json.dumps(settings))
    write(toy, REMOTE.format(**FIRST))
    live(toy)


def test_a_key_that_stands_keeps_its_rotation_and_a_closed_vault_deletes_none_alone(toy: Rehearsal) -> None:
    write(toy, LOCAL.format(**FIRST))
    toy.up()
    azure = cloud(toy)
    before = azure.get(f"{VAULT}/keys/datasets", API_VERSION)
    write(toy, LOCAL.format(**{**FIRST, "rotation_days": 30, "owner": "you"}))
    assert "~ 1 updated" in toy.up()
    assert azure.get(VAULT, API_VERSION)["tags"] == {"owner": "you"}
    assert azure.get(f"{VAULT}/keys/datasets", API_VERSION) == before

    write(toy, LOCAL.format(**{**FIRST, "purposes": ["datasets"]}))
    said = toy.fails("up", "--yes", "--skip-preview")
    assert "Public network access is disabled and request is not from a trusted service" in said
    assert "azure-native:keyvault:Key (keys-logs)" in said
    assert "keyvault:Key keys-logs" in toy.state()
