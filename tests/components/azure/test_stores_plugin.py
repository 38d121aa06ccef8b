"""The components that keep data on Azure as the plugin offers them to programs in other languages."""

import json
import subprocess
import sys

import pulumi
import pytest
from azure_stores import ACCOUNT, CLASSIFIED, ENDPOINTS, PLACE, SUBSCRIPTION
from previewing import preview
from pulumi.errors import InputPropertiesError

from modelyard.azure.backup import Backup
from modelyard.azure.replication import Replication
from modelyard.azure.storage import Storage
from modelyard.azure.storage_access import StorageAccess
from modelyard.wiring.plugin_host import PluginHost
from modelyard.wiring.tokens import AZURE

COMPONENTS = [Backup, Replication, Storage, StorageAccess]
STORES = {
    **PLACE,
    **ENDPOINTS,
    "subscription_id": SUBSCRIPTION,
    "tags": CLASSIFIED,
    "accounts": {
        "datasets": {**ACCOUNT, "expire_after_days": 30, "data_readers": {"the_job": "p"}, "backed_up": True}
    },
}


@pytest.fixture(scope="module")
def host():
    return PluginHost(AZURE, COMPONENTS)


@pytest.fixture(scope="module")
def schema(host):
    return json.loads(host.schema)


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def sent(args):
    """Args as another language spells them; what names a thing stays as it is."""
    return {
        camel(name): {purpose: sent(each) for purpose, each in value.items()} if name == "accounts" else value
        for name, value in args.items()
    }


def test_each_has_its_args_and_outputs_described(schema):
    assert set(schema["resources"]) == {f"modelyard-azure:index:{each.__name__}" for each in COMPONENTS}
    storage = schema["resources"]["modelyard-azure:index:Storage"]
    assert set(storage["properties"]) == {"accountIds", "accountNames", "blobEndpoints", "containerIds"}
    assert storage["requiredInputs"] == ["accounts", "location", "resourceGroupName"]
    accounts = storage["inputProperties"]["accounts"]
    assert accounts["additionalProperties"]["$ref"] == "#/types/modelyard-azure:index:AccountArgs"
    for name in ("AccountArgs", "ReplicatedAccountArgs", "BackedUpAccountArgs", "AccountAccessArgs"):
        for property_, described in schema["types"][f"modelyard-azure:index:{name}"]["properties"].items():
            assert described["description"], (name, property_)
    for resource in schema["resources"].values():
        for described in (*resource["inputProperties"].values(), *resource["properties"].values()):
            assert described["description"]


def test_hosted_and_local_components_give_one_graph(host):
    local = preview(lambda: Storage("store", STORES) and None)
    kind = "modelyard-azure:index:Storage"
    results = []
    hosted = preview(lambda: results.append(host.construct("store", kind, sent(STORES))))
    assert [(n.urn, n.properties, n.dependencies) for n in hosted.resources] == [
        (n.urn, n.properties, n.dependencies) for n in local.resources
    ]
    assert isinstance(results[0].state["accountIds"], pulumi.Output)


def test_whole_numbers_come_over_the_wire_as_such(host):
    kind = "modelyard-azure:index:Backup"
    args = {
        **PLACE,
        "subscription_id": SUBSCRIPTION,
        "vault_name": "training-backup",
        "every_hours": 24.0,
        "retention_days": 90.0,
        "soft_delete_days": 30.0,
    }
    instances = {"datasets": {"accountId": "/accounts/a", "containers": ["datasets"]}}
    graph = preview(lambda: host.construct("backup", kind, {**sent(args), "instances": instances}) and None)
    found = {node.type: node.properties for node in graph.resources}
    policy = found["azure-native:dataprotection:BackupPolicy"]
    assert policy["backupPolicyName"] == "blobs-every-24h-kept-90d"
    vault = found["azure-native:dataprotection:BackupVault"]["properties"]["securitySettings"]
    assert str(vault["softDeleteSettings"]["retentionDurationInDays"]) == "30"


def test_what_a_component_refuses_is_told_in_the_words_of_the_schema(host):
    wrong = {**STORES, "accounts": {"datasets": {**ACCOUNT, "acount_name": "x"}}}
    with pytest.raises(InputPropertiesError) as caught:
        host.construct("store", "modelyard-azure:index:Storage", sent(wrong))
    lines = str(caught.value).splitlines()
    assert lines[1:3] == [
        "store.accounts.datasets.acountName",
        "  AccountArgs has no such argument",
    ]


def test_they_import_nothing_of_another_cloud():
    program = (
        "import sys\n"
        "import modelyard.azure.backup, modelyard.azure.replication, modelyard.azure.storage\n"
        "import modelyard.azure.storage_access\n"
        "print([name for name in sys.modules if name.startswith(('pulumi_aws', 'boto', 'modelyard.aws'))])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
