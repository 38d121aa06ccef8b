"""KMS: protected keys refuse deletion, states and replicas of keys hold, rotations have their period.

What stands in a key's policy as a denial is evaluated for every operation on the key. Sources: KMS API
reference, the operations of these names; KMS developer guide, key states, multi-Region keys, key policies;
2026-11.
"""

from __future__ import annotations

from modelyard_sandbox.moto_extensions.kms import (
    aliases,
    deletion,
    enabling,
    grants,
    guards,
    ids,
    policies,
    private_keys,
    replicas,
    rotation,
)
from modelyard_sandbox.moto_extensions.kms.related import install_clock

__all__ = ["install"]


def install() -> None:
    """Put the operations in the place of moto's; guards stand in front of all of them."""
    for module in (aliases, deletion, enabling, grants, ids, policies, private_keys, replicas, rotation):
        module.install()
    guards.install()
    install_clock()
