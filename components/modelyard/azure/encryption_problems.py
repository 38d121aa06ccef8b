"""What is wrong with the args of Encryption, told before anything is made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modelyard.azure.identities import IDENTITY_NAME, IDENTITY_NAME_WORDS, unnamed_subscription
from modelyard.azure.tag_problems import too_many_tags
from modelyard.azure.zone_problems import missing_zones
from modelyard.errors import Problem

PURPOSES = ("datasets", "checkpoints", "volumes", "logs", "registry", "backup")
"""What keys are made for unless said otherwise."""

PINNED_PURPOSES = ("workspace",)
"""Purposes whose services name one version of their key and follow no rotation: a Machine Learning workspace
does (Azure Machine Learning, "Customer-managed keys", 2024-05-21). No version of these may expire."""

DISKS = "volumes"
"""The purpose that disks are encrypted under."""

VAULT_NAME = re.compile(r"(?=.{3,24}\Z)[a-zA-Z](-?[a-zA-Z0-9])+")
"""Names that a vault may have (Azure Resource Manager, "Naming rules and restrictions", 2026-11)."""

KEY_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,126}")
"""Names that a key may have (Azure Key Vault, "About keys, secrets and certificates", 2026-11)."""

DISK_SET_NAME = re.compile(r"[a-zA-Z0-9_-]{1,80}")
"""Names that a disk encryption set may have (azure-native 3.29, compute.DiskEncryptionSet)."""

SHORTEST_ROTATION_DAYS = 7
"""Least days between rotations (Azure Key Vault, "Configure cryptographic key auto-rotation", 2026-11)."""

ROTATION_DAYS = 365
"""Days between rotations unless said otherwise."""

EXPIRY_MARGIN_DAYS = 28
"""Least days between a rotation and the expiry of the version before it. Azure takes no expiry below 28 days
(Azure SDK for .NET, KeyRotationPolicy.ExpiresIn, 2026-11); services take up a new version within a day."""


def expiry_days(rotation_days: int) -> int:
    """Days after which a version expires unless said otherwise: twice those between rotations, or what Azure
    asks for at least.
    """
    return max(2 * rotation_days, rotation_days + EXPIRY_MARGIN_DAYS)


def encryption_problems(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    """Every problem of checked args, each with its field."""
    yield from _vault(name, args)
    yield from _purposes(name, args)
    yield from _lifetimes(name, args)
    yield from _identities(name, args)
    yield from _disks(name, args)
    yield from _endpoint(name, args)
    yield from too_many_tags(name, args.get("tags", {}), "a key")


def _vault(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    if not VAULT_NAME.fullmatch(args["vault_name"]):
        yield Problem(
            field=f"{name}.vault_name",
            given=repr(args["vault_name"]),
            message="Azure refuses a vault of this name",
            allowed="3 to 24 letters, digits and single hyphens, the first a letter, the last no hyphen",
            mend="write another name, unique in all of Azure, as kv-training-dev-01",
        )


def _purposes(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    purposes = _wanted(args)
    if not purposes or len({purpose.lower() for purpose in purposes}) < len(purposes):
        message = "each purpose gets one key"
        allowed = "one purpose or more, each once; Azure tells no capitals apart"
        yield Problem(f"{name}.purposes", ", ".join(purposes) or "none", message, allowed, "name each once")
    for purpose in purposes:
        if not KEY_NAME.fullmatch(purpose):
            yield Problem(
                field=f"{name}.purposes",
                given=repr(purpose),
                message="a purpose is the name of its key, and Azure refuses this one",
                allowed="up to 127 letters, digits and hyphens, the first a letter",
                mend="name the purpose so",
            )


def _lifetimes(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    rotation = args.get("rotation_days", ROTATION_DAYS)
    if isinstance(rotation, int) and rotation < SHORTEST_ROTATION_DAYS:
        yield Problem(
            field=f"{name}.rotation_days",
            given=str(rotation),
            message="Azure rotates a key once in seven days at most",
            allowed=f"{SHORTEST_ROTATION_DAYS} or more",
            mend=f"write {SHORTEST_ROTATION_DAYS}",
        )
    expiry = args.get("expiry_days")
    if not isinstance(expiry, int) or expiry == 0:
        return
    # Of days that become known later it is known that they aren't fewer than Azure takes.
    known = rotation if isinstance(rotation, int) else SHORTEST_ROTATION_DAYS
    least = max(known, SHORTEST_ROTATION_DAYS) + EXPIRY_MARGIN_DAYS
    if expiry < least:
        yield Problem(
            field=f"{name}.expiry_days",
            given=str(expiry),
            message="a version would expire before all that uses it has surely taken up the next one",
            allowed=f"{least} or more, {EXPIRY_MARGIN_DAYS} beyond rotation_days, or 0 for no expiry",
            mend=f"write {expiry_days(known)}, or rotate more often",
        )


def _identities(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    identities = args.get("identities", {})
    for purpose, identity in identities.items():
        if purpose not in _wanted(args):
            yield Problem(
                field=f"{name}.identities.{purpose}",
                given=identity,
                message="no key is made for this purpose, so its identity could use none",
                allowed=", ".join(_wanted(args)),
                mend=f"add {purpose} to purposes, or leave its identity out",
            )
        if not IDENTITY_NAME.fullmatch(identity):
            yield Problem(
                field=f"{name}.identities.{purpose}",
                given=repr(identity),
                message="Azure refuses an identity of this name",
                allowed=IDENTITY_NAME_WORDS,
                mend="write another name, as training-dev-datasets",
            )
    if len({identity.lower() for identity in identities.values()}) < len(identities):
        yield Problem(
            field=f"{name}.identities",
            given=", ".join(identities.values()),
            message="each purpose has an identity of its own, so that none may use another's key",
            allowed="a name for each, each once; Azure tells no capitals apart",
            mend="give each purpose another name",
        )
    yield from unnamed_subscription(name, args)
    if identities and "subscription_id" not in args:
        yield Problem(
            field=f"{name}.subscription_id",
            given="nothing",
            message="the role that identities are given is named by its subscription",
            allowed="the id of the subscription",
            mend="add 'subscription_id' to args",
        )


def _disks(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    if "disk_encryption_set_name" not in args:
        return
    given = args["disk_encryption_set_name"]
    if not DISK_SET_NAME.fullmatch(given):
        yield Problem(
            field=f"{name}.disk_encryption_set_name",
            given=repr(given),
            message="Azure refuses a disk encryption set of this name",
            allowed="1 to 80 letters, digits, hyphens and underscores",
            mend="write another name, as training-dev-volumes",
        )
    if DISKS not in args.get("identities", {}):
        yield Problem(
            field=f"{name}.disk_encryption_set_name",
            given=given,
            message=f"a disk encryption set uses the key {DISKS} by an identity, and there is none for it",
            allowed=f"an identity for {DISKS} among identities",
            mend=f"name one, as identities: {{{DISKS}: training-dev-{DISKS}}}",
        )


def _endpoint(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    given = [field for field in ("endpoint_subnet_id", "dns_zone_ids") if field in args]
    if len(given) == 1:
        missing = "dns_zone_ids" if given == ["endpoint_subnet_id"] else "endpoint_subnet_id"
        yield Problem(
            field=f"{name}.{missing}",
            given="nothing",
            message=f"a private endpoint needs both, and only {given[0]} is there",
            allowed="endpoint_subnet_id and dns_zone_ids, or neither",
            mend=f"add {missing!r} to args, or leave {given[0]!r} out",
        )
    if "dns_zone_ids" in args:
        yield from missing_zones(f"{name}.dns_zone_ids", args["dns_zone_ids"], ["vault"])
    if given and "location" not in args:
        yield Problem(
            field=f"{name}.location",
            given="nothing",
            message="a private endpoint lies in the region of its network, which has to be said",
            allowed="the region",
            mend="add 'location' to args",
        )


def _wanted(args: Mapping[str, Any]) -> list[str]:
    return args.get("purposes", list(PURPOSES))
