"""Who asks, on Azure: as far as the provider is configured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard_policies.graph import UNKNOWN
from modelyard_preview.engine import Call

CLIENT_CONFIG = "azure-native:authorization:getClientConfig"

_FIELDS = ("subscriptionId", "tenantId", "clientId")


def client_config(call: Call) -> Mapping[str, Any] | None:
    """The subscription, tenant and client that the provider is configured with.

    None without a subscription: that is what programs ask for. Whose object it is isn't known.
    """
    found = {name: call.provider.get(name) for name in _FIELDS}
    if not isinstance(found["subscriptionId"], str):
        return None
    known = {name: value if isinstance(value, str) else UNKNOWN for name, value in found.items()}
    return {**known, "objectId": UNKNOWN}
