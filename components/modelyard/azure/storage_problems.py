"""What is wrong with the args of Storage, as far as they are known before anything is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from modelyard.azure.identities import unnamed_subscription
from modelyard.azure.regions import known_region
from modelyard.azure.storage_values import (
    ACCOUNT_NAME,
    CONTAINER_NAME,
    CONTAINER_NAME_WORDS,
    DEFAULT_REDUNDANCY,
    DEFAULT_RETENTION_DAYS,
    ENDPOINT_GROUPS,
    REDUNDANCIES,
    TRUSTED_SERVICES,
)
from modelyard.azure.zone_problems import missing_zones
from modelyard.errors import Problem
from modelyard.planning.azure.lifecycle import BACKED_UP_VERSION_DAYS, MOST_PREFIXES, SOFT_DELETE_DAYS
from modelyard.planning.names import KEEP_PREFIX

LONGEST_DAYS = 99_999
"""Days that the lifecycle counts to here; Azure documents no bound."""

ACCESS = ("data_readers", "data_writers", "data_owners")


def storage_problems(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything that Azure would refuse, or that would come out otherwise than it reads."""
    accounts = args["accounts"]
    if not accounts:
        yield Problem(
            field=f"{name}.accounts",
            given="none",
            message="there is nothing to make",
            allowed="one account or more",
            mend="name an account, or leave the component out",
        )
    yield from unnamed_subscription(name, args)
    yield from _endpoint_problems(name, args)
    names = Counter(account["account_name"] for account in accounts.values())
    for purpose, account in accounts.items():
        field = f"{name}.accounts.{purpose}"
        yield from _name_problems(field, account["account_name"], names)
        yield from container_problems(f"{field}.containers", account["containers"])
        yield from _choice_problems(field, account)
        yield from _place_problems(field, account, args["location"])
        yield from _day_problems(field, account)
        yield from _expiry_problems(field, account)
        yield from _immutable_problems(field, account)
        yield from _backup_problems(field, account)
        yield from _needed_problems(field, account, args)


def container_problems(field: str, containers: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with a list of containers' names."""
    if len(set(containers)) < len(containers):
        yield Problem(
            field, ", ".join(containers), "a container is made once", "each name once", "name each once"
        )
    for container in containers:
        if not CONTAINER_NAME.fullmatch(container):
            yield Problem(
                field=field,
                given=repr(container),
                message="Azure refuses a container of this name",
                allowed=CONTAINER_NAME_WORDS,
                mend="write another name, as checkpoints",
            )


def _name_problems(field: str, given: str, names: Mapping[str, int]) -> Iterator[Problem]:
    if not ACCOUNT_NAME.fullmatch(given):
        yield Problem(
            field=f"{field}.account_name",
            given=repr(given),
            message="Azure refuses a storage account of this name",
            allowed="3 to 24 lower-case letters and digits",
            mend="write another name, unique in all of Azure, as trainingdata01",
        )
    if names[given] > 1:
        yield Problem(
            field=f"{field}.account_name",
            given=repr(given),
            message="another account here has the same name",
            allowed="a name of its own for each account",
            mend="write another name, or put the containers into one account",
        )


def _choice_problems(field: str, account: Mapping[str, Any]) -> Iterator[Problem]:
    redundancy = account.get("redundancy")
    if redundancy is not None and redundancy not in REDUNDANCIES:
        yield _no_choice(f"{field}.redundancy", redundancy, REDUNDANCIES)
    for name, choices in (("trusted_services", TRUSTED_SERVICES), ("endpoint_groups", ENDPOINT_GROUPS)):
        given = account.get(name)
        if given is None:
            continue
        for item in given:
            if item not in choices:
                yield _no_choice(f"{field}.{name}", item, choices)
        if len(set(given)) < len(given):
            message = "each is named once"
            yield Problem(f"{field}.{name}", ", ".join(given), message, ", ".join(choices), "name each once")


def _place_problems(field: str, account: Mapping[str, Any], location: Any) -> Iterator[Problem]:
    """A way of keeping copies that the region doesn't have."""
    region, redundancy = known_region(location), account.get("redundancy", DEFAULT_REDUNDANCY)
    if region is None or redundancy not in REDUNDANCIES:
        return
    zonal, paired = redundancy in ("zrs", "gzrs"), redundancy in ("grs", "gzrs")
    lacks = [
        *(["availability zones"] if zonal and not region.availability_zones else []),
        *(["paired region"] if paired and region.pair is None else []),
    ]
    if lacks:
        fitting = [
            choice
            for choice in REDUNDANCIES
            if (region.availability_zones or choice not in ("zrs", "gzrs"))
            and (region.pair or choice not in ("grs", "gzrs"))
        ]
        yield Problem(
            field=f"{field}.redundancy",
            given=redundancy if "redundancy" in account else f"nothing, which is {redundancy}",
            message=f"{region.name} has no {' and no '.join(lacks)}",
            allowed=", ".join(fitting),
            mend=f"write {fitting[-1]}",
        )


def _no_choice(field: str, given: str, choices: Iterable[str]) -> Problem:
    return Problem(field, repr(given), "it is none of the choices", ", ".join(choices), "choose one of these")


def _day_problems(field: str, account: Mapping[str, Any]) -> Iterator[Problem]:
    bounds = {
        "deleted_retention_days": SOFT_DELETE_DAYS,
        "cool_after_days": (1, LONGEST_DAYS),
        "expire_after_days": (1, LONGEST_DAYS),
    }
    for name, (least, most) in bounds.items():
        days = account.get(name)
        if isinstance(days, int) and not least <= days <= most:
            yield Problem(
                field=f"{field}.{name}",
                given=str(days),
                message="Azure counts no fewer and no more days here",
                allowed=f"{least} to {most:,}",
                mend=f"write {min(max(days, least), most)}",
            )
    cool, expiry = account.get("cool_after_days"), account.get("expire_after_days")
    if not isinstance(cool, int) or not isinstance(expiry, int) or "expire_prefixes" in account:
        return
    if cool >= expiry:
        yield Problem(
            field=f"{field}.cool_after_days",
            given=str(cool),
            message=f"blobs are gone after {expiry} days, before they would move to the cool tier",
            allowed=f"less than {expiry}",
            mend="write fewer days, or leave one of the two out",
        )


def _expiry_problems(field: str, account: Mapping[str, Any]) -> Iterator[Problem]:
    prefixes = account.get("expire_prefixes")
    if prefixes is None:
        return
    where = f"{field}.expire_prefixes"
    if "expire_after_days" not in account:
        message = "nothing expires without expire_after_days"
        mend = "set expire_after_days, or leave this out"
        yield Problem(where, ", ".join(prefixes) or "none", message, "with expire_after_days only", mend)
    if not 1 <= len(prefixes) <= MOST_PREFIXES:
        message = "the lifecycle's rules have to name something, and hold only so much"
        mend = "leave it out if all expires, or name fewer and shorter starts"
        yield Problem(where, f"{len(prefixes)} prefixes", message, f"1 to {MOST_PREFIXES} prefixes", mend)
    for prefix in prefixes:
        container, slash, _ = prefix.partition("/")
        if not slash or container not in account["containers"]:
            yield Problem(
                field=where,
                given=repr(prefix),
                message="Azure looks for it in the names of blobs with their container's in front",
                allowed="CONTAINER/START, the container one of this account's",
                mend="write the container's name and a slash first, as checkpoints/runs/",
            )


def _immutable_problems(field: str, account: Mapping[str, Any]) -> Iterator[Problem]:
    immutable = account.get("immutable_containers", [])
    for container in immutable:
        if container not in account["containers"]:
            yield Problem(
                field=f"{field}.immutable_containers",
                given=repr(container),
                message="the account has no such container",
                allowed=", ".join(account["containers"]) or "none: the account has no containers",
                mend="name one of these, or add it to containers",
            )
    if immutable and not account.get("versioned", True):
        yield _needs(
            field, "versioned", "false", "only versions can be made immutable", "immutable_containers"
        )
    if "expire_after_days" not in account:
        return
    prefixes = account.get("expire_prefixes", [f"{container}/" for container in immutable])
    for prefix in prefixes:
        container, _, start = prefix.partition("/")
        if container in immutable and (KEEP_PREFIX.startswith(start) or start.startswith(KEEP_PREFIX)):
            yield Problem(
                field=f"{field}.expire_prefixes",
                given=repr(prefix) if "expire_prefixes" in account else "nothing, so that all expires",
                message=f"what is promoted, under {KEEP_PREFIX}, would expire once its policy has ended",
                allowed=f"starts that leave {container}/{KEEP_PREFIX} out, as {container}/runs/",
                mend="name what expires, or leave expire_after_days out",
            )


def _backup_problems(field: str, account: Mapping[str, Any]) -> Iterator[Problem]:
    if not account.get("backed_up"):
        return
    why = "Azure Backup copies blobs by their versions and the change feed"
    for name in ("versioned", "change_feed"):
        if not account.get(name, True):
            yield _needs(field, name, "false", why, "backed_up")
    trusted = account.get("trusted_services", ["AzureServices"])
    if "AzureServices" not in trusted:
        yield Problem(
            field=f"{field}.trusted_services",
            given=", ".join(trusted) or "none",
            message="Azure Backup reaches a closed account as one of Azure's trusted services, or not at all",
            allowed="with AzureServices, where backed_up",
            mend="add AzureServices, or leave it out",
        )
    days = account.get("deleted_retention_days", DEFAULT_RETENTION_DAYS)
    if isinstance(days, int) and days < BACKED_UP_VERSION_DAYS:
        yield Problem(
            field=f"{field}.deleted_retention_days",
            given=str(days),
            message="a backup fails where the lifecycle deletes versions while it runs",
            allowed=f"{BACKED_UP_VERSION_DAYS} or more, with backed_up",
            mend=f"write {BACKED_UP_VERSION_DAYS}",
        )


def _needs(field: str, name: str, given: str, why: str, other: str) -> Problem:
    return Problem(
        field=f"{field}.{name}",
        given=given,
        message=why,
        allowed=f"true, with {other}",
        mend=f"leave it out, or leave {other} out",
    )


def _needed_problems(field: str, account: Mapping[str, Any], args: Mapping[str, Any]) -> Iterator[Problem]:
    for name in ACCESS:
        if account.get(name) and "subscription_id" not in args:
            yield Problem(
                field=f"{field}.{name}",
                given=", ".join(account[name]),
                message="roles are named by the subscription, which isn't given",
                allowed="with subscription_id only",
                mend="add 'subscription_id' to the component's args",
            )
    if "endpoint_groups" in account and "endpoint_subnet_id" not in args:
        yield Problem(
            field=f"{field}.endpoint_groups",
            given=", ".join(account["endpoint_groups"]) or "none",
            message="without endpoint_subnet_id there are no private endpoints",
            allowed="with endpoint_subnet_id and dns_zone_ids only",
            mend="leave it out, or add both to the component's args",
        )


def _endpoint_problems(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    pair = ("endpoint_subnet_id", "dns_zone_ids")
    given = [field for field in pair if field in args]
    if len(given) == 1:
        (missing,) = set(pair) - set(given)
        yield Problem(
            field=f"{name}.{missing}",
            given="nothing",
            message=f"{given[0]} needs it: an endpoint has an address, and records of its names",
            allowed="both, or neither",
            mend=f"add {missing!r} to args",
        )
    if "dns_zone_ids" in args:
        groups = {group for account in args["accounts"].values() for group in groups_of(account)}
        known = sorted(groups & set(ENDPOINT_GROUPS))
        yield from missing_zones(f"{name}.dns_zone_ids", args["dns_zone_ids"], known)


def groups_of(account: Mapping[str, Any]) -> Sequence[str]:
    """Parts of an account that private endpoints are made for."""
    return account.get("endpoint_groups", ("blob",))
