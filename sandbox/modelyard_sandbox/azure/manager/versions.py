"""The `api-version` that every request names (Azure's REST API reference: request URI; 2026-11)."""

from __future__ import annotations

import re

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.ids import GROUP, Target
from modelyard_sandbox.azure.manager.kinds import Kind

FORM = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?")


def check_api_version(version: str | None, target: Target, kind: Kind | None) -> None:
    """Refuse a request without an api-version, or with one that the type doesn't have."""
    if not version:
        raise bad_request(
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    if not FORM.fullmatch(version):
        raise bad_request("InvalidApiVersionParameter", f"The api-version '{version}' is invalid.")
    if kind is None or version in kind.api_versions:
        return
    supported = ", ".join(kind.api_versions)
    if kind.type == GROUP:
        raise bad_request(
            "InvalidApiVersionParameter",
            f"The api-version '{version}' is invalid. The supported versions are '{supported}'.",
        )
    raise bad_request(
        "NoRegisteredProviderFound",
        f"No registered resource provider found for location '' and API version '{version}' for type "
        f"'{kind.short_type}'. The supported api-versions are '{supported}'.",
        (target.member or target.owner.type),
    )
