"""Keys in key vaults rotate by themselves, and end.

A rotation some days before a key's expiry needs the expiry on the key as well as in the policy, and never
comes otherwise; an expiry in the policy is that of versions to come (Azure Key Vault, "Configure
cryptographic key auto-rotation", 2025). Keys that only wrap other keys, as encryption at rest uses them, need
no expiry: a service that hasn't taken up the next version by then can no longer encrypt under the key. An
option asks for it of those too, as CIS and checkov do. A key that is disabled isn't used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.azure.durations import days
from modelyard_policies.azure.types import KEY_VAULT_KEY
from modelyard_policies.azure.vaults import settings
from modelyard_policies.options import Options, choice, number, option
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, each, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class KeyLifetimes(Options):
    """How long keys are used."""

    rule: ClassVar[str] = "key-vault-key-rotation"
    days: float = option(number(7), 365, "Most days between rotations")
    expiry: str = option(
        choice("all-but-wrapping", "all"),
        "all-but-wrapping",
        "Whether keys that only wrap other keys need an expiry as well",
    )


RULE = Rule(
    id="key-vault-key-rotation",
    code="EN10",
    title="Keys in key vaults rotate, and end",
    severity=Severity.MEDIUM,
    resources=(KEY_VAULT_KEY,),
    options=KeyLifetimes,
    why=(
        "Rotation bounds how much data one key's material ever protects, and what has an end isn't "
        "trusted for years after everyone forgot it."
    ),
    mend=(
        "Give the key a rotationPolicy with a lifetime action of the type rotate and timeAfterCreate P365D "
        "or less, and an expiry in rotationPolicy.attributes.expiryTime or attributes.expires."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_40"],
        "cis_azure": ["3.3.1", "3.3.8"],
        "azure_policy": ["152b15f7-8e1f-4c1f-ab71-8c010ba5dbc0", "d8cf8476-a2ec-4916-896e-992351803c44"],
        "mcsb": ["DP-6"],
    },
    snippet="""\
azure.keyvault.Key(
    "signing",
    key_name="signing",
    vault_name=key_vault.name,
    resource_group_name=group.name,
    properties={
        "kty": "RSA-HSM",
        "key_size": 3072,
        "rotation_policy": {
            "attributes": {"expiry_time": "P1Y"},
            "lifetime_actions": [
                {
                    "action": {"type": azure.keyvault.KeyRotationPolicyActionType.ROTATE},
                    "trigger": {"time_after_create": "P300D"},
                }
            ],
        },
    },
)
""",
)

WRAPPING: Final = frozenset({"wrapkey", "unwrapkey"})
"""What encryption at rest asks of a key."""


@RULE.applies
def is_used(key: Resource, graph: GraphView) -> bool:
    """Unset, a key is enabled."""
    enabled = settings(key).block("attributes").text("enabled", "true").strip().lower()
    return enabled not in ("false", "0")


@RULE.check
def it_is_followed(key: Resource, graph: GraphView) -> Iterator[Failure]:
    """Rotation and expiry are judged by themselves."""
    limits = graph.options(KeyLifetimes)

    def rotates(key: Resource) -> Iterator[Failure]:
        policy = settings(key).block("rotationPolicy")
        if some(policy.list("lifetimeActions"), lambda action: _rotates(action, key, limits.days)):
            return
        if some(policy.list("lifetimeActions"), _is_rotation):
            yield policy.failure("lifetimeActions", f"don't rotate the key within {limits.days:g} days")
        else:
            yield policy.failure("lifetimeActions", "don't rotate the key")

    def ends(key: Resource) -> Iterator[Failure]:
        if not any_of(
            lambda: _has_end(key),
            lambda: all_of(lambda: limits.expiry != "all", lambda: _only_wraps(key)),
        ):
            yield settings(key).failure("attributes.expires", "is unset, and no rotation sets one")

    yield from each((rotates, ends), lambda check: check(key))


def _is_rotation(action: Block) -> bool:
    return action.block("action").text("type").strip().lower() == "rotate"


def _rotates(action: Block, key: Resource, most: float) -> bool:
    return all_of(lambda: _is_rotation(action), lambda: _comes_within(action.block("trigger"), key, most))


def _comes_within(trigger: Block, key: Resource, most: float) -> bool:
    if trigger.has("timeAfterCreate"):
        after = days(trigger.text("timeAfterCreate"))
    else:
        expiry = days(settings(key).block("rotationPolicy").block("attributes").text("expiryTime"))
        before = days(trigger.text("timeBeforeExpiry"))
        expires = settings(key).block("attributes").has("expires")
        after = expiry - before if expires and expiry is not None and before is not None else None
    return after is not None and after <= most


def _has_end(key: Resource) -> bool:
    own = settings(key)
    return any_of(
        lambda: (own.block("attributes").number("expires") or 0) > 0,
        lambda: days(own.block("rotationPolicy").block("attributes").text("expiryTime")) is not None,
    )


def _only_wraps(key: Resource) -> bool:
    uses = {use.strip().lower() for use in settings(key).strings("keyOps")}
    return bool(uses) and uses <= WRAPPING
