"""What holds of a storage account, whichever of its resources says so."""

from __future__ import annotations

from typing import Final

from modelyard_policies.azure.types import STORAGE_ACCOUNT, STORAGE_STATIC_WEBSITE
from modelyard_policies.errors import Unread
from modelyard_policies.reading import GraphView, Resource

FILES: Final = "filestorage"
"""Kind of account that holds file shares only."""


def kind(account: Resource) -> str:
    """Kind of account in lower case, such as `storagev2`."""
    return account.text("kind").strip().lower()


def serves_website(account: Resource, graph: GraphView) -> bool:
    """Whether a website is published from the account: everyone is meant to reach it."""
    return bool(graph.linked(account, STORAGE_STATIC_WEBSITE, "accountName"))


def is_of_same_account(one: Resource, other: Resource, graph: GraphView) -> bool:
    """Whether two parts of accounts, such as containers, are of the same one.

    Raises Unread if that can't be told.
    """
    accounts = [graph.candidates(part, "accountName", STORAGE_ACCOUNT) for part in (one, other)]
    if all(len(found) == 1 for found in accounts):
        return accounts[0][0] is accounts[1][0]
    names = [part.text("accountName") for part in (one, other)]
    if not any(accounts):
        return names[0] == names[1]
    raise Unread(other.urn, "accountName", "may be the name of another account")
