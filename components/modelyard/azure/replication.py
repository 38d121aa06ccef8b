"""Copies of containers in accounts of another region."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.component import AzureComponent
from modelyard.azure.storage_problems import container_problems
from modelyard.errors import InputError, Problem
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import once, together
from modelyard.wiring.tokens import AZURE, token

MOST_RULES = 1_000
"""Containers that a policy copies (Microsoft, "Object replication for block blobs", 2026-11)."""

SINCE_EVER = "1601-01-01T00:00:00Z"
"""The creation time from which on Azure also copies what was there before the policy: its earliest."""

MOST_POLICIES = 2
"""Accounts that an account is copied to, and from, at most (the same); a backup by Azure counts as one."""

MADE_BY_AZURE = "default"
"""What the destination's policy is asked for as: Azure gives it an id of its own."""


class ReplicatedAccountArgs(TypedDict):
    """An account whose containers are copied."""

    source_account_id: pulumi.Input[str]
    """Resource id of the account that is copied from. It has to keep versions and a change feed."""
    source_account_name: pulumi.Input[str]
    """Its name."""
    destination_account_id: pulumi.Input[str]
    """Resource id of the account that is copied to. It has to keep versions."""
    destination_account_name: pulumi.Input[str]
    """Its name."""
    containers: Mapping[str, str]
    """Containers that are copied, each with the container that its blobs go to. Both have to be there."""


class ReplicationArgs(TypedDict):
    """Arguments of Replication."""

    resource_group_name: pulumi.Input[str]
    """Resource group of the accounts that are copied from."""
    location: pulumi.Input[str]
    """Region that is copied from."""
    destination_resource_group_name: NotRequired[pulumi.Input[str]]
    """Resource group of the accounts that are copied to. Unset: the same."""
    destination_location: pulumi.Input[str]
    """Region that is copied to."""
    accounts: Mapping[str, ReplicatedAccountArgs]
    """The accounts that are copied, by purpose."""


class Replication(AzureComponent):
    """Copies of all block blobs of containers, in containers of another region's accounts.

    What is there before the policy is copied as well; append and page blobs and what lies in the archive tier
    aren't. Copies are made some time after a write: Microsoft commits to no time, and measures what is
    pending (PendingBytesForReplication, PendingOperationsForReplication). A deletion is copied; versions of
    what was deleted stay on both sides. With a blob come its versions, metadata and properties, and no
    policy: what is made immutable on one side isn't on the other.

    The containers of the copies take no other writes while the policy stands. They may be such that single
    blobs can be made immutable, but what a blob's policy there holds isn't overwritten by a copy, and in a
    container with a policy of its own copying fails (Microsoft, "Object replication for block blobs",
    2021-09).

    A policy stands on both accounts: first on the destination, where Azure gives it and its rules their ids,
    then with these on the source. If only the source's is deleted the copies stay read-only: `az storage
    account or-policy delete` on the destination frees them. A container can be in one replication, and the
    copies that Azure Backup takes to a vault are one (Microsoft, "Troubleshoot Azure Blob backup",
    2024-09-16): what is replicated here can't be backed up by Backup.

    Other containers are another policy: azure-native can't change one that Azure has given its id, so both
    are deleted and made anew, and nothing is copied in between. What was written then is copied afterwards.

    With accounts of Storage, take `account_id`, which is there when versions are kept and containers made.
    """

    policy_ids: pulumi.Output[dict[str, str]]
    """Id of the policy for each purpose, the same on both accounts."""

    source_account_ids: pulumi.Output[dict[str, str]]
    """Resource id of each account that is copied, once it is: whatever changes the account next waits for
    it."""

    def __init__(self, name: str, args: ReplicationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, ReplicationArgs)
        if problems := list(_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AZURE, "Replication"), name, {}, opts)
        self._name, self._args = name, args
        sources: dict[str, azure_native.storage.ObjectReplicationPolicy] = {}
        for purpose, account in args["accounts"].items():
            # An account takes one change at a time, and two pairs may share one.
            sources[purpose] = self._copy(purpose, account, after=list(sources.values()))
        self.policy_ids = together({purpose: policy.policy_id for purpose, policy in sources.items()})
        self.source_account_ids = together(
            {
                purpose: once(pulumi.Output.from_input(account["source_account_id"]), sources[purpose].urn)
                for purpose, account in args["accounts"].items()
            }
        )
        self.register_outputs({"policyIds": self.policy_ids, "sourceAccountIds": self.source_account_ids})

    def _copy(
        self, purpose: str, account: ReplicatedAccountArgs, after: Sequence[pulumi.Resource]
    ) -> azure_native.storage.ObjectReplicationPolicy:
        args, child = self._args, f"{self._name}-{purpose}"
        destination = azure_native.storage.ObjectReplicationPolicy(
            f"{child}-destination",
            object_replication_policy_id=MADE_BY_AZURE,
            account_name=account["destination_account_name"],
            resource_group_name=args.get("destination_resource_group_name", args["resource_group_name"]),
            source_account=account["source_account_id"],
            destination_account=account["destination_account_id"],
            metrics={"enabled": True},
            rules=_rules(account["containers"]),
            # The provider changes what its name in the program says, `default`, which is no policy any more.
            opts=self._options(after, replacing=["rules", "metrics"]),
        )
        ids = destination.rules.apply(
            lambda rules: {rule.source_container: rule.rule_id or "" for rule in rules or []}
        )
        return azure_native.storage.ObjectReplicationPolicy(
            child,
            object_replication_policy_id=destination.policy_id,
            account_name=account["source_account_name"],
            resource_group_name=args["resource_group_name"],
            source_account=account["source_account_id"],
            destination_account=account["destination_account_id"],
            metrics={"enabled": True},
            rules=_rules(account["containers"], ids),
            opts=self._options([destination]),
        )

    def _options(
        self, after: Sequence[pulumi.Resource], replacing: Sequence[str] = ()
    ) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=list(after) or None,
            # Azure leads no policy from one account to another.
            replace_on_changes=["sourceAccount", "destinationAccount", *replacing],
            delete_before_replace=True,
        )


def _rules(
    containers: Mapping[str, str], ids: pulumi.Output[dict[str, str]] | None = None
) -> list[azure_native.storage.ObjectReplicationPolicyRuleArgsDict]:
    """A rule for each container; the source's have the ids that the destination's were given."""

    def rule(source: str, destination: str) -> azure_native.storage.ObjectReplicationPolicyRuleArgsDict:
        made: azure_native.storage.ObjectReplicationPolicyRuleArgsDict = {
            "source_container": source,
            "destination_container": destination,
            "filters": {"min_creation_time": SINCE_EVER},
        }
        if ids is not None:
            made["rule_id"] = ids.apply(lambda known: known[source])
        return made

    return [rule(source, destination) for source, destination in containers.items()]


def _problems(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    location, destination = args["location"], args["destination_location"]
    if (
        isinstance(location, str)
        and isinstance(destination, str)
        and _normal(location) == _normal(destination)
    ):
        yield Problem(
            field=f"{name}.destination_location",
            given=destination,
            message="copies in the same region are lost with it",
            allowed=f"a region other than {location}",
            mend="name the region to come back in",
        )
    if not args["accounts"]:
        message, allowed = "there is nothing to copy", "one account or more"
        mend = "name an account, or leave the component out"
        yield Problem(f"{name}.accounts", "none", message, allowed, mend)
    for purpose, account in args["accounts"].items():
        yield from _account_problems(f"{name}.accounts.{purpose}", account)
    yield from _policy_problems(name, args["accounts"])


def _account_problems(field: str, account: Mapping[str, Any]) -> Iterator[Problem]:
    containers: Mapping[str, str] = account["containers"]
    if not 1 <= len(containers) <= MOST_RULES:
        yield Problem(
            field=f"{field}.containers",
            given=f"{len(containers)} containers",
            message="a policy has a rule for each container, one at least",
            allowed=f"1 to {MOST_RULES:,}",
            mend="name containers, or leave the account out" if not containers else "name fewer containers",
        )
    yield from container_problems(f"{field}.containers", list(containers))
    targets = list(containers.values())
    for target in sorted({target for target in targets if targets.count(target) > 1}):
        yield Problem(
            field=f"{field}.containers",
            given=target,
            message="a container takes the copies of one other only",
            allowed="a destination of its own for each container",
            mend="name another destination for all but one",
        )
    for source, target in containers.items():
        yield from container_problems(f"{field}.containers.{source}", [target])
    one = False
    for part in ("id", "name"):
        source, destination = account[f"source_account_{part}"], account[f"destination_account_{part}"]
        if isinstance(source, str) and isinstance(destination, str) and source.lower() == destination.lower():
            one = True
            yield Problem(
                field=f"{field}.destination_account_{part}",
                given=destination,
                message="this is the account that is copied from",
                allowed="another account, in the other region",
                mend="name the account that the copies go to",
            )

    if not one:
        yield from _named_problems(field, account)


def _named_problems(field: str, account: Mapping[str, Any]) -> Iterator[Problem]:
    """A name that isn't its id's: policies would stand on other accounts than those they are between."""
    for side in ("source", "destination"):
        id_, given = account[f"{side}_account_id"], account[f"{side}_account_name"]
        if not isinstance(id_, str) or not isinstance(given, str) or "/" not in id_:
            continue
        known = id_.rpartition("/")[2]
        if known.lower() != given.lower():
            yield Problem(
                field=f"{field}.{side}_account_name",
                given=given,
                message=f"{side}_account_id is that of another account, {known}",
                allowed="the name that the id ends in",
                mend=f"write {known}, or the id of {given}",
            )


def _policy_problems(name: str, accounts: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """What Azure refuses of all policies together, as far as the accounts' names are known now."""
    pairs: dict[tuple[str, str], str] = {}
    partners: dict[tuple[str, str], set[str]] = {}
    for purpose, account in accounts.items():
        source, destination = account["source_account_name"], account["destination_account_name"]
        if not isinstance(source, str) or not isinstance(destination, str):
            continue
        field = f"{name}.accounts.{purpose}.destination_account_name"
        if (source, destination) in pairs:
            other = pairs[source, destination]
            yield Problem(
                field=field,
                given=destination,
                message=f"Azure takes one policy from an account to another, and {other} is it already",
                allowed="each pair of accounts once",
                mend=f"name all containers under {other}",
            )
        pairs.setdefault((source, destination), purpose)
        for way, here, there in (("from", source, destination), ("to", destination, source)):
            known = partners.setdefault((way, here), set())
            if there not in known and len(known) == MOST_POLICIES:
                yield Problem(
                    field=field,
                    given=destination,
                    message=f"Azure copies {way} {here} by {MOST_POLICIES} policies at most",
                    allowed=f"{MOST_POLICIES} accounts on the other side of each",
                    mend="leave one out",
                )
            known.add(there)


def _normal(location: str) -> str:
    return location.replace(" ", "").lower()
