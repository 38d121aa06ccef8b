"""Programs on Azure that tests bring up in a sandbox, each in a subscription of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_azure_native as azure

from modelyard_sandbox.azure.client import AzureCloud
from modelyard_sandbox.azure.registry import handler_of
from modelyard_sandbox.clouds import Account
from modelyard_sandbox.environments import DownResult, Run, UpResult, bring_up, take_down
from modelyard_sandbox.sandbox import Sandbox

LOCATION = "westeurope"
OTHER_LOCATION = "northeurope"
Options = pulumi.ResourceOptions


class Toy:
    """A program that a test writes, in a subscription of its own."""

    def __init__(self, sandbox: Sandbox, digits: str, root: Path) -> None:
        self.sandbox, self.digits, self.root = sandbox, digits, root
        self.subscription = f"00000000-0000-0000-0001-{digits}"
        self.name = f"azure{digits}"
        self.generation: int | None = None

    @property
    def account(self) -> Account:
        """Its subscription."""
        return Account("azure", self.subscription, LOCATION, generation=self.generation)

    def up(self, program: Callable[[], Any]) -> UpResult:
        """Bring the program up."""
        return bring_up(Run(program, "toy", self.name, {}, self.root, self.account), self.sandbox)

    def down(self) -> DownResult:
        """Take it down."""
        return take_down(self.name, self.account, self.sandbox)

    @property
    def cloud(self) -> AzureCloud:
        """Its subscription, as handlers take it."""
        return AzureCloud(self.sandbox.must_run().azure_endpoint, self.subscription)

    def stands(self, type_: str, **inputs: str) -> dict[str, Any] | None:
        """The outputs of what stands, by the inputs that name it."""
        handler = handler_of(f"azure-native:{type_}")
        return handler.read(self.cloud, handler.place(self.cloud, inputs), {})

    @property
    def group(self) -> str:
        """The id of its resource group."""
        return f"/subscriptions/{self.subscription}/resourceGroups/rg"


def a_group(**more: Any) -> azure.resources.ResourceGroup:
    """The resource group of a program."""
    return azure.resources.ResourceGroup("group", resource_group_name="rg", **more)


class Network:
    """A group, a network with a subnet, an account with containers, a vault with a key."""

    def __init__(self, toy: Toy, **changes: Any) -> None:
        self.toy, self.changes = toy, changes

    def __call__(self) -> None:
        given, digits = self.changes, self.toy.digits
        tags = {"owner": given.get("owner", "me")}
        group = a_group(tags=tags)
        network = azure.network.VirtualNetwork(
            "net",
            resource_group_name=group.name,
            address_space={"address_prefixes": [given.get("range", "10.0.0.0/16")]},
            tags=tags,
            opts=Options(replace_on_changes=["addressSpace"]),
        )
        azure.network.Subnet(
            "inside",
            resource_group_name=group.name,
            virtual_network_name=network.name,
            address_prefix=given.get("subnet", "10.0.0.0/24"),
        )
        account = azure.storage.StorageAccount(
            "data",
            account_name=f"data{digits}",
            resource_group_name=group.name,
            kind="StorageV2",
            sku={"name": "Standard_LRS"},
            location=given.get("account_location", LOCATION),
        )
        for name in given.get("containers", ("one", "two")):
            azure.storage.BlobContainer(
                name, resource_group_name=group.name, account_name=account.name, container_name=name
            )
        vault = azure.keyvault.Vault(
            "vault",
            vault_name=f"v{digits}{given.get('generation', 1)}",
            resource_group_name=group.name,
            properties={
                "sku": {"family": "A", "name": "standard"},
                "tenant_id": azure.authorization.get_client_config().tenant_id,
                "enable_rbac_authorization": True,
                "enable_purge_protection": True,
            },
        )
        azure.keyvault.Key(
            "key",
            key_name="key",
            vault_name=vault.name,
            resource_group_name=group.name,
            properties={"kty": "RSA"},
            opts=Options(deleted_with=vault),
        )
        pulumi.export("network", network.id)
        pulumi.export("blob", account.primary_endpoints.blob)


COUNT = 8


def counts(result: UpResult) -> dict[str, int]:
    """What an `up` did, without what it did none of."""
    words = ("created", "updated", "replaced", "unchanged", "deleted")
    return {word: getattr(result, word) for word in words if getattr(result, word)}


RULE = {
    "name": "ssh",
    "access": "Allow",
    "direction": "Inbound",
    "protocol": "Tcp",
    "priority": 100,
    "destination_address_prefix": "*",
    "destination_port_range": "22",
    "source_address_prefix": "VirtualNetwork",
    "source_port_range": "*",
}


def guarded(rules: list[dict[str, Any]], **options: Any) -> Callable[[], None]:
    """A program with a security group that has these rules, each over `RULE`; the group's options."""

    def program() -> None:
        group = a_group()
        azure.network.NetworkSecurityGroup(
            "guard",
            network_security_group_name="guard",
            resource_group_name=group.name,
            security_rules=[{**RULE, **rule} for rule in rules],
            opts=Options(**options),
        )

    return program
