"""Names and choices of storage accounts, as Azure takes them."""

from __future__ import annotations

import re

ACCOUNT_NAME = re.compile(r"[a-z0-9]{3,24}")
"""Names that a storage account may have (Microsoft, "Naming rules and restrictions for Azure resources",
2020-02-11)."""

CONTAINER_NAME = re.compile(r"(?=.{3,63}\Z)[a-z0-9](-?[a-z0-9])+")
"""Names that a container may have (the same)."""

CONTAINER_NAME_WORDS = "3 to 63 lower-case letters, digits and single hyphens, the first and last no hyphen"
"""The same for a message."""

REDUNDANCIES = {
    "lrs": "Standard_LRS",
    "zrs": "Standard_ZRS",
    "grs": "Standard_GRS",
    "gzrs": "Standard_GZRS",
}
"""Where copies are kept: in one building, in three zones, and either with a copy in the paired region
(Microsoft, "Azure Storage redundancy", 2026)."""

DEFAULT_REDUNDANCY = "zrs"

TRUSTED_SERVICES = ("Logging", "Metrics", "AzureServices")
"""What may pass a closed network, in the order in which Azure writes it."""

ENDPOINT_GROUPS = ("blob", "dfs", "file", "queue", "table")
"""Parts of an account that have private endpoints."""

DEFAULT_RETENTION_DAYS = 30
