"""Subscriptions: every one that is asked for stands."""

from __future__ import annotations

import uuid

from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.store import Body, Store

TENANT_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "https://modelyard.invalid/sandbox/tenant"))
"""The one directory of a sandbox."""
CLIENT_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "https://modelyard.invalid/sandbox/client"))
OBJECT_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "https://modelyard.invalid/sandbox/object"))
"""Who asks: there is one application, and one principal of it."""


def show(store: Store, id_: ResourceId, body: Body) -> tuple[int, Body]:
    """A subscription."""
    del store, body
    return 200, {
        "id": id_.text,
        "subscriptionId": id_.name,
        "tenantId": TENANT_ID,
        "displayName": "modelyard sandbox",
        "state": "Enabled",
        "authorizationSource": "RoleBased",
    }
