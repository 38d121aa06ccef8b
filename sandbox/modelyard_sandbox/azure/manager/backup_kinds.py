"""What the types of the data protection resource provider have in common (REST reference, 2025-01-01; as of
2026-11).
"""

from __future__ import annotations

import re

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Kind
from modelyard_sandbox.azure.manager.store import Resource, Store

PROVIDER = "Microsoft.DataProtection"
BACKUP_VAULT = f"{PROVIDER}/backupVaults"
BACKUP_POLICY = f"{BACKUP_VAULT}/backupPolicies"
BACKUP_INSTANCE = f"{BACKUP_VAULT}/backupInstances"
GUARD_PROXY = f"{BACKUP_VAULT}/backupResourceGuardProxies"
RESOURCE_GUARD = f"{PROVIDER}/resourceGuards"


class BackupKind(Kind):
    """A type of the data protection resource provider: api-versions and names."""

    api_versions = ("2023-11-01", "2023-12-01", "2024-04-01", "2025-01-01", "2025-07-01")
    name_pattern: re.Pattern[str] = re.compile(r"[a-zA-Z0-9-]{3,150}")
    name_said: str = "3 to 150 letters, digits and hyphens"

    @override
    def check_name(self, name: str) -> None:
        if not self.name_pattern.fullmatch(name):
            raise bad_request(
                "InvalidResourceName",
                f"The name '{name}' of a {self.short_type} is invalid: it has {self.name_said}.",
                "name",
            )


def vault_of(store: Store, id_: ResourceId) -> Resource:
    """The vault that something lies in."""
    place = id_.ancestor(BACKUP_VAULT)
    vault = store.get(place) if place else None
    assert vault is not None  # noqa: S101  (its parent was checked)
    return vault


def invalid(why: str, where: str) -> ArmError:
    """The error for what a request asks and can't have: Azure's code and words, and then what is meant."""
    return bad_request(
        "UserErrorInvalidParameterInRequest", f"Request parameter is invalid. Here: {why}", where
    )
