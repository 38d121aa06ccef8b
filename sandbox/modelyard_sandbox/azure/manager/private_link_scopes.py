"""Azure Monitor's private link scopes, and what is reached through them (REST reference, 2023-06-01-preview;
"Use Azure Private Link to connect networks to Azure Monitor"; as of 2026-11).
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request, conflict
from modelyard_sandbox.azure.manager.ids import is_resource_id, resource_id
from modelyard_sandbox.azure.manager.kinds import Kind, Write, envelope
from modelyard_sandbox.azure.manager.locations import normal
from modelyard_sandbox.azure.manager.shapes import many, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

SCOPE = "Microsoft.Insights/privateLinkScopes"
SCOPED_RESOURCE = f"{SCOPE}/scopedResources"
API_VERSIONS = ("2019-10-17-preview", "2021-07-01-preview", "2021-09-01", "2023-06-01-preview")
GLOBAL = "global"
LINKABLE = frozenset({"microsoft.operationalinsights/workspaces", "microsoft.insights/components"})
MODES = ("Open", "PrivateOnly")


class GlobalKind(Kind):
    """A type that is in no region: its location is `global`."""

    @override
    def settle_location(self, write: Write) -> None:
        if normal(write.asked["location"]) != GLOBAL:
            raise bad_request(
                "LocationNotAvailableForResourceType",
                f"The provided location '{write.asked['location']}' is not available for resource type "
                f"'{self.type}'. List of available regions for the resource type is '{GLOBAL}'.",
                "location",
            )
        write.asked["location"] = GLOBAL


class PrivateLinkScope(GlobalKind):
    """A scope, which a private endpoint leads to."""

    type = SCOPE
    api_versions = API_VERSIONS
    shape = envelope(
        "AzureMonitorPrivateLinkScope",
        record(
            "AzureMonitorPrivateLinkScopeProperties",
            {
                "accessModeSettings": record(
                    "AccessModeSettings",
                    {
                        "exclusions": many(
                            record(
                                "AccessModeSettingsExclusion",
                                {
                                    "ingestionAccessMode": text(*MODES),
                                    "privateEndpointConnectionName": text(),
                                    "queryAccessMode": text(*MODES),
                                },
                            )
                        ),
                        "ingestionAccessMode": text(*MODES),
                        "queryAccessMode": text(*MODES),
                    },
                    required=("ingestionAccessMode", "queryAccessMode"),
                )
            },
            required=("accessModeSettings",),
            read_only=("privateEndpointConnections", "provisioningState"),
        ),
        required=("location", "properties"),
    )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {**resource.properties, "provisioningState": "Succeeded"}
        return {**super().answer(store, resource), "properties": properties}


class ScopedResource(Kind):
    """A workspace or a component that is in a scope."""

    type = SCOPED_RESOURCE
    api_versions = API_VERSIONS
    parent_type = SCOPE
    located = False
    patched = False
    listed_in = frozenset[str]()
    shape = envelope(
        "ScopedResource",
        record(
            "ScopedResourceProperties",
            {
                "kind": text("Resource", "Metrics"),
                "linkedResourceId": text(),
                "subscriptionLocation": text(),
            },
            required=("linkedResourceId",),
            read_only=("provisioningState",),
        ),
        required=("properties",),
    )

    @override
    def settle(self, write: Write) -> Body:
        linked: str = write.properties["linkedResourceId"]
        place = resource_id(linked) if is_resource_id(linked) else None
        if place is None or place.kind not in LINKABLE:
            raise bad_request(
                "BadRequest",
                f"The linked resource '{linked}' is no Log Analytics workspace and no Application Insights "
                "component.",
                "properties.linkedResourceId",
            )
        if write.store.get(place) is None:
            raise bad_request(
                "BadRequest",
                f"The linked resource '{linked}' was not found.",
                "properties.linkedResourceId",
            )
        assert write.id.parent is not None  # noqa: S101  (it lies in a scope)
        for other in write.store.within(write.id.parent, SCOPED_RESOURCE):
            if other.id.key != write.id.key and _links(other) == place.key:
                raise conflict(
                    "Conflict",
                    f"The resource '{linked}' is in the scope already, as '{other.id.name}'.",
                )
        return write.asked

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {**resource.properties, "provisioningState": "Succeeded"}
        return {**super().answer(store, resource), "properties": properties}


def scopes_of(store: Store, resource: Resource) -> list[Body]:
    """The scopes that a workspace or a component is in, as it shows them."""
    return [
        {"resourceId": scoped.id.text, "scopeId": scoped.id.parent.text}
        for scoped in store.of_type(SCOPED_RESOURCE)
        if _links(scoped) == resource.id.key and scoped.id.parent is not None
    ]


def _links(scoped: Resource) -> str:
    linked: str = scoped.properties["linkedResourceId"]
    return linked.lower()
