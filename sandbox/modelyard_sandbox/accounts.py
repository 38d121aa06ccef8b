"""Fixed, false credentials that carry an account's id.

The server reads the account from the access key of each request, so that one server holds several accounts
and every program that finds the key in its environment (boto3, a launcher, a training process) is in the
right one. AWS's own keys use the letters A to Z and the digits 2 to 7 only, so a key that holds 0, 1, 8 or
9 is never a real one; the prefix keeps the others apart.
"""

from __future__ import annotations

import re

DEFAULT_ACCOUNT_ID = "123456789012"
ACCESS_KEY_PREFIX = "AKIASAND"
SECRET_ACCESS_KEY = "sandbox-only-not-a-secret"  # noqa: S105

_ACCESS_KEY = re.compile(rf"{ACCESS_KEY_PREFIX}(\d{{12}})(?!\w)")


def access_key_of(account_id: str) -> str:
    """The access key id that stands for an account in the sandbox."""
    if not re.fullmatch(r"\d{12}", account_id):
        raise ValueError(f"an AWS account id has twelve digits, not {account_id!r}")
    return f"{ACCESS_KEY_PREFIX}{account_id}"


def subscription_of(account_id: str) -> str:
    """The Azure subscription that goes with an account in the sandbox."""
    return f"00000000-0000-0000-0000-{account_id}"


def account_of(text: str) -> str | None:
    """The account whose sandbox key stands in an Authorization header or a presigned query."""
    found = _ACCESS_KEY.search(text)
    return found.group(1) if found else None
