"""Flow logs of virtual networks (REST reference, 2024-05-01; "Virtual network flow logs"; as of 2026-11).

The account that logs are kept in is in the region of what they are of, and so is the watcher. No flow log of
a network security group can be made since 2025-06-30. Codes aren't documented but for references.
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.identities import IDENTITY_SHAPE, check_identity, shown_identity
from modelyard_sandbox.azure.manager.ids import resource_id
from modelyard_sandbox.azure.manager.kinds import Write, envelope, filled
from modelyard_sandbox.azure.manager.locations import normal
from modelyard_sandbox.azure.manager.network import NetworkKind
from modelyard_sandbox.azure.manager.network_references import (
    NETWORK,
    SECURITY_GROUP,
    SUBNET,
    guid,
    location_of,
    referenced,
    same,
    tagged,
)
from modelyard_sandbox.azure.manager.network_watching import FLOW_LOG, WATCHER
from modelyard_sandbox.azure.manager.shapes import flag, number, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

ACCOUNT = "Microsoft.Storage/storageAccounts"
WORKSPACE = "Microsoft.OperationalInsights/workspaces"
ACCOUNT_KINDS = frozenset({"StorageV2", "Storage", "BlobStorage", "BlockBlobStorage"})
ANALYTICS, CONFIGURATION = "flowAnalyticsConfiguration", "networkWatcherFlowAnalyticsConfiguration"
INTERVALS = (10, 60)
"""Minutes between two runs of traffic analytics."""
DEFAULTS: Body = {
    "enabled": True,
    "enabledFilteringCriteria": "",
    ANALYTICS: {CONFIGURATION: {"enabled": False}},
    "format": {"type": "JSON", "version": 2},
    "retentionPolicy": {"days": 0, "enabled": False},
}


class FlowLog(NetworkKind):
    """A flow log."""

    type = FLOW_LOG
    parent_type = WATCHER
    listed_in = frozenset[str]()
    shape = envelope(
        "FlowLog",
        record(
            "FlowLogPropertiesFormat",
            {
                "enabled": flag(),
                "enabledFilteringCriteria": text(),
                ANALYTICS: record(
                    "TrafficAnalyticsProperties",
                    {
                        CONFIGURATION: record(
                            "TrafficAnalyticsConfigurationProperties",
                            {
                                "enabled": flag(),
                                "trafficAnalyticsInterval": number(),
                                "workspaceId": text(),
                                "workspaceRegion": text(),
                                "workspaceResourceId": text(),
                            },
                        )
                    },
                ),
                "format": record("FlowLogFormatParameters", {"type": text("JSON"), "version": number(1, 2)}),
                "retentionPolicy": record(
                    "RetentionPolicyParameters", {"days": number(0, 365), "enabled": flag()}
                ),
                "storageId": text(),
                "targetResourceId": text(),
            },
            required=("storageId", "targetResourceId"),
            read_only=("provisioningState", "targetResourceGuid"),
        ),
        required=("location", "properties"),
        identity=IDENTITY_SHAPE,
    )

    @override
    def settle(self, write: Write) -> Body:
        check_identity(write)
        properties = filled(write.properties, DEFAULTS)
        location = write.asked["location"]
        target = properties["targetResourceId"]
        _check_place(write, location)
        if write.old and not same(write.old.properties["targetResourceId"], target):
            raise bad_request(
                "FlowLogTargetResourceCannotBeChanged",
                f"Property targetResourceId of flow log {write.id.text} cannot be changed from "
                f"{write.old.properties['targetResourceId']} to {target}.",
                "properties.targetResourceId",
            )
        found = referenced(write.store, target, write.id, "", location, "properties.targetResourceId")
        _check_target(write, found)
        account = referenced(
            write.store, properties["storageId"], write.id, ACCOUNT, location, "properties.storageId"
        )
        if account.body.get("kind") not in ACCOUNT_KINDS:
            raise bad_request(
                "FlowLogStorageAccountNotSupported",
                f"Storage account {account.id.text} of flow log {write.id.text} is of kind "
                f"{account.body.get('kind')}, which holds no blobs.",
                "properties.storageId",
            )
        _check_analytics(write, properties[ANALYTICS][CONFIGURATION])
        return {**write.asked, "properties": properties}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        target = store.get(resource_id(resource.properties["targetResourceId"]))
        known = target.properties.get("resourceGuid") if target else None
        properties = {
            **resource.properties,
            "provisioningState": "Succeeded",
            "targetResourceGuid": known or guid(resource.properties["targetResourceId"]),
        }
        answer = {**super().answer(store, resource), **shown_identity(store, resource)}
        return {**answer, "etag": tagged(resource), "properties": properties}


def _check_place(write: Write, location: str) -> None:
    watcher = write.store.get(write.id.parent) if write.id.parent else None
    if watcher is not None and watcher.location != location:
        raise bad_request(
            "FlowLogLocationMismatch",
            f"Flow log {write.id.text} is for location '{location}', and its network watcher is in "
            f"'{watcher.location}'.",
            "location",
        )


def _check_target(write: Write, target: Resource) -> None:
    if target.id.kind == SECURITY_GROUP.lower() and write.old is None:
        raise bad_request(
            "NsgFlowLogsRetired",
            f"Flow log {write.id.text} is for network security group {target.id.text}. New flow logs of "
            "network security groups cannot be created since June 30, 2025: use one of the virtual network.",
            "properties.targetResourceId",
        )
    allowed = {NETWORK.lower(), SUBNET.lower(), "microsoft.network/networkinterfaces", SECURITY_GROUP.lower()}
    if target.id.kind not in allowed:
        raise bad_request(
            "FlowLogTargetResourceNotSupported",
            f"Flow log {write.id.text} is for {target.id.text}. It can be for a virtual network, a subnet or "
            "a network interface.",
            "properties.targetResourceId",
        )


def _check_analytics(write: Write, analytics: Body) -> None:
    path = f"properties.{ANALYTICS}.{CONFIGURATION}"
    interval = analytics.get("trafficAnalyticsInterval", INTERVALS[1])
    if interval not in INTERVALS:
        raise bad_request(
            "InvalidTrafficAnalyticsInterval",
            f"Traffic analytics of flow log {write.id.text} has an interval of {interval} minutes. It can be "
            "10 or 60.",
            f"{path}.trafficAnalyticsInterval",
        )
    if not analytics.get("enabled"):
        return
    workspace = analytics.get("workspaceResourceId", "")
    found = referenced(write.store, workspace, write.id, WORKSPACE, path=f"{path}.workspaceResourceId")
    customer, region = found.properties.get("customerId"), location_of(write.store, found)
    given = {"workspaceId": (customer, str.lower), "workspaceRegion": (region, normal)}
    for name, (known, form) in given.items():
        if name in analytics and known and form(analytics[name]) != form(known):
            raise bad_request(
                "InvalidTrafficAnalyticsWorkspace",
                f"Traffic analytics of flow log {write.id.text} has {name} '{analytics[name]}', and "
                f"workspace {found.id.text} has '{known}'.",
                f"{path}.{name}",
            )
