"""Which region Azure's geo-redundant storage copies to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from modelyard_policies.azure.types import BACKUP_VAULT, RECOVERY_SERVICES_VAULT, STORAGE_ACCOUNT
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, Resource, some

GEO_REDUNDANT: Final = ("_grs", "_ragrs", "_gzrs", "_ragzrs")
"""Ends of the names of SKUs whose data is copied to the paired region."""


@cache
def paired_regions() -> Mapping[str, str]:
    """The paired region of each that has one (Azure, "Azure regions list", 2025-09-23). Most lie under one
    law: not that of Brazil South, nor those of East and Southeast Asia.
    """
    text = files("modelyard_policies.azure").joinpath("paired_regions.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines())
    return dict((region, pair) for region, pair in rows)  # noqa: C402  (says what the columns are)


def geo_redundancy(store: Resource) -> tuple[Block, str] | None:
    """Where a store of data says that it is copied to the paired region; None if it isn't."""
    kind = canonical(store.type)
    if kind == STORAGE_ACCOUNT:
        sku = store.block("sku")
        return (sku, "name") if sku.text("name").lower().endswith(GEO_REDUNDANT) else None
    if kind == RECOVERY_SERVICES_VAULT:
        settings, key = store.block("properties").block("redundancySettings"), "standardTierStorageRedundancy"
        # A vault is geo-redundant unless it says otherwise (Azure Backup, "Set storage redundancy").
        return (settings, key) if settings.text(key, "GeoRedundant").lower() == "georedundant" else None
    if kind == BACKUP_VAULT:
        vault = store.block("properties")
        copied = some(vault.list("storageSettings"), lambda each: each.text("type").lower() == "georedundant")
        return (vault, "storageSettings") if copied else None
    return None
