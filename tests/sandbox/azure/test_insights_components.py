"""Application Insights' components, which keep what they are told in a workspace."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, LOCATION, Arm

from modelyard_sandbox.azure.manager.subscriptions import TENANT_ID

COMPONENT = f"{GROUP}/providers/Microsoft.Insights/components/insights"
LOGS = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
SCOPE = f"{GROUP}/providers/Microsoft.Insights/privateLinkScopes/monitor"


def component(**properties: Any) -> dict[str, Any]:
    given = {"Application_Type": "web", "WorkspaceResourceId": LOGS, **properties}
    return {"location": LOCATION, "kind": "web", "properties": given}


@pytest.fixture
def logged(group: Arm) -> Arm:
    """A group with a workspace."""
    group.put(LOGS, {"location": LOCATION})
    return group


def test_a_component_shows_what_azure_fills_in(logged: Arm) -> None:
    made = logged.put(COMPONENT, component(DisableLocalAuth=True))
    properties = made["properties"]
    key, app = properties["InstrumentationKey"], properties["AppId"]
    assert key != app
    assert properties == {
        "Application_Type": "web",
        "AppId": app,
        "ApplicationId": "insights",
        "ConnectionString": (
            f"InstrumentationKey={key};IngestionEndpoint=https://westeurope-0.in.applicationinsights.azure.com/;"
            f"LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/;ApplicationId={app}"
        ),
        "CreationDate": "2026-11-25T12:00:00.0000000Z",
        "DisableIpMasking": False,
        "DisableLocalAuth": True,
        "Flow_Type": "Bluefield",
        "IngestionMode": "LogAnalytics",
        "InstrumentationKey": key,
        "Name": "insights",
        "Request_Source": "rest",
        "RetentionInDays": 90,
        "SamplingPercentage": 100,
        "TenantId": TENANT_ID,
        "WorkspaceResourceId": LOGS,
        "provisioningState": "Succeeded",
        "publicNetworkAccessForIngestion": "Enabled",
        "publicNetworkAccessForQuery": "Enabled",
    }
    again = logged.put(COMPONENT, {**made, "tags": {"owner": "me"}})
    assert again["properties"] == properties, "an answer can be sent back"


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        *(
            (
                classic,
                (
                    "Classic Application Insights is retired: a component must have a WorkspaceResourceId, and the "
                    "IngestionMode LogAnalytics."
                ),
            )
            for classic in ({"WorkspaceResourceId": None}, {"IngestionMode": "ApplicationInsights"})
        ),
        *(
            ({"WorkspaceResourceId": wrong}, f"The workspace '{wrong}' was not found.")
            for wrong in (f"{LOGS}2", GROUP, "logs")
        ),
        (
            {"RetentionInDays": 100},
            "The retention of 100 days is invalid: it is one of 30, 60, 90, 120, 180, 270, 365, 550, 730.",
        ),
    ],
)
def test_a_component_that_can_not_be_is_refused(
    logged: Arm, properties: dict[str, Any], message: str
) -> None:
    assert logged.refused("PUT", COMPONENT, component(**properties)) == (400, "BadRequest", message)


def test_a_components_type_can_not_be_changed(logged: Arm) -> None:
    logged.put(COMPONENT, component())
    assert logged.refused("PUT", COMPONENT, component(Application_Type="other")) == (
        400,
        "BadRequest",
        "The Application_Type of 'web' can't be changed.",
    )


def test_a_components_name_has_bounds(logged: Arm) -> None:
    for name in ("a.", "a" * 261):
        assert logged.refused("PUT", COMPONENT.replace("/insights", f"/{name}"), component()) == (
            400,
            "InvalidResourceName",
            (
                f"The component name '{name}' is invalid: it has at most 260 characters, none of %, &, \\, ?, /, and "
                "doesn't end with '.'."
            ),
        )


def test_a_component_is_reached_through_a_scope_as_a_workspace_is(logged: Arm) -> None:
    logged.put(COMPONENT, component())
    settings = {"ingestionAccessMode": "Open", "queryAccessMode": "Open"}
    logged.put(SCOPE, {"location": "global", "properties": {"accessModeSettings": settings}})
    scoped = f"{SCOPE}/scopedResources/insights"
    logged.put(scoped, {"properties": {"linkedResourceId": COMPONENT}})
    shown = logged.get(COMPONENT)["properties"]["PrivateLinkScopedResources"]
    assert shown == [{"resourceId": scoped, "scopeId": SCOPE}]
