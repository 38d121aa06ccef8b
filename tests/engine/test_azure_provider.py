"""The sandbox's azure-native provider under the real engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from arming import OTHER_SUBSCRIPTION, SUBSCRIPTION, account, standing
from rehearsing import Rehearsal, rehearse_toy

from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

HEAD = """
import pulumi
from pulumi_azure_native import authorization, keyvault, network, resources, storage

"""
TRAINING = """
me = authorization.get_client_config()
group = resources.ResourceGroup("training", tags={{"owner": "{owner}"}})
guard = network.NetworkSecurityGroup("guard", resource_group_name=group.name)
net = network.VirtualNetwork(
    "net",
    resource_group_name=group.name,
    location="{location}",
    address_space={{"address_prefixes": ["10.0.0.0/16"]}},
    subnets=[{{
        "name": "nodes",
        "address_prefix": "10.0.0.0/20",
        "service_endpoints": [{{"service": "Microsoft.Storage"}}],
    }}],
)
data = storage.StorageAccount(
    "data",
    resource_group_name=group.name,
    kind=storage.Kind.STORAGE_V2,
    sku={{"name": storage.SkuName.STANDARD_GRS}},
    allow_blob_public_access=False,
    minimum_tls_version="TLS1_2",
)
blobs = storage.BlobServiceProperties(
    "blobs",
    account_name=data.name,
    blob_services_name="default",
    resource_group_name=group.name,
    is_versioning_enabled=True,
)
checkpoints = storage.BlobContainer("checkpoints", account_name=data.name, resource_group_name=group.name)
vault = keyvault.Vault(
    "vault",
    resource_group_name=group.name,
    properties={{
        "tenant_id": me.tenant_id,
        "sku": {{"family": keyvault.SkuFamily.A, "name": keyvault.SkuName.STANDARD}},
        "enable_rbac_authorization": True,
    }},
)
lock = authorization.ManagementLockByScope("keep", scope=data.id, level="CanNotDelete", opts=pulumi.ResourceOptions(
    depends_on=[checkpoints, blobs]))
pulumi.export("subscription", me.subscription_id)
pulumi.export("subnet", net.subnets[0].id)
pulumi.export("blob", data.primary_endpoints.blob)
pulumi.export("vault", vault.properties.vault_uri)
"""


@dataclass
class AzureToy:
    """A rehearsal of a program in one subscription."""

    toy: Rehearsal

    def write(self, program: str) -> None:
        """Write the program."""
        (self.toy.project / "__main__.py").write_text(HEAD + program)

    def cloud(self, subscription_id: str = SUBSCRIPTION) -> AzureCloud:
        """A subscription as anybody but Pulumi sees it."""
        return AzureCloud(self.toy.sandbox.must_run().azure_endpoint, subscription_id)

    def standing(self) -> list[str]:
        """The types of all that stands in the subscription."""
        return sorted(type_.rpartition(":")[2] for type_, _ in standing(self.cloud()))

    def resource(self, name: str) -> dict[str, Any]:
        """A resource of the state, by its name in the program."""
        return next(item for label, item in self.toy.state().items() if label.endswith(f" {name}"))


Begin = Callable[[str], AzureToy]


@pytest.fixture
def begin(engine: Engine, tmp_path: Path) -> Iterator[Begin]:
    """Begins a rehearsal of a program."""
    with ExitStack() as stack:

        def made(program: str) -> AzureToy:
            azure = AzureToy(stack.enter_context(rehearse_toy(engine, tmp_path, "")))
            azure.toy.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
            azure.toy.must("config", "set", "azure-native:location", "westeurope")
            azure.write(program)
            return azure

        yield made


def test_a_program_is_brought_up_changed_mended_and_destroyed(begin: Begin) -> None:
    azure = begin(TRAINING.format(owner="me", location="westeurope"))
    toy = azure.toy
    foreseen = toy.must("preview")
    assert re.search(r"vault\s*: (output<string>|\[unknown\])", foreseen), foreseen
    assert re.search(r"subnet\s*: (output<string>|\[unknown\])", foreseen), foreseen
    toy.up()
    toy.up("--expect-no-changes")
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    outputs = toy.outputs()
    assert outputs["subscription"] == SUBSCRIPTION
    account_name = azure.resource("data")["outputs"]["name"]
    assert re.fullmatch(r"data[0-9a-f]{8}", account_name)
    assert outputs["blob"] == f"https://{account_name}.blob.core.windows.net/"
    assert re.fullmatch(r"https://vault[0-9a-f]{8}\.vault\.azure\.net/", outputs["vault"])
    assert azure.resource("checkpoints")["id"].endswith("/containers/checkpoints")
    assert outputs["subnet"] == f"{azure.resource('net')['id']}/subnets/nodes"

    azure.write(TRAINING.format(owner="you", location="westeurope"))
    assert "~ 1 updated" in toy.up()
    group = azure.resource("training")["id"]
    cloud = azure.cloud()
    assert cloud.get(group, "2024-03-01")["tags"] == {"owner": "you"}
    cloud.call("PATCH", group, "2024-03-01", {"tags": {"owner": "somebody"}})
    cloud.put(f"{azure.resource('data')['id']}/blobServices/default", "2024-01-01", {"properties": {}})
    assert "~ 2 updated" in toy.must("refresh", "--yes", "--skip-preview")
    assert "~ 2 updated" in toy.up()
    assert cloud.get(group, "2024-03-01")["tags"] == {"owner": "you"}

    old = azure.resource("net")["id"]
    azure.write(TRAINING.format(owner="you", location="eastus"))
    assert "1 replaced" in toy.up()
    assert azure.resource("net")["outputs"]["location"] == "eastus"
    assert azure.resource("net")["id"] != old
    assert azure.standing().count("VirtualNetwork") == 1
    toy.up("--expect-no-changes")
    toy.must("destroy", "--yes", "--skip-preview")
    assert azure.standing() == []


def test_a_name_that_another_subscription_has_stops_the_update_and_the_next_one_goes_on(begin: Begin) -> None:
    azure = begin("""
group = resources.ResourceGroup("group", resource_group_name="found")
network.VirtualNetwork("net", resource_group_name=group.name, address_space={"address_prefixes": ["10.0.0.0/16"]})
storage.StorageAccount("data", account_name="takenname", resource_group_name=group.name, kind="StorageV2",
    sku={"name": "Standard_LRS"})
""")
    theirs = azure.cloud(OTHER_SUBSCRIPTION)
    place = f"/subscriptions/{OTHER_SUBSCRIPTION}/resourceGroups/theirs"
    theirs.put(place, "2024-03-01", {"location": "westeurope"})
    taken = f"{place}/providers/Microsoft.Storage/storageAccounts/takenname"
    theirs.put(taken, "2024-01-01", account())
    said = azure.toy.fails("up", "--yes", "--skip-preview")
    assert "StorageAccountAlreadyTaken: The storage account named takenname is already taken." in said
    assert "azure-native:storage:StorageAccount (data)" in said
    theirs.delete(taken, "2024-01-01")
    assert "+ 1 created" in azure.toy.up()
    assert azure.standing() == ["ResourceGroup", "StorageAccount", "VirtualNetwork"]


def test_a_group_that_stands_is_imported_by_its_id_and_not_taken_over_otherwise(begin: Begin) -> None:
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/found"
    program = 'resources.ResourceGroup("group", resource_group_name="found", location="eastus", tags={"owner": "me"}'
    azure = begin(f"{program})")
    document = {"location": "eastus", "tags": {"owner": "me"}}
    azure.cloud().put(group, "2024-03-01", document)
    said = azure.toy.fails("up", "--yes", "--skip-preview")
    assert f"cannot create already existing resource '{group}'" in said
    azure.write(f'{program}, opts=pulumi.ResourceOptions(import_="{group}"))')
    assert "= 1 imported" in azure.toy.up()
    azure.write(f"{program})")
    azure.toy.up("--expect-no-changes")


def test_what_azure_would_refuse_is_refused_in_a_preview(begin: Begin) -> None:
    azure = begin("""
storage.StorageAccount("Data-1", resource_group_name="found", location="westeurope", kind="StorageV2",
    sku={"name": "Standard_LRS"})
""")
    said = azure.toy.fails("preview")
    assert re.search(r"AccountNameInvalid: Data-1[0-9a-f]{8} is not a valid storage account name", said)
    azure.write("""
network.VirtualNetwork("net", resource_group_name="found", address_space={"address_prefixes": ["10.0.0.0/16"]},
    extended_location={"name": "edge"})
""")
    said = azure.toy.fails("preview")
    assert "the sandbox's azure-native:network:VirtualNetwork does not know extendedLocation" in said
    assert "Traceback" not in said


def test_a_misspelt_nested_property_is_refused_in_a_preview_at_its_path(begin: Begin) -> None:
    azure = begin("""
group = resources.ResourceGroup("group")
network.VirtualNetwork("net", resource_group_name=group.name, address_space={"address_prefixes": ["10.0.0.0/16"]},
    subnets=[{"name": "nodes", "adress_prefix": "10.0.0.0/20"}])
""")
    said = azure.toy.fails("preview")
    assert re.search(
        r"azure-native:network:VirtualNetwork has no subnets\[0\]\.adress_prefix in pulumi-azure-native [\d.]+; "
        r"did you mean addressPrefix\? it has addressPrefix, addressPrefixes, ",
        said,
    ), said
    assert "subnets[0].adress_prefix" in said
    assert azure.standing() == []


def test_code_can_be_written_for_what_is_imported(begin: Begin) -> None:
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/found"
    net = f"{group}/providers/Microsoft.Network/virtualNetworks/theirs"
    azure = begin("")
    space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    azure.cloud().put(group, "2024-03-01", {"location": "eastus"})
    azure.cloud().put(net, "2024-05-01", {"location": "eastus", "properties": space})
    done = azure.toy.pulumi("import", "azure-native:network:VirtualNetwork", "it", net, "--yes")
    said = done.stdout + done.stderr
    assert "1 imported" in said
    # Pulumi's own host for Python has written it; the small one for closed machines says that it can't.
    assert "Please copy the following code" in said or "code generation" in said
    assert "unknown resource type" not in said


def test_a_data_source_that_the_sandbox_does_not_have_is_refused_by_name(begin: Begin) -> None:
    azure = begin("authorization.get_client_token()")
    said = azure.toy.fails("preview")
    assert "the sandbox has no data source azure-native:authorization:getClientToken" in said
    assert "it has: azure-native:authorization:getClientConfig" in said
