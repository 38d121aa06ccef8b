"""Log Analytics workspaces (REST reference of Workspaces, 2023-09-01; "Delete and recover a Log Analytics
workspace"; "Manage data retention in a Log Analytics workspace"; as of 2026-11).

A deleted workspace can be recovered for 14 days, by making it again where it was; until then its name isn't
to be had elsewhere in the subscription (Azure/azure-cli#11916 has Azure's words).
"""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict
from modelyard_sandbox.azure.manager.identities import IDENTITY_SHAPE, check_identity, shown_identity
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Kind, Naming, Write, envelope, filled
from modelyard_sandbox.azure.manager.private_link_scopes import scopes_of
from modelyard_sandbox.azure.manager.shapes import amount, flag, number, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

LOG_WORKSPACE = "Microsoft.OperationalInsights/workspaces"
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]")
KEPT_FOR = timedelta(days=14)
LEAST_DAYS, MOST_DAYS, FREE_DAYS = 30, 730, 7
COMMITMENTS_GB = (100, 200, 300, 400, 500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000)
"""Daily amounts that a capacity reservation is made of."""
FREE, BY_AMOUNT, RESERVED = "Free", "PerGB2018", "CapacityReservation"
SKUS = (FREE, "Standard", "Premium", "PerNode", BY_AMOUNT, "Standalone", RESERVED, "LACluster")
DEFAULTS: Body = {
    "features": {"enableLogAccessUsingOnlyResourcePermissions": True},
    "publicNetworkAccessForIngestion": "Enabled",
    "publicNetworkAccessForQuery": "Enabled",
    "sku": {"name": BY_AMOUNT},
    "workspaceCapping": {"dailyQuotaGb": -1},
}

_IDS = uuid.UUID("a7b0b4b4-5a40-5e2b-9d0a-1a52a4c5f2f0")
"""Namespace of the ids below; made up once."""


class LogWorkspace(Kind):
    """A Log Analytics workspace."""

    type = LOG_WORKSPACE
    naming = Naming(
        NAME,
        "workspace",
        "it has 4 to 63 letters, digits and hyphens, and begins and ends with a letter or a digit",
        target="name",
    )
    api_versions = ("2021-06-01", "2022-10-01", "2023-09-01", "2025-02-01", "2025-07-01")
    shape = envelope(
        "Workspace",
        record(
            "WorkspaceProperties",
            {
                "defaultDataCollectionRuleResourceId": text(),
                "features": record(
                    "WorkspaceFeatures",
                    {
                        "clusterResourceId": text(),
                        "disableLocalAuth": flag(),
                        "enableDataExport": flag(),
                        "enableLogAccessUsingOnlyResourcePermissions": flag(),
                        "immediatePurgeDataOn30Days": flag(),
                    },
                    read_only=("legacy", "searchVersion"),
                ),
                "forceCmkForQuery": flag(),
                "publicNetworkAccessForIngestion": text("Enabled", "Disabled", "SecuredByPerimeter"),
                "publicNetworkAccessForQuery": text("Enabled", "Disabled", "SecuredByPerimeter"),
                "retentionInDays": number(),
                "sku": record(
                    "WorkspaceSku",
                    {"name": text(*SKUS), "capacityReservationLevel": number()},
                    required=("name",),
                    read_only=("lastSkuUpdate",),
                ),
                "workspaceCapping": record(
                    "WorkspaceCapping",
                    {"dailyQuotaGb": amount(-1)},
                    read_only=("quotaNextResetTime", "dataIngestionStatus"),
                ),
            },
            read_only=(
                *("provisioningState", "customerId", "createdDate", "modifiedDate"),
                "privateLinkScopedResources",
            ),
        ),
        identity=IDENTITY_SHAPE,
    )

    @override
    def settle(self, write: Write) -> Body:
        check_identity(write)
        properties = filled(write.properties, DEFAULTS)
        _check_sku(properties["sku"])
        free = properties["sku"]["name"] == FREE
        properties.setdefault("retentionInDays", FREE_DAYS if free else LEAST_DAYS)
        _check_retention(properties["retentionInDays"], free=free)
        if write.old is None:
            _take_name(write)
        return {**write.asked, "properties": properties}

    @override
    def removed(self, store: Store, resource: Resource) -> None:
        store.deleted_log_workspaces[resource.id.key] = (resource, store.now())

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties: Body = {
            **resource.properties,
            "createdDate": timestamp(resource.created),
            "customerId": customer_id(resource),
            "modifiedDate": timestamp(resource.changed),
            "provisioningState": "Succeeded",
        }
        scoped = scopes_of(store, resource)
        if scoped:
            properties["privateLinkScopedResources"] = scoped
        shown = {**super().answer(store, resource), **shown_identity(store, resource)}
        return {**shown, "etag": f'"{resource.tag}"', "properties": properties}


def customer_id(resource: Resource) -> str:
    """The id by which data are sent to a workspace, which it has again when it is recovered."""
    return str(uuid.uuid5(_IDS, f"{resource.id.key}\n{resource.created.isoformat()}"))


def list_deleted(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """The workspaces that can be recovered (Deleted Workspaces: List, List By Resource Group)."""
    del body
    kind = LogWorkspace()
    found = [kind.answer(store, gone) for gone in _kept(store) if gone.id.is_in(owner)]
    return 200, {"value": found}


def _kept(store: Store) -> list[Resource]:
    """The deleted workspaces that can be recovered yet."""
    for key, (_, when) in list(store.deleted_log_workspaces.items()):
        if store.now() >= when + KEPT_FOR:
            del store.deleted_log_workspaces[key]
    return [gone for gone, _ in store.deleted_log_workspaces.values()]


def _take_name(write: Write) -> None:
    """Recover what was deleted here; refuse a name that a deleted one elsewhere has."""
    for gone in _kept(write.store):
        if gone.id.name.lower() != write.id.name.lower():
            continue
        if gone.id.key == write.id.key and gone.location == write.asked["location"]:
            del write.store.deleted_log_workspaces[gone.id.key]
            # Data and ids are the old one's; what the body says of it holds.
            write.store.restore(gone)
        elif gone.id.subscription.key == write.id.subscription.key:
            raise conflict("Conflict", f"The workspace name '{write.id.name}' is not unique")


def _check_sku(sku: Body) -> None:
    level = sku.get("capacityReservationLevel")
    if (level is not None) != (sku["name"] == RESERVED) or (
        level is not None and level not in COMMITMENTS_GB
    ):
        allowed = ", ".join(map(str, COMMITMENTS_GB))
        raise _invalid(
            "sku.capacityReservationLevel",
            f"The capacity reservation level '{level}' is invalid for sku '{sku['name']}': '{RESERVED}' has "
            f"one of {allowed}, every other has none.",
        )


def _check_retention(days: int, *, free: bool) -> None:
    least, most = (FREE_DAYS, FREE_DAYS) if free else (LEAST_DAYS, MOST_DAYS)
    if not least <= days <= most:
        raise _invalid(
            "retention",
            "The value provided for retention is invalid. the expected value should be between "
            f"{least} to {most}.",
        )


def _invalid(target: str, message: str) -> ArmError:
    return bad_request("BadRequest", message, target)
