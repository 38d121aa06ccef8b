"""What a network on Azure goes by: names that Azure takes, and the zones that private names lie in."""

from __future__ import annotations

import re

ZONES: dict[str, tuple[str, ...]] = {
    "amlworkspace": ("privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"),
    "azuremonitor": (
        "privatelink.monitor.azure.com",
        "privatelink.oms.opinsights.azure.com",
        "privatelink.ods.opinsights.azure.com",
        "privatelink.agentsvc.azure-automation.net",
        "privatelink.blob.core.windows.net",
    ),
    "blob": ("privatelink.blob.core.windows.net",),
    "dfs": ("privatelink.dfs.core.windows.net",),
    "file": ("privatelink.file.core.windows.net",),
    "queue": ("privatelink.queue.core.windows.net",),
    "registry": ("privatelink.azurecr.io",),
    "table": ("privatelink.table.core.windows.net",),
    "vault": ("privatelink.vaultcore.azure.net",),
}
"""Private DNS zones of each kind of private endpoint, by its group id, in Azure's public cloud (Microsoft,
"Azure private endpoint private DNS zone values", 2026-07-16, and "Use your workspace with a custom DNS
server", 2026-03-26)."""

UNUSABLE = {
    "127.0.0.0/8": "a machine's own addresses",
    "168.63.129.16/32": "the address of Azure's own DNS",
    "169.254.0.0/16": "link-local addresses",
    "172.17.0.0/16": "the addresses of containers on each node",
    "224.0.0.0/4": "multicast",
    "255.255.255.255/32": "broadcast",
}
"""Ranges that no network may have (Microsoft, "Azure Virtual Network FAQ", 2026-11), and Docker's (Microsoft,
"Secure an Azure Machine Learning training environment with virtual networks", 2024-04-08)."""

RESOURCE_NAME = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,78}[a-zA-Z0-9_])?")
"""Names that what a network is made of may have (Microsoft, "Naming rules and restrictions for Azure
resources", 2020-02-11)."""

RESOURCE_NAME_WORDS = (
    "letters, digits, periods, hyphens and underscores, the first a letter or digit, the last no period or "
    "hyphen"
)
"""The same for a message."""


def zone_config_name(zone: str) -> str:
    """What a zone is called inside an endpoint's zone group: its name, without periods."""
    return zone.replace(".", "-")
