"""An estate on Azure as it should be: of each kind that rules judge at least one resource, but for firewalls and
alerts, which the shipped environments have; in one group, for restricted data. Most name each other by id, as
programs do that are apart; some by what a value came from.
"""

from __future__ import annotations

from collections.abc import Sequence

from mutating import Added, Change, Mutant, mutant
from mutating.azure.account import GROUPS, IDENTITIES
from mutating.azure.common import OWNER
from mutating.azure.compute import MACHINES, SERVICES
from mutating.azure.network import NETWORKS
from mutating.azure.stores import BACKUPS, KEYS, STORES

__all__ = ["ESTATE", "OWNER", "on_azure"]

ESTATE = (*GROUPS, *KEYS, *STORES, *NETWORKS, *MACHINES, *SERVICES, *IDENTITIES, *BACKUPS)
"""All of it."""


def on_azure(
    title: str,
    *changes: Change | Added,
    fails: str | Sequence[str] | None = None,
    kin: str | Sequence[str] = (),
) -> Mutant:
    """A mutant of the estate, beside the stack of an account."""
    return mutant(title, *changes, fails=fails, kin=kin, stack="account", given=ESTATE)
