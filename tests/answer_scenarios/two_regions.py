"""Policies of EFS."""

from __future__ import annotations

from documented_refusals.case import Account
from documented_refusals.two_regions import policy, put


def run(account: Account) -> None:
    """Every operation on policies of file systems."""
    efs, request = account.client("efs"), put(account, policy())
    efs.put_file_system_policy(**request)
    one = {"FileSystemId": request["FileSystemId"]}
    efs.describe_file_system_policy(**one)
    efs.delete_file_system_policy(**one)
