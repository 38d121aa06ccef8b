"""The version of Azure's API that a resource is made by, which decides what is the default."""

from __future__ import annotations

import re
from functools import cache

_VERSION = re.compile(r"[/_]v(\d{8})")
"""As in `azure-native_network_v20250701:network:Subnet` or `azure-native:network/v20230201:Subnet`."""


@cache
def api_version(token: str) -> str:
    """The date that a type token names, such as `20250701`; empty for the provider's own choice."""
    found = _VERSION.search(token)
    return found[1] if found else ""
