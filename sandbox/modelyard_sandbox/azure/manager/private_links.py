"""What private endpoints can lead to: the parts of a resource, the addresses of each, and their names.

From "What is a private endpoint?" (private-link resource), "Azure private endpoint private DNS zone values"
(2026-07-16), "Connect privately to an Azure container registry", "Use your workspace with a custom DNS
server" (2026-03-26), and "Configure Azure Monitor private link" (2026-11). What each address of a scope of
Azure Monitor is called isn't documented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from modelyard_sandbox.azure.manager.ids import resource_id
from modelyard_sandbox.azure.manager.network_references import guid
from modelyard_sandbox.azure.manager.store import Resource, Store

REGISTRY = "Microsoft.ContainerRegistry/registries"
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
SCOPE = "Microsoft.Insights/privateLinkScopes"
SCOPED_RESOURCE = f"{SCOPE}/scopedResources"
MONITOR_NAMES = ("api", "global.in.ai", "profiler", "live", "snapshot", "diagservices-query")
"""Names that every scope has in privatelink.monitor.azure.com."""
WORKSPACE_HOSTS = (
    "oms.opinsights.azure.com",
    "ods.opinsights.azure.com",
    "agentsvc.azure-automation.net",
)
"""Hosts under which each workspace of a scope has a name."""
STORAGE_PARTS = ("blob", "dfs", "file", "queue", "table", "web")
SECONDARY_PARTS = ("blob", "dfs", "queue", "table", "web")
LONGEST_LABEL = 63
"""Characters of one part of a DNS name; the name of a workspace is cut to fit."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that an endpoint's address is found under."""

    fqdn: str
    """The public name, which leads to the private one inside of the network."""
    zone: str
    """The private zone that holds its record."""
    record: str
    """The record's name in that zone."""


@dataclass(frozen=True, slots=True)
class Member:
    """One address of an endpoint."""

    name: str
    names: tuple[Name, ...]


def groups_of(target: Resource) -> tuple[str, ...]:
    """The parts of a resource that an endpoint can lead to, by their group ids; none: to none of it."""
    return tuple(_TARGETS.get(target.id.kind, {}))


def members_of(store: Store, target: Resource, group: str) -> tuple[Member, ...]:
    """The addresses of an endpoint to a resource's part, which must be one of `groups_of`, in whatever
    case.
    """
    known = {name.lower(): members for name, members in _TARGETS[target.id.kind].items()}
    return known[group.lower()](store, target)


def _part(part: str, suffix: str = "") -> Callable[[Store, Resource], tuple[Member, ...]]:
    def members(store: Store, account: Resource) -> tuple[Member, ...]:
        del store
        name = f"{account.id.name.lower()}{suffix}"
        group = f"{part}_secondary" if suffix else part
        host = f"{part}.core.windows.net"
        return (Member(group, (Name(f"{name}.{host}", f"privatelink.{host}", name),)),)

    return members


def _vault(store: Store, vault: Resource) -> tuple[Member, ...]:
    del store
    name = vault.id.name.lower()
    return (Member("default", (Name(f"{name}.vault.azure.net", "privatelink.vaultcore.azure.net", name),)),)


def _registry(store: Store, registry: Resource) -> tuple[Member, ...]:
    """An address for the data of each region that the registry is in, and one for itself."""
    name, zone = registry.id.name.lower(), "privatelink.azurecr.io"
    replicas = store.within(registry.id, f"{REGISTRY}/replications")
    regions = sorted({registry.location, *(replica.location for replica in replicas)})
    data = [
        Member(
            f"registry_data_{region}",
            (Name(f"{name}.{region}.data.azurecr.io", zone, f"{name}.{region}.data"),),
        )
        for region in regions
    ]
    return (*data, Member("registry", (Name(f"{name}.azurecr.io", zone, name),)))


def _workspace(store: Store, workspace: Resource) -> tuple[Member, ...]:
    del store
    id_ = workspace.properties.get("workspaceId") or guid(workspace.id.text)
    region, api, zone = workspace.location, "api.azureml.ms", "privatelink.api.azureml.ms"
    own, models = f"{id_}.workspace.{region}", f"*.{id_}.inference.{region}"
    ending = f"-{region}-{id_}"
    notebooks = f"{f'ml-{workspace.id.name.lower()}'[: LONGEST_LABEL - len(ending)]}{ending}"
    return (
        Member("default", (Name(f"{own}.{api}", zone, own), Name(f"{own}.cert.{api}", zone, f"{own}.cert"))),
        Member(
            "notebook",
            (
                Name(
                    f"{notebooks}.{region}.notebooks.azure.net",
                    "privatelink.notebooks.azure.net",
                    f"{notebooks}.{region}",
                ),
            ),
        ),
        Member("inference", (Name(f"{models}.{api}", zone, models),)),
    )


def _scope(store: Store, scope: Resource) -> tuple[Member, ...]:
    """An address for each service of Azure Monitor, and for each of a workspace's."""
    members = [_monitored(name, "monitor.azure.com") for name in MONITOR_NAMES]
    members.append(_monitored("scadvisorcontentpl", "blob.core.windows.net"))
    for scoped in store.within(scope.id, SCOPED_RESOURCE):
        linked = resource_id(scoped.properties["linkedResourceId"])
        workspace = store.get(linked)
        customer = workspace.properties.get("customerId") if workspace else None
        if customer:
            members += [_monitored(customer, host) for host in WORKSPACE_HOSTS]
    return tuple(members)


def _monitored(name: str, host: str) -> Member:
    return Member(f"{name}.{host}", (Name(f"{name}.{host}", f"privatelink.{host}", name),))


_TARGETS: Mapping[str, Mapping[str, Callable[[Store, Resource], tuple[Member, ...]]]] = {
    "microsoft.storage/storageaccounts": {
        **{part: _part(part) for part in STORAGE_PARTS},
        **{f"{part}_secondary": _part(part, "-secondary") for part in SECONDARY_PARTS},
    },
    "microsoft.keyvault/vaults": {"vault": _vault},
    SCOPE.lower(): {"azuremonitor": _scope},
    REGISTRY.lower(): {"registry": _registry},
    WORKSPACE.lower(): {"amlworkspace": _workspace},
}
"""By the target's full type in lower case, and by group id."""
