"""Who may read and write the blobs of storage accounts."""

from collections.abc import Iterator, Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.component import AzureComponent
from modelyard.azure.identities import assign_role, unnamed_subscription
from modelyard.errors import InputError, Problem
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import together
from modelyard.wiring.tokens import AZURE, token

ROLES = {
    "data_readers": "Storage Blob Data Reader",
    "data_writers": "Storage Blob Data Contributor",
    "data_owners": "Storage Blob Data Owner",
}
"""The role that each list gives."""


class AccountAccessArgs(TypedDict):
    """Who may do what with the blobs of one account."""

    account_id: pulumi.Input[str]
    """Resource id of the account."""
    account_name: str
    """Name of the account: part of what the assignments are called."""
    data_readers: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Principal ids of identities that read blobs, by a name for each."""
    data_writers: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Principal ids of identities that read, write and delete blobs, by a name for each."""
    data_owners: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Principal ids of identities that may also make blobs immutable, and lift what isn't locked, by a name
    for each."""


class StorageAccessArgs(TypedDict):
    """Arguments of StorageAccess."""

    subscription_id: str
    """Subscription that the roles are named in."""
    accounts: Mapping[str, AccountAccessArgs]
    """The accounts, by purpose."""


class StorageAccess(AzureComponent):
    """Roles for the blobs of storage accounts, for identities that are made after the accounts.

    Where the identities are there first, Storage itself takes them. With shared keys off a role is the only
    way to the data; each holds for the whole account. Reading is `Storage Blob Data Reader`, writing `Storage
    Blob Data Contributor`. Only `Storage Blob Data Owner` may give a blob a policy of its own, and so make a
    promoted checkpoint immutable (Microsoft, "Set Blob Immutability Policy", 2026-11).
    """

    assignment_ids: pulumi.Output[dict[str, str]]
    """Ids of the role assignments, as PURPOSE-LIST-NAME: whoever needs a role waits for them."""

    def __init__(
        self, name: str, args: StorageAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_args(name, args, StorageAccessArgs)
        if problems := list(_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AZURE, "StorageAccess"), name, {}, opts)
        made = {
            f"{purpose}-{who}": assignment
            for purpose, account in args["accounts"].items()
            for who, assignment in give_data_roles(
                f"{name}-{purpose}",
                account,
                account_id=account["account_id"],
                subscription_id=args["subscription_id"],
                parent=self,
            ).items()
        }
        self.assignment_ids = together({who: assignment.id for who, assignment in made.items()})
        self.register_outputs({"assignmentIds": self.assignment_ids})


def _problems(name: str, args: StorageAccessArgs) -> Iterator[Problem]:
    yield from unnamed_subscription(name, args)
    accounts = args["accounts"]
    if not any(account.get(field) for account in accounts.values() for field in ROLES):
        message, allowed = "there is nobody to give a role to", "one identity or more"
        mend = "name a reader, writer or owner, or leave the component out"
        yield Problem(f"{name}.accounts", "none", message, allowed, mend)
    taken: dict[tuple[str, str, str], str] = {}
    for purpose, account in accounts.items():
        for field in ROLES:
            for who in account.get(field, {}):
                called = (account["account_name"], field, who)
                if called in taken:
                    yield Problem(
                        field=f"{name}.accounts.{purpose}.{field}.{who}",
                        given=account["account_name"],
                        message=f"{taken[called]} gives {who} the same role on an account of this name, and "
                        "assignments are called by it",
                        allowed="each account, list and name once",
                        mend="leave one out, or write the account's own name",
                    )
                taken[called] = purpose


def give_data_roles(
    name: str,
    account: Mapping[str, Any],
    *,
    account_id: pulumi.Input[str],
    subscription_id: str,
    parent: pulumi.Resource,
) -> dict[str, azure_native.authorization.RoleAssignment]:
    """Give the roles that an account's args name, and return the assignments as LIST-NAME.

    Args:
        name: begins the name of each assignment in the program.
        account: args with `account_name` and the lists of AccountAccessArgs.
        account_id: resource id of the account, at which the roles are given.
        subscription_id: subscription that the roles are named in.
        parent: component that they belong to.
    """
    return {
        f"{word}-{who}": assign_role(
            f"{name}-{word}-{who}",
            role,
            scope=account_id,
            principal_id=principal_id,
            subscription_id=subscription_id,
            called=(subscription_id, "storage account", account["account_name"], who),
            parent=parent,
        )
        for field, role in ROLES.items()
        for word in [field.removeprefix("data_")]
        for who, principal_id in account.get(field, {}).items()
    }
