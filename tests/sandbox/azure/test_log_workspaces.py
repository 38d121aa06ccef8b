"""Log Analytics workspaces with their afterlife, and the private link scopes that they are in."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, HOME, LOCATION, Arm

WORKSPACES = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces"
LOGS = f"{WORKSPACES}/logs"
DELETED = f"{HOME}/providers/Microsoft.OperationalInsights/deletedWorkspaces"
SCOPE = f"{GROUP}/providers/Microsoft.Insights/privateLinkScopes/monitor"
OPEN = {"ingestionAccessMode": "Open", "queryAccessMode": "Open"}


def workspace(**properties: Any) -> dict[str, Any]:
    return {"location": LOCATION, "properties": properties}


def linked(to: str) -> dict[str, Any]:
    return {"properties": {"linkedResourceId": to}}


def test_a_workspace_shows_what_azure_fills_in(group: Arm) -> None:
    made = group.put(LOGS, workspace())
    properties = made["properties"]
    assert properties.pop("customerId") != made["id"]
    assert properties == {
        "createdDate": "2026-11-25T12:00:00.0000000Z",
        "features": {"enableLogAccessUsingOnlyResourcePermissions": True},
        "modifiedDate": "2026-11-25T12:00:00.0000000Z",
        "provisioningState": "Succeeded",
        "publicNetworkAccessForIngestion": "Enabled",
        "publicNetworkAccessForQuery": "Enabled",
        "retentionInDays": 30,
        "sku": {"name": "PerGB2018"},
        "workspaceCapping": {"dailyQuotaGb": -1},
    }
    assert group.put(LOGS, made)["properties"]["retentionInDays"] == 30, "an answer can be sent back"
    assert group.put(LOGS, workspace(sku={"name": "Free"}))["properties"]["retentionInDays"] == 7
    patched = group.call("PATCH", LOGS, {"properties": {"workspaceCapping": {"dailyQuotaGb": 0.5}}})[1]
    assert patched["properties"]["workspaceCapping"] == {"dailyQuotaGb": 0.5}


@pytest.mark.parametrize("name", ["abc", "-abcd", "abcd-", "ab_cd", "a" * 64])
def test_a_workspaces_name_has_bounds(group: Arm, name: str) -> None:
    assert group.refused("PUT", f"{WORKSPACES}/{name}", workspace()) == (
        400,
        "InvalidResourceName",
        (
            f"The workspace name '{name}' is invalid: it has 4 to 63 letters, digits and hyphens, and begins and "
            "ends with a letter or a digit."
        ),
    )


LEVELS = "100, 200, 300, 400, 500, 1000, 2000, 5000, 10000, 25000, 50000"


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        *(
            (
                {"retentionInDays": days},
                (
                    "The value provided for retention is invalid. the expected value should be between 30 to 730."
                ),
            )
            for days in (7, 29, 731)
        ),
        (
            {"retentionInDays": 30, "sku": {"name": "Free"}},
            "The value provided for retention is invalid. the expected value should be between 7 to 7.",
        ),
        *(
            (
                {"sku": sku},
                (
                    f"The capacity reservation level '{sku.get('capacityReservationLevel')}' is invalid for sku "
                    f"'{sku['name']}': 'CapacityReservation' has one of {LEVELS}, every other has none."
                ),
            )
            for sku in (
                {"name": "CapacityReservation"},
                {"name": "CapacityReservation", "capacityReservationLevel": 150},
                {"name": "PerGB2018", "capacityReservationLevel": 100},
            )
        ),
    ],
)
def test_a_workspace_that_can_not_be_is_refused(group: Arm, properties: dict[str, Any], message: str) -> None:
    assert group.refused("PUT", LOGS, workspace(**properties)) == (400, "BadRequest", message)


def test_a_deleted_workspace_is_recovered_by_making_it_again(group: Arm) -> None:
    first = group.put(LOGS, workspace(retentionInDays=365))["properties"]
    group.clock.move(days=1)
    assert group.call("DELETE", LOGS)[0] == 200
    assert group.listed(DELETED) == ["logs"]
    assert group.listed(f"{GROUP}/providers/Microsoft.OperationalInsights/deletedWorkspaces") == ["logs"]
    group.clock.move(days=13)
    again = group.put(LOGS, workspace(retentionInDays=90))["properties"]
    assert again["customerId"] == first["customerId"], "it is the same workspace"
    assert again["createdDate"] == first["createdDate"]
    assert again["retentionInDays"] == 90
    assert group.listed(DELETED) == []


def test_a_workspace_that_was_deleted_too_long_ago_is_made_anew(group: Arm) -> None:
    first = group.put(LOGS, workspace())["properties"]
    group.call("DELETE", LOGS)
    group.clock.move(days=14)
    assert group.put(LOGS, workspace())["properties"]["customerId"] != first["customerId"]


def test_a_deleted_workspaces_name_is_not_to_be_had_elsewhere(group: Arm) -> None:
    elsewhere = LOGS.replace("/rg/", "/other/")
    group.put(GROUP.replace("/rg", "/other"), {"location": LOCATION})
    group.put(LOGS, workspace())
    group.call("DELETE", LOGS)
    taken = (409, "Conflict", "The workspace name 'logs' is not unique")
    assert group.refused("PUT", elsewhere, workspace()) == taken
    assert group.refused("PUT", LOGS, {**workspace(), "location": "eastus"}) == taken
    group.put(f"{WORKSPACES}/logs2", workspace())
    group.clock.move(days=14)
    group.put(elsewhere, workspace())


def test_a_workspace_goes_with_its_group_and_comes_back_in_it(group: Arm) -> None:
    first = group.put(LOGS, workspace())["properties"]["customerId"]
    group.call("DELETE", GROUP)
    group.put(GROUP, {"location": LOCATION})
    assert group.put(LOGS, workspace())["properties"]["customerId"] == first


def test_a_workspace_may_have_an_identity_that_stands(group: Arm) -> None:
    asked = {**workspace(), "identity": {"type": "SystemAssigned"}}
    assert group.put(LOGS, asked)["identity"].keys() == {"type", "principalId", "tenantId"}
    missing = {"type": "UserAssigned", "userAssignedIdentities": {f"{GROUP}/identity": {}}}
    assert group.refused("PUT", LOGS, {**workspace(), "identity": missing})[1] == "FailedIdentityOperation"


def scope(**settings: Any) -> dict[str, Any]:
    return {"location": "Global", "properties": {"accessModeSettings": {**OPEN, **settings}}}


def test_a_workspace_shows_the_scopes_that_it_is_in(group: Arm) -> None:
    group.put(LOGS, workspace())
    made = group.put(SCOPE, scope())
    assert made["location"] == "global"
    assert made["properties"] == {"accessModeSettings": OPEN, "provisioningState": "Succeeded"}
    scoped = f"{SCOPE}/scopedResources/logs"
    group.put(scoped, linked(LOGS))
    shown = group.get(LOGS)["properties"]["privateLinkScopedResources"]
    assert shown == [{"resourceId": scoped, "scopeId": SCOPE}]
    assert group.refused("PUT", f"{scoped}2", linked(LOGS)) == (
        409,
        "Conflict",
        f"The resource '{LOGS}' is in the scope already, as 'logs'.",
    )
    group.put(scoped, linked(LOGS))
    assert group.call("DELETE", SCOPE)[0] == 200
    assert "privateLinkScopedResources" not in group.get(LOGS)["properties"]


def test_only_what_has_logs_is_in_a_scope(group: Arm) -> None:
    group.put(SCOPE, scope())
    scoped = f"{SCOPE}/scopedResources/logs"
    assert group.refused("PUT", scoped, linked(LOGS)) == (
        400,
        "BadRequest",
        f"The linked resource '{LOGS}' was not found.",
    )
    for wrong in (GROUP, "logs"):
        assert group.refused("PUT", scoped, linked(wrong)) == (
            400,
            "BadRequest",
            f"The linked resource '{wrong}' is no Log Analytics workspace and no Application Insights component.",
        )


def test_a_scope_is_in_no_region(group: Arm) -> None:
    assert group.refused("PUT", SCOPE, {**scope(), "location": LOCATION}) == (
        400,
        "LocationNotAvailableForResourceType",
        (
            "The provided location 'westeurope' is not available for resource type "
            "'Microsoft.Insights/privateLinkScopes'. List of available regions for the resource type is 'global'."
        ),
    )
    assert group.refused("PUT", SCOPE, scope(queryAccessMode="Closed"))[1] == "InvalidRequestContent"
