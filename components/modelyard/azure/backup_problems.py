"""What is wrong with the args of Backup, as far as they are known before anything is made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modelyard.azure.identities import unnamed_subscription
from modelyard.azure.regions import known_region
from modelyard.azure.storage_problems import container_problems
from modelyard.errors import Problem
from modelyard.planning.azure.backups import MOST_CONTAINERS, MOST_RETENTION_DAYS, interval_hours
from modelyard.planning.schedule import HOURS_PER_DAY, HOURS_PER_WEEK

VAULT_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{1,49}")
"""Names that a backup vault may have (Microsoft, "Create and manage Backup vaults", 2026-11)."""

INSTANCE_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,49}")
"""Names of backup instances here, well inside what Azure takes."""

IMMUTABILITIES = ("Disabled", "Unlocked", "Locked")
SOFT_DELETES = ("Off", "On", "AlwaysOn")
REDUNDANCIES = ("LocallyRedundant", "ZoneRedundant", "GeoRedundant")

SOFT_DELETE_DAYS = (14, 180)
"""Least and most days that a deleted backup is kept (Microsoft, "Enhanced soft delete for Azure Backup",
2026-11)."""

KEY_VERSION = re.compile(r"https://[^/]+/keys/[^/]+/.+")
"""Address of a version of a key."""

GUARD_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{2,62}")
"""Names of resource guards here."""


def backup_problems(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything that Azure Backup would refuse, or that would leave nothing to restore."""
    if not VAULT_NAME.fullmatch(args["vault_name"]):
        yield Problem(
            field=f"{name}.vault_name",
            given=repr(args["vault_name"]),
            message="Azure refuses a backup vault of this name",
            allowed="2 to 50 letters, digits and hyphens, the first a letter",
            mend="write another name, as training-dev-backup",
        )
    yield from unnamed_subscription(name, args)
    yield from _schedule_problems(name, args)
    yield from _choice_problems(name, args)
    yield from _together_problems(name, args)
    yield from _guard_problems(name, args)
    if not args["instances"]:
        message, allowed = "there is nothing to back up", "one account or more"
        yield Problem(f"{name}.instances", "none", message, allowed, "name one, or leave the component out")
    for instance, account in args["instances"].items():
        yield from _instance_problems(f"{name}.instances.{instance}", instance, account["containers"])
    yield from _account_problems(name, args)


def _schedule_problems(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    hours, days = args["every_hours"], args["retention_days"]
    if not HOURS_PER_DAY <= hours <= HOURS_PER_WEEK:
        least = hours < HOURS_PER_DAY
        yield Problem(
            field=f"{name}.every_hours",
            given=str(hours),
            message="Azure Backup takes blobs once a day or once a week",
            allowed=f"{HOURS_PER_DAY} to {HOURS_PER_WEEK}; what is less than a week is taken for a day",
            mend=f"write {HOURS_PER_DAY if least else HOURS_PER_WEEK}",
        )
        return
    least = interval_hours(hours) // HOURS_PER_DAY
    if not least <= days <= MOST_RETENTION_DAYS:
        short = days < least
        yield Problem(
            field=f"{name}.retention_days",
            given=str(days),
            message="a backup would be gone before the next is taken"
            if short
            else "Azure Backup keeps backups of blobs for ten years at most",
            allowed=f"{least} to {MOST_RETENTION_DAYS:,}",
            mend=f"write {least if short else MOST_RETENTION_DAYS}",
        )


def _choice_problems(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    choices: Mapping[str, Sequence[str]] = {
        "immutability": IMMUTABILITIES,
        "soft_delete": SOFT_DELETES,
        "redundancy": REDUNDANCIES,
    }
    for field, allowed in choices.items():
        if field in args and args[field] not in allowed:
            message = "it is none of the choices"
            mend = "choose one of these"
            yield Problem(f"{name}.{field}", repr(args[field]), message, ", ".join(allowed), mend)
    least, most = SOFT_DELETE_DAYS
    days = args.get("soft_delete_days", least)
    if not least <= days <= most:
        yield Problem(
            field=f"{name}.soft_delete_days",
            given=str(days),
            message="Azure Backup keeps what is deleted no shorter and no longer",
            allowed=f"{least} to {most}",
            mend=f"write {min(max(days, least), most)}",
        )


def _together_problems(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    if "soft_delete_days" in args and args.get("soft_delete") == "Off":
        yield Problem(
            field=f"{name}.soft_delete_days",
            given=str(args["soft_delete_days"]),
            message="without soft delete nothing that is deleted is kept",
            allowed="with soft_delete On or AlwaysOn only",
            mend="leave it out, or turn soft delete on",
        )
    redundancy = args.get("redundancy", "GeoRedundant")
    if args.get("cross_region_restore") and redundancy != "GeoRedundant":
        yield Problem(
            field=f"{name}.cross_region_restore",
            given="true",
            message="the paired region has nothing to restore from",
            allowed="with redundancy GeoRedundant only",
            mend="leave it out, or set redundancy to GeoRedundant",
        )
    region, crossing = known_region(args["location"]), args.get("cross_region_restore")
    lacks = region and {
        "GeoRedundant": None if region.pair else "paired region",
        "ZoneRedundant": None if region.availability_zones else "availability zones",
    }.get(redundancy)
    if region is not None and lacks:
        fitting = "ZoneRedundant" if region.availability_zones else "LocallyRedundant"
        yield Problem(
            field=f"{name}.redundancy",
            given=redundancy if "redundancy" in args else f"nothing, which is {redundancy}",
            message=f"{region.name} has no {lacks}",
            allowed="what the region has",
            mend=f"write {fitting}{', and leave out cross_region_restore' if crossing else ''}",
        )
    pair = ("key_uri", "key_identity_id")
    given = [field for field in pair if field in args]
    if len(given) == 1:
        (missing,) = set(pair) - set(given)
        yield _missing(name, missing, f"{given[0]} needs it: a key is used by an identity")

    key = args.get("key_uri")
    if isinstance(key, str) and KEY_VERSION.fullmatch(key):
        yield Problem(
            field=f"{name}.key_uri",
            given=key,
            message="with a version the vault stays with it, whatever the key's rotation makes",
            allowed="the key's address without a version, as https://VAULT.vault.azure.net/keys/backup",
            mend="leave out what comes after the key's name",
        )


def _guard_problems(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    made = [field for field in ("resource_guard_name", "resource_guard_group_name") if field in args]
    if made and "resource_guard_id" in args:
        yield Problem(
            field=f"{name}.resource_guard_id",
            given=", ".join([*made, "resource_guard_id"]),
            message="a vault has one guard: one that is made here, or one of somebody else",
            allowed="resource_guard_name and resource_guard_group_name, or resource_guard_id",
            mend="leave one of the two ways out",
        )
    if len(made) == 1:
        (missing,) = {"resource_guard_name", "resource_guard_group_name"} - set(made)
        why = "a guard lies in a resource group of its own, which other people may own"
        yield _missing(name, missing, why)
    guard = args.get("resource_guard_name")
    if guard is not None and not GUARD_NAME.fullmatch(guard):
        yield Problem(
            field=f"{name}.resource_guard_name",
            given=repr(guard),
            message="a resource guard isn't called so",
            allowed="3 to 63 letters, digits and hyphens, the first a letter or digit",
            mend="write another name, as training-backup-guard",
        )


def _account_problems(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with accounts whose ids are known now."""
    taken: dict[str, str] = {}
    for instance, account in args["instances"].items():
        if not isinstance(account["account_id"], str):
            continue
        known = account["account_id"].lower()
        if known in taken:
            yield Problem(
                field=f"{name}.instances.{instance}.account_id",
                given=account["account_id"],
                message=f"Azure Backup takes an account once, and {taken[known]} is of it already",
                allowed="another account",
                mend=f"name all its containers under {taken[known]}",
            )
        taken.setdefault(known, instance)
    for target, account_id in args.get("restore_accounts", {}).items():
        field = f"{name}.restore_accounts.{target}"
        yield from _called_problems(field, target)
        if isinstance(account_id, str) and account_id.lower() in taken:
            yield Problem(
                field=field,
                given=account_id,
                message="Azure Backup restores blobs to another account than they came from",
                allowed="an account that isn't backed up here",
                mend="name the account to come back in, or leave it out",
            )


def _called_problems(field: str, called: str) -> Iterator[Problem]:
    if not INSTANCE_NAME.fullmatch(called):
        yield Problem(
            field=field,
            given=repr(called),
            message="names of resources are made of this",
            allowed="1 to 50 letters, digits and hyphens, the first a letter or digit",
            mend="name it otherwise, as datasets",
        )


def _instance_problems(field: str, instance: str, containers: Sequence[str]) -> Iterator[Problem]:
    yield from _called_problems(field, instance)
    if not 1 <= len(containers) <= MOST_CONTAINERS:
        yield Problem(
            field=f"{field}.containers",
            given=f"{len(containers)} containers",
            message="Azure Backup takes no account without containers, and no more of one",
            allowed=f"1 to {MOST_CONTAINERS}",
            mend="name fewer" if containers else "name the containers to back up, or leave the account out",
        )
    yield from container_problems(f"{field}.containers", containers)


def _missing(name: str, field: str, why: str) -> Problem:
    return Problem(f"{name}.{field}", "nothing", why, "a value", f"add {field!r} to args")
