"""What holds of a storage account, whichever of its resources says so."""

from __future__ import annotations

from typing import Final

from modelyard_policies.azure.types import STORAGE_STATIC_WEBSITE
from modelyard_policies.reading import GraphView, Resource

FILES: Final = "filestorage"
"""Kind of account that holds file shares only."""


def kind(account: Resource) -> str:
    """Kind of account in lower case, such as `storagev2`."""
    return account.text("kind").strip().lower()


def serves_website(account: Resource, graph: GraphView) -> bool:
    """Whether a website is published from the account: everyone is meant to reach it."""
    return bool(graph.linked(account, STORAGE_STATIC_WEBSITE, "accountName"))
