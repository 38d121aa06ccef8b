"""A resource manager of one's own, and documents that it takes: what tests of Azure share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.test import Client

from modelyard_sandbox.azure.client import AzureCloud
from modelyard_sandbox.azure.manager.application import ResourceManager
from modelyard_sandbox.azure.manager.store import Store
from modelyard_sandbox.azure.registry import handler_of, handlers

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
OTHER_SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
TENANT = "33333333-3333-3333-3333-333333333333"
HOME = f"/subscriptions/{SUBSCRIPTION}"
GROUP = f"{HOME}/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net"
SECURITY_GROUP = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/guard"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/account1"
BLOBS = f"{ACCOUNT}/blobServices/default"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/vault1"
LOCATION = "westeurope"
VERSIONS = {
    "microsoft.authorization/locks": "2020-05-01",
    "microsoft.authorization/roleassignments": "2022-04-01",
    "microsoft.authorization/roledefinitions": "2022-04-01",
    "microsoft.compute": "2024-03-02",
    "microsoft.consumption": "2024-08-01",
    "microsoft.insights/components": "2020-02-02",
    "microsoft.insights/diagnosticsettings": "2021-05-01-preview",
    "microsoft.insights/actiongroups": "2024-10-01-preview",
    "microsoft.insights/metricalerts": "2018-03-01",
    "microsoft.insights/scheduledqueryrules": "2025-01-01-preview",
    "microsoft.insights/privatelinkscopes": "2023-06-01-preview",
    "microsoft.containerregistry": "2023-01-01-preview",
    "microsoft.dataprotection": "2025-01-01",
    "microsoft.keyvault": "2024-11-01",
    "microsoft.machinelearningservices": "2025-12-01",
    "microsoft.managedidentity": "2023-01-31",
    "microsoft.network": "2024-05-01",
    "microsoft.network/privatednszones": "2024-06-01",
    "microsoft.operationalinsights": "2023-09-01",
    "microsoft.security": "2024-01-01",
    "microsoft.storage": "2024-01-01",
}
"""By namespace, or by the type in it where a namespace has several."""


def standing(cloud: AzureCloud) -> list[tuple[str, str]]:
    """Pulumi's type and the id of all that stands in a subscription."""
    return [(type_, id_) for type_, handler in handlers().items() for id_ in handler.list_ids(cloud) or ()]


class Clock:
    """The store's time, which stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, days: int) -> None:
        self.time += timedelta(days=days)


def network(**properties: Any) -> dict[str, Any]:
    """A virtual network's document."""
    space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    return {"location": LOCATION, "properties": {**space, **properties}}


def subnet(prefix: str, **properties: Any) -> dict[str, Any]:
    """A subnet's document."""
    return {"properties": {"addressPrefix": prefix, **properties}}


def account(**parts: Any) -> dict[str, Any]:
    """A storage account's document."""
    return {"location": LOCATION, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, **parts}


def vault(**properties: Any) -> dict[str, Any]:
    """A key vault's document."""
    given = {
        "tenantId": TENANT,
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
    }
    return {"location": LOCATION, "properties": {**given, **properties}}


def key(kty: str = "RSA", **properties: Any) -> dict[str, Any]:
    """A key's document."""
    return {"properties": {"kty": kty, **properties}}


def rule(name: str, **properties: Any) -> dict[str, Any]:
    """A security rule's document."""
    given = {
        "access": "Allow",
        "destinationAddressPrefix": "*",
        "destinationPortRange": "22",
        "direction": "Inbound",
        "priority": 100,
        "protocol": "Tcp",
        "sourceAddressPrefix": "VirtualNetwork",
        "sourcePortRange": "*",
    }
    return {"name": name, "properties": {**given, **properties}}


@dataclass
class Arm:
    """A client of the resource manager, and what it answered."""

    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.store = Store(self.clock)
        self.client = Client(ResourceManager(self.store))

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        """Status and document of an answer; the api-version is the one that azure-native uses.

        Where Azure goes on working, its end is waited for: the document is what stands then, or the error.
        """
        namespace, _, rest = path.lower().rpartition("/providers/")[2].partition("/")
        of_type = VERSIONS.get(f"{namespace}/{rest.partition('/')[0]}")
        version = of_type or VERSIONS.get(namespace, "2024-03-01")
        query = {"api-version": version, **options.pop("query", {})}
        answer = self.client.open(
            path,
            method=method,
            json=body,
            query_string={name: value for name, value in query.items() if value is not None},
            **options,
        )
        document = answer.get_json() if answer.data else None
        work = answer.headers.get("Azure-AsyncOperation")
        return (
            (answer.status_code, document)
            if work is None
            else self._end(work, answer.status_code, path, query)
        )

    def _end(self, work: str, status: int, path: str, query: dict[str, Any]) -> tuple[int, Any]:
        """Status and document once work has ended."""
        while (state := self.client.get(work).get_json())["status"] == "InProgress":
            pass
        if state["status"] == "Failed":
            return 400, {"error": state["error"]}
        stands = self.client.get(path, query_string={"api-version": query["api-version"]})
        return (200, None) if status == 202 else (status, stands.get_json())

    def put(self, path: str, body: Any, **options: Any) -> dict[str, Any]:
        """Write what must be taken; its document."""
        status, document = self.call("PUT", path, body, **options)
        assert status in (200, 201), document
        return document

    def get(self, path: str) -> dict[str, Any]:
        """Read what must be there."""
        status, document = self.call("GET", path)
        assert status == 200, document
        return document

    def listed(self, path: str) -> list[str]:
        """The names of what a list must hold."""
        return [item["name"] for item in self.get(path)["value"]]

    def refused(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, str, str]:
        """Status, code and message of what must be refused."""
        status, document = self.call(method, path, body, **options)
        assert status >= 400, document
        assert document.keys() == {"error"}
        assert document["error"].keys() <= {"code", "message", "target", "details"}
        return status, document["error"]["code"], document["error"]["message"]


class Maker:
    """Makes resources through their handlers."""

    def __init__(self, cloud: AzureCloud) -> None:
        self.cloud = cloud

    def __call__(self, type_: str, **inputs: Any) -> tuple[str, dict[str, Any]]:
        """Id and outputs of a new resource; the type without `azure-native:`."""
        return handler_of(f"azure-native:{type_}").create(self.cloud, inputs)

    def group(self, name: str = "rg", location: str = LOCATION) -> str:
        """The id of a new resource group."""
        return self("resources:ResourceGroup", resourceGroupName=name, location=location)[0]
