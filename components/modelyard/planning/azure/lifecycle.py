"""What becomes of an account's blobs with time, as rules of Azure's lifecycle management.

Bounds, blob types and conditions: Microsoft, "Azure Blob Storage lifecycle management policy structure" and
"Lifecycle management policies that delete blobs", 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST_RULES = 100
"""Rules that an account's policy holds."""

PREFIXES_PER_RULE = 10
"""Prefixes that a rule names."""

MOST_PREFIXES = PREFIXES_PER_RULE * (MOST_RULES - 2)
"""Prefixes that all rules together can name, beside those for old versions and for the cool tier."""

SOFT_DELETE_DAYS = (1, 365)
"""Least and most days that deleted blobs are kept (azure-native 3.29, storage.DeleteRetentionPolicy)."""

BACKED_UP_VERSION_DAYS = 7
"""Least days that versions stay in an account that Azure Backup copies from: it fails where one is deleted
while it runs (Microsoft, "Troubleshoot Azure Blob backup", 2024-09-16)."""

_TIERED = ("blockBlob",)
_DELETED = ("blockBlob", "appendBlob")
"""Append blobs, as logs are, can be deleted but not moved to another tier."""


def lifecycle_rules(
    version_days: int | None,
    cool_days: int | None,
    expire_days: int | None,
    expire_prefixes: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """The rules of an account's lifecycle, as azure-native's ManagementPolicy takes them.

    Args:
        version_days: days after which versions and snapshots go that are no longer current. They count from
            when a version was written, not from when it was overwritten; with soft delete what a rule
            deletes can be brought back for the days of that as well. None: they stay.
        cool_days: days after which what isn't written again moves to the cool tier. None: never.
        expire_days: days after which what isn't written again is deleted. None: never.
        expire_prefixes: which blobs those are, each as `CONTAINER/START`. Empty: all.
    """
    rules: list[dict[str, Any]] = []
    if version_days is not None:
        gone = {"delete": {"days_after_creation_greater_than": version_days}}
        rules.append(_rule("old-versions", _DELETED, {"version": gone, "snapshot": gone}))
    if cool_days is not None:
        moved = {"tier_to_cool": {"days_after_modification_greater_than": cool_days}}
        rules.append(_rule("cool", _TIERED, {"base_blob": moved}))
    if expire_days is not None:
        gone = {"delete": {"days_after_modification_greater_than": expire_days}}
        rules += [
            _rule(name, _DELETED, {"base_blob": gone}, prefixes)
            for name, prefixes in _expiries(expire_prefixes)
        ]
    return rules


def _expiries(prefixes: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    if len(prefixes) <= PREFIXES_PER_RULE:
        yield "expiry", prefixes
        return
    for start in range(0, len(prefixes), PREFIXES_PER_RULE):
        yield f"expiry-{start // PREFIXES_PER_RULE + 1}", prefixes[start : start + PREFIXES_PER_RULE]


def _rule(
    name: str, blob_types: Sequence[str], actions: Mapping[str, Any], prefixes: Sequence[str] = ()
) -> dict[str, Any]:
    filters: dict[str, Any] = {"blob_types": list(blob_types)}
    if prefixes:
        filters["prefix_match"] = list(prefixes)
    return {
        "name": name,
        "type": "Lifecycle",
        "enabled": True,
        "definition": {"filters": filters, "actions": dict(actions)},
    }
