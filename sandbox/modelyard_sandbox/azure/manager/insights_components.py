"""Application Insights' components (REST reference, 2020-02-02; "Workspace-based Application Insights
resources"; as of 2026-11).

A component without a workspace was the classic kind, which is retired: Azure makes none any more.
"""

from __future__ import annotations

import re
import uuid

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.ids import is_resource_id, resource_id
from modelyard_sandbox.azure.manager.kinds import Kind, Naming, Write, envelope, filled
from modelyard_sandbox.azure.manager.log_workspaces import LOG_WORKSPACE
from modelyard_sandbox.azure.manager.private_link_scopes import scopes_of
from modelyard_sandbox.azure.manager.shapes import amount, flag, number, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.subscriptions import TENANT_ID
from modelyard_sandbox.azure.manager.times import timestamp

COMPONENT = "Microsoft.Insights/components"
NAME = re.compile(r"[^%&\\?/\x00-\x1f]{0,259}[^%&\\?/.\x00-\x1f]")
RETENTION_DAYS = (30, 60, 90, 120, 180, 270, 365, 550, 730)
ACCESS = ("Enabled", "Disabled")
DEFAULTS: Body = {
    "Application_Type": "web",
    "DisableIpMasking": False,
    "DisableLocalAuth": False,
    "Flow_Type": "Bluefield",
    "IngestionMode": "LogAnalytics",
    "Request_Source": "rest",
    "RetentionInDays": 90,
    "SamplingPercentage": 100,
    "publicNetworkAccessForIngestion": "Enabled",
    "publicNetworkAccessForQuery": "Enabled",
}

_IDS = uuid.UUID("3f0e6c35-0dd7-5b8e-9b0e-3b8de1f3a6aa")
"""Namespace of the ids below; made up once."""


class Component(Kind):
    """A component of Application Insights."""

    type = COMPONENT
    naming = Naming(
        NAME,
        "component",
        r"it has at most 260 characters, none of %, &, \, ?, /, and doesn't end with '.'",
        target="resourceName",
    )
    api_versions = ("2015-05-01", "2018-05-01-preview", "2020-02-02", "2020-02-02-preview")
    shape = envelope(
        "ApplicationInsightsComponent",
        record(
            "ApplicationInsightsComponentProperties",
            {
                "Application_Type": text("web", "other"),
                "DisableIpMasking": flag(),
                "DisableLocalAuth": flag(),
                "Flow_Type": text("Bluefield"),
                "ForceCustomerStorageForProfiler": flag(),
                "HockeyAppId": text(),
                "ImmediatePurgeDataOn30Days": flag(),
                "IngestionMode": text(
                    "ApplicationInsights", "ApplicationInsightsWithDiagnosticSettings", "LogAnalytics"
                ),
                "Request_Source": text("rest"),
                "RetentionInDays": number(),
                "SamplingPercentage": amount(0, 100),
                "WorkspaceResourceId": text(),
                "publicNetworkAccessForIngestion": text(*ACCESS),
                "publicNetworkAccessForQuery": text(*ACCESS),
            },
            read_only=(
                *("AppId", "ApplicationId", "ConnectionString", "CreationDate", "HockeyAppToken"),
                *("InstrumentationKey", "LaMigrationDate", "Name", "PrivateLinkScopedResources", "TenantId"),
                *("Ver", "provisioningState"),
            ),
        ),
        required=("location", "kind", "properties"),
        kind=text(),
    )

    @override
    def settle(self, write: Write) -> Body:
        properties = filled(write.properties, DEFAULTS)
        if properties["RetentionInDays"] not in RETENTION_DAYS:
            raise bad_request(
                "BadRequest",
                f"The retention of {properties['RetentionInDays']} days is invalid: it is one of "
                f"{', '.join(map(str, RETENTION_DAYS))}.",
                "properties.RetentionInDays",
            )
        _check_workspace(write, properties)
        _check_same_type(write, properties)
        return {**write.asked, "properties": properties}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        key, app = _id_of(resource, "key"), _id_of(resource, "app")
        region = resource.location
        properties: Body = {
            **resource.properties,
            "AppId": app,
            "ApplicationId": resource.id.name,
            "ConnectionString": f"InstrumentationKey={key};IngestionEndpoint=https://{region}-0.in."
            f"applicationinsights.azure.com/;LiveEndpoint=https://{region}.livediagnostics.monitor.azure.com/;"
            f"ApplicationId={app}",
            "CreationDate": timestamp(resource.created),
            "InstrumentationKey": key,
            "Name": resource.id.name,
            "TenantId": TENANT_ID,
            "provisioningState": "Succeeded",
        }
        scoped = scopes_of(store, resource)
        if scoped:
            properties["PrivateLinkScopedResources"] = scoped
        return {**super().answer(store, resource), "etag": f'"{resource.tag}"', "properties": properties}


def _check_workspace(write: Write, properties: Body) -> None:
    workspace: str | None = properties.get("WorkspaceResourceId")
    if workspace is None or properties["IngestionMode"] != "LogAnalytics":
        raise bad_request(
            "BadRequest",
            "Classic Application Insights is retired: a component must have a WorkspaceResourceId, and the "
            "IngestionMode LogAnalytics.",
            "properties.WorkspaceResourceId",
        )
    place = resource_id(workspace) if is_resource_id(workspace) else None
    if place is None or place.kind != LOG_WORKSPACE.lower() or write.store.get(place) is None:
        raise bad_request(
            "BadRequest",
            f"The workspace '{workspace}' was not found.",
            "properties.WorkspaceResourceId",
        )


def _check_same_type(write: Write, properties: Body) -> None:
    old = write.old
    if old is not None and properties["Application_Type"] != old.properties["Application_Type"]:
        raise bad_request(
            "BadRequest",
            f"The Application_Type of '{old.properties['Application_Type']}' can't be changed.",
            "properties.Application_Type",
        )


def _id_of(resource: Resource, what: str) -> str:
    return str(uuid.uuid5(_IDS, f"{resource.id.key}\n{resource.created.isoformat()}\n{what}"))
