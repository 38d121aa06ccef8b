"""Network watchers, of which Azure makes one itself, and flow logs."""

from __future__ import annotations

from typing import Any

import pytest
from arming import (
    ACCOUNT,
    GROUP,
    HOME,
    LOCATION,
    NETWORK,
    SECURITY_GROUP,
    VAULT,
    Arm,
    Maker,
    account,
    standing,
    vault,
)
from arming import network as network_document
from azure_networks import SUBNET, connect

from modelyard_sandbox.azure.manager.ids import resource_id

WATCHER_GROUP = f"{HOME}/resourceGroups/NetworkWatcherRG"
WATCHERS = f"{WATCHER_GROUP}/providers/Microsoft.Network/networkWatchers"
WATCHER = f"{WATCHERS}/NetworkWatcher_westeurope"
LOG = f"{WATCHER}/flowLogs/net"
LOGS = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
CUSTOMER = "11112222-3333-4444-5555-666677778888"


def flow_log(target: str = NETWORK, storage: str = ACCOUNT, **properties: Any) -> dict[str, Any]:
    given = {"targetResourceId": target, "storageId": storage, "enabled": True}
    return {"location": LOCATION, "properties": {**given, **properties}}


def analytics(**settings: Any) -> dict[str, Any]:
    inner = {"enabled": True, "workspaceResourceId": LOGS, **settings}
    return {"flowAnalyticsConfiguration": {"networkWatcherFlowAnalyticsConfiguration": inner}}


@pytest.fixture
def logged(group: Arm) -> Arm:
    """A network, an account, and a workspace of logs."""
    connect(group)
    group.store.write(resource_id(LOGS), {"location": LOCATION, "properties": {"customerId": CUSTOMER}})
    return group


def test_a_region_with_a_network_has_a_watcher(group: Arm) -> None:
    assert group.refused("GET", WATCHER)[:2] == (404, "ResourceGroupNotFound")
    group.put(NETWORK, network_document())
    watcher = group.get(WATCHER)
    assert watcher["location"] == LOCATION
    assert watcher["properties"] == {"provisioningState": "Succeeded", "runningOperationIds": []}
    group.put(NETWORK.replace("/net", "/far"), {**network_document(), "location": "northeurope"})
    assert group.listed(WATCHERS) == ["NetworkWatcher_westeurope", "NetworkWatcher_northeurope"]
    assert group.get(WATCHER_GROUP)["location"] == LOCATION
    group.call("DELETE", GROUP)
    assert group.listed(WATCHERS) == ["NetworkWatcher_westeurope", "NetworkWatcher_northeurope"]


def test_a_region_has_one_watcher(group: Arm) -> None:
    own = f"{GROUP}/providers/Microsoft.Network/networkWatchers/own"
    group.put(own, {"location": LOCATION})
    group.put(NETWORK, network_document())
    assert group.refused("GET", WATCHER)[0] == 404
    refused = (
        400,
        "NetworkWatcherCountLimitReached",
        "Cannot create more than 1 network watchers for this subscription in this region.",
    )
    assert group.refused("PUT", own.replace("/own", "/second"), {"location": LOCATION}) == refused
    group.put(own.replace("/own", "/second"), {"location": "northeurope"})
    assert group.call("DELETE", own)[0] == 200
    group.put(NETWORK, network_document())
    assert group.get(WATCHER)["name"] == "NetworkWatcher_westeurope"


def test_what_azure_made_itself_is_not_counted_as_somebodys(make: Maker) -> None:
    make.group()
    placed = {"resourceGroupName": "rg", "location": LOCATION}
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    make("network:VirtualNetwork", **placed, virtualNetworkName="net", addressSpace=space)
    far = {"resourceGroupName": "rg", "location": "eastus"}
    _, own = make("network:NetworkWatcher", **far, networkWatcherName="own")
    assert {id_ for _, id_ in standing(make.cloud)} == {NETWORK, own["id"], GROUP}


def test_a_flow_log_is_shown_with_what_azure_fills_in(logged: Arm) -> None:
    status, made = logged.call("PUT", LOG, flow_log())
    assert status == 201
    guid = logged.get(NETWORK)["properties"]["resourceGuid"]
    assert made["properties"] == {
        "enabled": True,
        "enabledFilteringCriteria": "",
        "flowAnalyticsConfiguration": {"networkWatcherFlowAnalyticsConfiguration": {"enabled": False}},
        "format": {"type": "JSON", "version": 2},
        "provisioningState": "Succeeded",
        "retentionPolicy": {"days": 0, "enabled": False},
        "storageId": ACCOUNT,
        "targetResourceGuid": guid,
        "targetResourceId": NETWORK,
    }
    assert logged.get(NETWORK)["properties"]["flowLogs"] == [{"id": LOG}]
    changed = logged.put(LOG, flow_log(retentionPolicy={"days": 90, "enabled": True}, **analytics()))
    assert changed["properties"]["retentionPolicy"] == {"days": 90, "enabled": True}
    assert logged.listed(f"{WATCHER}/flowLogs") == ["net"]
    assert logged.call("PATCH", LOG, {"tags": {"owner": "me"}})[0] == 200


def test_a_flow_log_may_write_by_an_identity_that_is_there(logged: Arm) -> None:
    identity = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/logs"
    asked = {**flow_log(), "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}}}
    status, code, said = logged.refused("PUT", LOG, asked)
    assert (status, code) == (400, "FailedIdentityOperation")
    assert f"Resource '{identity}' was not found." in said
    made = logged.put(identity, {"location": LOCATION})["properties"]
    shown = {name: made[name] for name in ("clientId", "principalId")}
    assert logged.put(LOG, asked)["identity"]["userAssignedIdentities"] == {identity: shown}
    assert logged.get(LOG)["identity"]["type"] == "UserAssigned"


def test_a_networks_flow_logs_go_with_it(logged: Arm) -> None:
    logged.put(LOG, flow_log())
    logged.call("DELETE", NETWORK)
    assert logged.refused("GET", LOG)[:2] == (404, "ResourceNotFound")


NOT_FOUND = "referenced by resource {} was not found. Please make sure that the referenced resource exists"
CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "a network that isn't there": (
        flow_log(NETWORK.replace("/net", "/none")),
        "InvalidResourceReference",
        NOT_FOUND.format(LOG),
    ),
    "a network of another region": (
        flow_log(NETWORK.replace("/net", "/far")),
        "InvalidResourceReference",
        NOT_FOUND.format(LOG),
    ),
    "an account that isn't there": (
        flow_log(storage=ACCOUNT.replace("account1", "account2")),
        "InvalidResourceReference",
        NOT_FOUND.format(LOG),
    ),
    "an account of another region": (
        flow_log(storage=ACCOUNT.replace("account1", "faraway")),
        "InvalidResourceReference",
        NOT_FOUND.format(LOG),
    ),
    "an account of files": (
        flow_log(storage=ACCOUNT.replace("account1", "files")),
        "FlowLogStorageAccountNotSupported",
        "is of kind FileStorage, which holds no blobs.",
    ),
    "something else than an account": (
        flow_log(storage=NETWORK),
        "InvalidRequestFormat",
        "Cannot parse the request.",
    ),
    "a security group": (
        flow_log(SECURITY_GROUP),
        "NsgFlowLogsRetired",
        (
            f"Flow log {LOG} is for network security group {SECURITY_GROUP}. New flow logs of network security groups "
            "cannot be created since June 30, 2025: use one of the virtual network."
        ),
    ),
    "a vault": (
        flow_log(VAULT),
        "FlowLogTargetResourceNotSupported",
        f"Flow log {LOG} is for {VAULT}. It can be for a virtual network, a subnet or a network interface.",
    ),
    "another region than the watcher's": (
        {**flow_log(), "location": "northeurope"},
        "FlowLogLocationMismatch",
        f"Flow log {LOG} is for location 'northeurope', and its network watcher is in 'westeurope'.",
    ),
    "an interval that there isn't": (
        flow_log(**analytics(trafficAnalyticsInterval=30)),
        "InvalidTrafficAnalyticsInterval",
        f"Traffic analytics of flow log {LOG} has an interval of 30 minutes. It can be 10 or 60.",
    ),
    "a workspace that isn't there": (
        flow_log(**analytics(workspaceResourceId=f"{LOGS}2")),
        "InvalidResourceReference",
        NOT_FOUND.format(LOG),
    ),
    "another workspace's id": (
        flow_log(**analytics(workspaceId="0")),
        "InvalidTrafficAnalyticsWorkspace",
        f"Traffic analytics of flow log {LOG} has workspaceId '0', and workspace {LOGS} has '{CUSTOMER}'.",
    ),
    "another workspace's region": (
        flow_log(**analytics(workspaceRegion="East US")),
        "InvalidTrafficAnalyticsWorkspace",
        f"Traffic analytics of flow log {LOG} has workspaceRegion 'East US', and workspace {LOGS} has 'westeurope'.",
    ),
    "no account": (
        {"location": LOCATION, "properties": {"targetResourceId": NETWORK}},
        "InvalidRequestFormat",
        "Cannot parse the request.",
    ),
    "a retention that is too long": (
        flow_log(retentionPolicy={"days": 366, "enabled": True}),
        "InvalidRequestFormat",
        "Cannot parse the request.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_flow_log_that_can_not_be_is_refused(logged: Arm, case: str) -> None:
    logged.put(NETWORK.replace("/net", "/far"), {**network_document(), "location": "northeurope"})
    logged.put(ACCOUNT.replace("account1", "faraway"), {**account(), "location": "northeurope"})
    files = {"kind": "FileStorage", "sku": {"name": "Premium_LRS"}}
    logged.put(ACCOUNT.replace("account1", "files"), account(**files))
    logged.put(SECURITY_GROUP, {"location": LOCATION})
    logged.put(VAULT, vault())
    document, code, message = CASES[case]
    status, refused_as, said = logged.refused("PUT", LOG, document)
    assert (status, refused_as) == (400, code)
    assert message in said


def test_a_flow_log_stays_with_its_target_and_in_its_region(logged: Arm) -> None:
    logged.put(LOG, flow_log())
    assert logged.refused("PUT", LOG, flow_log(SUBNET)) == (
        400,
        "FlowLogTargetResourceCannotBeChanged",
        f"Property targetResourceId of flow log {LOG} cannot be changed from {NETWORK} to {SUBNET}.",
    )
    elsewhere = {**flow_log(), "location": "northeurope"}
    assert logged.refused("PUT", LOG, elsewhere)[:2] == (409, "InvalidResourceLocation")
    logged.put(f"{WATCHER}/flowLogs/subnet", flow_log(SUBNET))


def test_a_flow_log_lies_in_a_watcher(logged: Arm) -> None:
    logged.call("DELETE", WATCHER)
    assert logged.refused("PUT", LOG, flow_log())[:2] == (404, "ParentResourceNotFound")
