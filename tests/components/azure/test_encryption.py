"""The keys of Azure, alone in a program of somebody else."""

import subprocess
import sys

import pulumi
import pytest
from previewing import TAGS, preview

from modelyard.azure.encryption import Encryption
from modelyard.errors import InputError

ARGS = {
    "resource_group_name": "training",
    "vault_name": "kv-training-dev-01",
    "tenant_id": "11111111-2222-3333-4444-555555555555",
    "tags": TAGS,
}


def resources(args):
    graph = preview(lambda: Encryption("keys", args) and None)
    vaults = [node for node in graph.resources if node.type == "azure-native:keyvault:Vault"]
    keys = [node for node in graph.resources if node.type == "azure-native:keyvault:Key"]
    (component,) = [node for node in graph.resources if node.type == "modelyard-azure:index:Encryption"]
    assert {node.parent for node in [*vaults, *keys]} == {component.urn}
    return vaults, keys


def problems(**change):
    with pytest.raises(InputError) as caught:
        preview(lambda: Encryption("keys", {**ARGS, **change}) and None)
    return caught.value.problems


def test_the_vault_is_closed_to_the_network_and_what_it_loses_comes_back():
    (vault,), _ = resources(ARGS)
    assert vault.name == "keys"
    assert vault.properties["vaultName"] == "kv-training-dev-01"
    assert vault.properties["tags"] == TAGS
    assert vault.properties["properties"] == {
        "tenantId": ARGS["tenant_id"],
        "sku": {"family": "A", "name": "premium"},
        "enableRbacAuthorization": True,
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": 90,
        "enablePurgeProtection": True,
        "publicNetworkAccess": "Disabled",
        "networkAcls": {"bypass": "AzureServices", "defaultAction": "Deny"},
    }


def test_each_purpose_has_a_rotating_key_in_hardware():
    (vault,), keys = resources(ARGS)
    purposes = ["datasets", "checkpoints", "volumes", "logs", "registry", "backup"]
    assert [key.name for key in keys] == [f"keys-{purpose}" for purpose in purposes]
    assert [key.properties["keyName"] for key in keys] == purposes
    for key in keys:
        assert key.property_dependencies["vaultName"] == (vault.urn,)
        assert key.properties["tags"] == TAGS
        assert key.properties["properties"] == {
            "kty": "RSA-HSM",
            "keySize": 3072,
            "keyOps": ["wrapKey", "unwrapKey"],
            "rotationPolicy": {
                "attributes": {"expiryTime": "P730D"},
                "lifetimeActions": [{"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P365D"}}],
            },
        }


def test_keys_in_software_are_a_choice_of_their_own():
    (vault,), (key,) = resources({**ARGS, "hsm": False, "purposes": ["datasets"]})
    assert vault.properties["properties"]["sku"]["name"] == "standard"
    assert key.properties["properties"]["kty"] == "RSA"


def test_what_becomes_known_later_passes_through():
    later = {
        "resource_group_name": "training",
        "tenant_id": "tenant",
        "location": "westeurope",
        "rotation_days": 30,
    }

    def program():
        outputs = {name: pulumi.Output.from_input(value) for name, value in later.items()}
        Encryption("keys", {**ARGS, **outputs, "purposes": ["datasets"]})

    graph = preview(program)
    (vault,) = [node for node in graph.resources if node.type == "azure-native:keyvault:Vault"]
    (key,) = [node for node in graph.resources if node.type == "azure-native:keyvault:Key"]
    assert (vault.properties["location"], vault.properties["resourceGroupName"]) == ("westeurope", "training")
    policy = key.properties["properties"]["rotationPolicy"]
    (action,) = policy["lifetimeActions"]
    assert action["trigger"] == {"timeAfterCreate": "P30D"}
    assert policy["attributes"] == {"expiryTime": "P60D"}


@pytest.mark.parametrize(
    ("change", "expiry"),
    [
        ({"rotation_days": 90}, "P180D"),
        ({"rotation_days": 7}, "P35D"),
        ({"rotation_days": 90, "expiry_days": 118}, "P118D"),
        ({"expiry_days": pulumi.Output.from_input(400)}, "P400D"),
    ],
)
def test_a_version_expires_well_after_the_next_one_came(change, expiry):
    _, (key,) = resources({**ARGS, "purposes": ["datasets"], **change})
    assert key.properties["properties"]["rotationPolicy"]["attributes"] == {"expiryTime": expiry}


@pytest.mark.parametrize(
    "change", [{"expiry_days": 0}, {"expiry_days": pulumi.Output.from_input(0)}, {"purposes": ["workspace"]}]
)
def test_without_expiry_or_where_a_version_is_named_none_expires(change):
    _, (key,) = resources({**ARGS, "purposes": ["datasets"], **change})
    assert "attributes" not in key.properties["properties"]["rotationPolicy"]


@pytest.mark.parametrize(
    "name", ["kv", "1-training", "kv--training", "kv-training-", "kv_training", "k" * 25, "kv-1\n"]
)
def test_a_name_that_azure_refuses_for_a_vault_is_refused(name):
    (problem,) = problems(vault_name=name)
    assert (problem.field, problem.given) == ("keys.vault_name", repr(name))
    assert problem.message == "Azure refuses a vault of this name"
    assert problem.allowed.startswith("3 to 24 letters, digits and single hyphens")


@pytest.mark.parametrize("name", ["kv1", "k" * 24, "kv-a-1", "Kv-A"])
def test_a_name_that_azure_takes_for_a_vault_is_taken(name):
    (vault,), _ = resources({**ARGS, "vault_name": name})
    assert vault.properties["vaultName"] == name


@pytest.mark.parametrize(
    ("change", "field", "given", "message"),
    [
        ({"purposes": []}, "purposes", "none", "each purpose gets one key"),
        ({"purposes": ["a", "a"]}, "purposes", "a, a", "each purpose gets one key"),
        ({"purposes": ["Data", "data"]}, "purposes", "Data, data", "each purpose gets one key"),
        (
            {"tags": dict.fromkeys(map(str, range(16)), "x")},
            "tags",
            "16 tags",
            "Azure refuses a key with so many",
        ),
        (
            {"purposes": ["my data"]},
            "purposes",
            "'my data'",
            "a purpose is the name of its key, and Azure refuses this one",
        ),
        ({"rotation_days": 6}, "rotation_days", "6", "Azure rotates a key once in seven days at most"),
        (
            {"expiry_days": 392},
            "expiry_days",
            "392",
            "a version would expire before all that uses it has surely taken up the next one",
        ),
        ({"vault_nam": "x"}, "vault_nam", "vault_nam", "EncryptionArgs has no such argument"),
    ],
)
def test_args_that_cannot_be_are_refused(change, field, given, message):
    (problem,) = problems(**change)
    assert (problem.field, problem.given, problem.message) == (f"keys.{field}", given, message)


def test_what_is_allowed_of_an_expiry_follows_the_rotation():
    (problem,) = problems(rotation_days=90, expiry_days=-1)
    assert problem.allowed == "118 or more, 28 beyond rotation_days, or 0 for no expiry"
    assert problem.mend == "write 180, or rotate more often"


def test_an_expiry_that_azure_never_takes_is_refused_before_the_rotation_is_known():
    (problem,) = problems(rotation_days=pulumi.Output.from_input(90), expiry_days=34)
    assert (problem.field, problem.given) == ("keys.expiry_days", "34")
    assert problem.allowed == "35 or more, 28 beyond rotation_days, or 0 for no expiry"


def test_the_components_of_one_cloud_do_not_import_the_sdk_of_another():
    program = (
        "import sys, modelyard.azure.encryption; print('pulumi_aws' in sys.modules, 'boto3' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]
