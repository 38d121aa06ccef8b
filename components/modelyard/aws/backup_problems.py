"""What is wrong with the args of Backup, as far as they are known before anything is made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modelyard.errors import Problem
from modelyard.planning.policies.buckets import LOCK_MODES
from modelyard.planning.schedule import (
    COMPLETION_AFTER_START_MINUTES,
    HOURS_PER_WEEK,
    RESTORE_TEST_FREQUENCIES,
    START_WINDOW_MIN_MINUTES,
)

RESTORE_TEST_TYPES = ("S3", "EFS", "FSx")
RESTORE_TESTED = ("S3", "EFS")
"""What restores are tried of unless told otherwise: of FSx it takes a subnet."""

LONGEST_NAME = 43
"""Characters of the component's name: with `-copies` a vault's name has 50 at most (AWS Backup API Reference,
CreateBackupVault, 2026-11)."""

SHORTEST_GRACE_DAYS = 3
LONGEST_DAYS = 36_500
"""Bounds of a lock (AWS Backup API Reference, PutBackupVaultLockConfiguration, 2026-11)."""


def backup_problems(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything that AWS Backup would refuse, or fail at later."""
    yield from _name(name)
    yield from _windows(name, args)
    yield from _copy(name, args)
    yield from _lock(name, args)
    yield from _retentions(name, args)
    yield from _restore_tests(name, args)


def _name(name: str) -> Iterator[Problem]:
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{2,{LONGEST_NAME}}}", name):
        yield Problem(
            field=name,
            given=name,
            message="vaults are named after the component, and AWS Backup doesn't take this name",
            allowed=f"2 to {LONGEST_NAME} letters, digits, dashes and underscores",
            mend="name the component otherwise",
        )


def _windows(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    start = args.get("start_window_minutes", START_WINDOW_MIN_MINUTES)
    yield from _bounded(name, args, "every_hours", 1, HOURS_PER_WEEK)
    for field, shortest in (
        ("start_window_minutes", START_WINDOW_MIN_MINUTES),
        ("completion_window_minutes", start + COMPLETION_AFTER_START_MINUTES),
    ):
        if field in args and args[field] < shortest:
            yield Problem(
                field=f"{name}.{field}",
                given=str(args[field]),
                message="AWS Backup refuses a window this short",
                allowed=f"{shortest} or more",
                mend=f"write {shortest}",
            )


def _copy(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    region, key = "copy_region" in args, "copy_vault_key_arn" in args
    if region and args["copy_region"] == args["region"]:
        yield Problem(
            field=f"{name}.copy_region",
            given=args["copy_region"],
            message="this is the region that is backed up: a copy is for its loss",
            allowed="another region",
            mend="name another region, or leave copy_region out",
        )
    if region != key:
        pair = ("copy_region", "copy_vault_key_arn")
        given, missing = pair if region else reversed(pair)
        yield _missing(name, missing, f"{given} needs it: copies go to a region, under a key that is there")
    if "copy_retention_days" in args and not region:
        yield Problem(
            field=f"{name}.copy_retention_days",
            given=_shown(args["copy_retention_days"]),
            message="without copy_region no backup is copied",
            allowed="nothing, without copy_region",
            mend="leave it out, or name copy_region",
        )


def _lock(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    bounds = ("lock_min_retention_days", "lock_max_retention_days")
    mode = args.get("lock_mode")
    if mode is None:
        for field in (*bounds, "lock_changeable_for_days"):
            if field in args:
                yield _without(name, args, field, "lock_mode", "without lock_mode there is no lock")
        return
    yield from _chosen(f"{name}.lock_mode", mode, LOCK_MODES)
    for field in bounds:
        if field not in args:
            yield _missing(name, field, "a lock needs both bounds: one that lets anything in holds nothing")
        yield from _bounded(name, args, field, 1, LONGEST_DAYS)
    if mode == "governance" and "lock_changeable_for_days" in args:
        message = "a governance lock can always be changed"
        yield _without(name, args, "lock_changeable_for_days", "lock_mode: compliance", message)
    yield from _bounded(name, args, "lock_changeable_for_days", SHORTEST_GRACE_DAYS, LONGEST_DAYS)
    least, most = (args.get(field) for field in bounds)
    if least is not None and most is not None and least > most:
        yield Problem(
            field=f"{name}.lock_min_retention_days",
            given=str(least),
            message=f"it is more than lock_max_retention_days, {most}: the vault would take nothing",
            allowed=f"1 to {most}",
            mend=f"write {most}, or less",
        )


def _retentions(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    """Retentions as far as they are plain: a locked vault lets each backup fail that is kept otherwise."""
    least, most = args.get("lock_min_retention_days", 1), args.get("lock_max_retention_days", LONGEST_DAYS)
    if least > most:
        return
    why = "the lock takes" if "lock_mode" in args else "AWS Backup takes"
    for field in ("retention_days", "copy_retention_days"):
        days = args.get(field)
        if isinstance(days, int) and not least <= days <= most:
            yield Problem(
                field=f"{name}.{field}",
                given=str(days),
                message=f"{why} backups that are kept {least} to {most} days",
                allowed=f"{least} to {most}",
                mend=f"write {least if days < least else most}",
            )


def _restore_tests(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    if "restore_test_every" not in args:
        for field in sorted(field for field in args if field.startswith("restore_test_")):
            message = "without restore_test_every no restore is tried"
            yield _without(name, args, field, "restore_test_every", message)
        return
    yield from _chosen(f"{name}.restore_test_every", args["restore_test_every"], RESTORE_TEST_FREQUENCIES)
    types = args.get("restore_test_types", RESTORE_TESTED)
    if not types or len(set(types)) < len(types):
        allowed = ", ".join(RESTORE_TEST_TYPES)
        message = "each type is tried once, and at least one"
        given = ", ".join(types) or "none"
        yield Problem(f"{name}.restore_test_types", given, message, allowed, "name each once")
    for place, kind in enumerate(types):
        yield from _chosen(f"{name}.restore_test_types[{place}]", kind, RESTORE_TEST_TYPES)
    yield from _bounded(name, args, "restore_test_window_days", 1, 365)
    yield from _bounded(name, args, "restore_test_keep_hours", 1, 168)
    if "FSx" in types:
        for field in ("restore_test_subnet_id", "restore_test_security_group_ids"):
            if field not in args or (isinstance(args[field], str | list) and not args[field]):
                yield _missing(name, field, "AWS Backup doesn't infer where a file system of FSx is restored")


def _bounded(name: str, args: Mapping[str, Any], field: str, least: int, most: int) -> Iterator[Problem]:
    value = args.get(field)
    if value is not None and not least <= value <= most:
        yield Problem(
            field=f"{name}.{field}",
            given=str(value),
            message="AWS Backup doesn't take it",
            allowed=f"{least} to {most}",
            mend=f"write {least if value < least else most}",
        )


def _chosen(field: str, given: str, allowed: tuple[str, ...]) -> Iterator[Problem]:
    if given not in allowed:
        yield Problem(field, given, "it is none of the choices", ", ".join(allowed), "choose one of these")


def _missing(name: str, field: str, why: str) -> Problem:
    return Problem(
        field=f"{name}.{field}",
        given="nothing",
        message=why,
        allowed="a value",
        mend=f"add {field!r} to args",
    )


def _without(name: str, args: Mapping[str, Any], field: str, needed: str, why: str) -> Problem:
    return Problem(
        field=f"{name}.{field}",
        given=_shown(args[field]),
        message=why,
        allowed=f"nothing, without {needed}",
        mend=f"leave it out, or add {needed}",
    )


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, str | int | list) else "an output"
