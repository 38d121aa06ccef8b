"""Diagnostic settings: what of whose logs goes where, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from arming import (
    ACCOUNT,
    BLOBS,
    GROUP,
    HOME,
    LOCATION,
    NETWORK,
    SECURITY_GROUP,
    VAULT,
    Arm,
    account,
    network,
    vault,
)

from modelyard_sandbox.azure.manager.log_categories import TELLING, telling_of

LOGS = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
OTHER_LOGS = f"{LOGS}2"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes"


def setting(on: str, name: str = "to-logs") -> str:
    return f"{on}/providers/Microsoft.Insights/diagnosticSettings/{name}"


def log(**names: str) -> dict[str, Any]:
    return {**names, "enabled": True}


def sends(
    *logs: dict[str, Any], metrics: tuple[str, ...] = (), to: str = LOGS, **properties: Any
) -> dict[str, Any]:
    asked = {"workspaceId": to, "logs": list(logs), "metrics": [log(category=name) for name in metrics]}
    return {"properties": {**asked, **properties}}


ALL_LOGS = sends(log(categoryGroup="allLogs"))


@pytest.fixture
def watched(group: Arm) -> Arm:
    """A vault, an account, a network with a security group, an identity, and two workspaces."""
    group.put(VAULT, vault())
    group.put(ACCOUNT, account())
    group.put(NETWORK, network())
    group.put(SECURITY_GROUP, {"location": LOCATION})
    group.put(IDENTITY, {"location": LOCATION})
    for workspace in (LOGS, OTHER_LOGS):
        group.put(workspace, {"location": LOCATION})
    return group


def test_a_setting_is_made_shown_changed_and_deleted(watched: Arm) -> None:
    made = watched.put(setting(VAULT), sends(log(categoryGroup="audit"), metrics=("AllMetrics",)))
    kept = {"days": 0, "enabled": False}
    assert made == {
        "id": setting(VAULT),
        "name": "to-logs",
        "type": "Microsoft.Insights/diagnosticSettings",
        "properties": {
            "workspaceId": LOGS,
            "logs": [{"categoryGroup": "audit", "enabled": True, "retentionPolicy": kept}],
            "metrics": [{"category": "AllMetrics", "enabled": True, "retentionPolicy": kept}],
        },
    }
    assert watched.put(setting(VAULT), ALL_LOGS)["properties"]["metrics"] == []
    assert watched.listed(f"{VAULT}/providers/Microsoft.Insights/diagnosticSettings") == ["to-logs"]
    assert watched.call("DELETE", setting(VAULT))[0] == 200
    assert watched.call("DELETE", setting(VAULT)) == (204, None)


@pytest.mark.parametrize(
    ("on", "body"),
    [
        (VAULT, sends(log(category="AuditEvent"), metrics=("AllMetrics",))),
        (BLOBS, sends(log(categoryGroup="audit"), metrics=("Transaction",))),
        (BLOBS, sends(log(category="StorageRead"), log(category="storagewrite"))),
        (ACCOUNT, sends(metrics=("Transaction", "Capacity"))),
        (NETWORK, sends(log(categoryGroup="allLogs"), metrics=("AllMetrics",))),
        (SECURITY_GROUP, ALL_LOGS),
        (LOGS, sends(log(categoryGroup="audit"))),
        (HOME, sends(log(category="Administrative"), log(category="Security"))),
        (VAULT, sends(log(categoryGroup="audit"), to="", storageAccountId=ACCOUNT)),
    ],
)
def test_what_a_type_can_tell_is_taken(watched: Arm, on: str, body: dict[str, Any]) -> None:
    body["properties"] = {name: value for name, value in body["properties"].items() if value != ""}
    watched.put(setting(on), body)


@pytest.mark.parametrize(
    ("on", "body", "message"),
    [
        (VAULT, sends(log(category="StorageRead")), "Category 'StorageRead' is not supported."),
        (VAULT, sends(log(categoryGroup="all")), "Category group 'all' is not supported."),
        (SECURITY_GROUP, sends(log(categoryGroup="audit")), "Category group 'audit' is not supported."),
        (ACCOUNT, ALL_LOGS, "Category group 'allLogs' is not supported."),
        (
            ACCOUNT,
            sends(metrics=("Requests",)),
            (
                "Metric category 'Requests' is not supported, supported categories are: 'AllMetrics, Transaction, "
                "Capacity'."
            ),
        ),
        (
            SECURITY_GROUP,
            sends(metrics=("AllMetrics",)),
            "Metric category 'AllMetrics' is not supported.",
        ),
        (
            VAULT,
            sends(log(category="AuditEvent"), log(categoryGroup="audit")),
            "Diagnostic setting does not support mix of log category and log category group.",
        ),
        (VAULT, sends(log()), "A log setting must have a category or a category group."),
        (
            VAULT,
            sends({**log(categoryGroup="audit"), "retentionPolicy": {"days": 30, "enabled": True}}),
            "Diagnostic settings does not support retention for new diagnostic settings.",
        ),
        (
            VAULT,
            {"properties": {"logs": [log(categoryGroup="audit")]}},
            "At least one data sink needs to be specified.",
        ),
        (VAULT, sends(to=f"{LOGS}3"), f"Resource '{LOGS}3' was not found."),
        (VAULT, sends(to=ACCOUNT), f"Resource '{ACCOUNT}' was not found."),
        (VAULT, sends(to="logs"), "Resource 'logs' was not found."),
        (VAULT, sends(storageAccountId=f"{ACCOUNT}2"), f"Resource '{ACCOUNT}2' was not found."),
    ],
)
def test_what_a_setting_can_not_send_is_refused(
    watched: Arm, on: str, body: dict[str, Any], message: str
) -> None:
    assert watched.refused("PUT", setting(on), body) == (400, "BadRequest", message)


def test_a_type_that_has_nothing_to_tell_takes_no_setting(watched: Arm) -> None:
    assert watched.refused("PUT", setting(IDENTITY), ALL_LOGS) == (
        400,
        "ResourceTypeNotSupported",
        (
            "The resource type 'microsoft.managedidentity/userassignedidentities' does not support diagnostic "
            "settings."
        ),
    )


def test_an_account_that_takes_logs_is_in_the_region_they_are_from(watched: Arm) -> None:
    far = f"{ACCOUNT}2"
    watched.put(far, {**account(), "location": "eastus"})
    message = (
        f"Resource '{BLOBS}' is in region 'westeurope' and resource '{far}' is in region 'eastus'. Resources "
        "should be in the same region."
    )
    assert watched.refused(
        "PUT", setting(BLOBS), sends(log(categoryGroup="audit"), storageAccountId=far)
    ) == (400, "BadRequest", message)
    watched.put(setting(HOME), sends(log(category="Policy"), storageAccountId=far))


def test_the_same_logs_are_not_sent_twice_to_the_same_place(watched: Arm) -> None:
    watched.put(setting(VAULT), ALL_LOGS)
    message = (
        f"Data sink '{LOGS}' is already used in diagnostic setting 'to-logs' for category 'AuditEvent'. Data sinks "
        "can't be reused in different settings on the same category for the same resource."
    )
    for again in (sends(log(category="AuditEvent")), sends(log(categoryGroup="audit"))):
        assert watched.refused("PUT", setting(VAULT, "again"), again) == (409, "Conflict", message)
    watched.put(setting(VAULT, "elsewhere"), sends(log(categoryGroup="allLogs"), to=OTHER_LOGS))
    watched.put(setting(VAULT, "off"), sends({"categoryGroup": "audit", "enabled": False}))
    watched.put(setting(VAULT, "metrics"), sends(metrics=("AllMetrics",)))
    watched.put(setting(BLOBS), ALL_LOGS)


def test_a_resource_has_five_settings_at_most(watched: Arm) -> None:
    for number in range(5):
        watched.put(setting(VAULT, f"s{number}"), sends())
    assert watched.refused("PUT", setting(VAULT, "s5"), sends()) == (
        400,
        "BadRequest",
        (
            "The limit of 5 diagnostic settings was reached. To create a new diagnostic setting, delete an existing "
            "one."
        ),
    )
    watched.put(setting(VAULT, "s4"), ALL_LOGS)
    watched.put(setting(BLOBS, "s5"), ALL_LOGS)


def test_a_setting_is_there_again_when_its_resource_is_made_anew(watched: Arm) -> None:
    watched.put(setting(SECURITY_GROUP), ALL_LOGS)
    watched.call("DELETE", GROUP)
    assert watched.refused("GET", setting(SECURITY_GROUP))[1] == "ResourceGroupNotFound"
    watched.put(GROUP, {"location": LOCATION})
    assert watched.refused("GET", setting(SECURITY_GROUP))[1] == "ResourceNotFound"
    assert watched.listed(f"{GROUP}/resources") == []
    watched.put(SECURITY_GROUP, {"location": LOCATION})
    only_new = {"headers": {"If-None-Match": "*"}}
    assert watched.refused("PUT", setting(SECURITY_GROUP), ALL_LOGS, **only_new)[0] == 412
    assert watched.get(setting(SECURITY_GROUP))["properties"]["workspaceId"] == LOGS


def test_a_setting_is_on_something_that_stands_and_has_a_name_of_its_own(watched: Arm) -> None:
    assert watched.refused("PUT", setting(f"{VAULT}2"), ALL_LOGS)[:2] == (404, "ResourceNotFound")
    assert watched.refused("PUT", setting(VAULT, "a" * 261), ALL_LOGS) == (
        400,
        "BadRequest",
        (
            f"The diagnostic setting name '{'a' * 261}' is invalid: it has at most 260 characters, and none of <, >, "
            r"*, %, &, :, \, ?, +, /."
        ),
    )


def test_each_type_that_has_logs_has_the_group_of_all_of_them() -> None:
    for telling in TELLING.values():
        assert ("allLogs" in telling.groups) == bool(telling.logs)
        assert len(set(telling.logs)) == len(telling.logs)
    assert telling_of("MICROSOFT.KEYVAULT/VAULTS") == TELLING["Microsoft.KeyVault/vaults"]
    assert telling_of("Microsoft.Network/routeTables") is None
