"""Objects of a container that nobody may change or delete until a time: immutability policies of versions.

The container must have version-level immutability (`immutable_containers` of component Storage). Azurite has
none and answers with APINotImplemented. Sources: "Copy Blob", "Set Blob Immutability Policy", Azure Storage
REST API, 2026-11.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from modelyard_launcher.outcomes import AnsweredError
from modelyard_launcher.stores.blob import IS_THERE, BlobStore

PAUSE_SECONDS = 1.0
"""Between two questions whether a copy has ended."""


def promote(store: BlobStore, key: str, to: str, until: datetime, *, locked: bool = False) -> bool:
    """Copy an object to a key that nothing lies at, and keep the copy from being changed or deleted until a
    time; whether it was copied. False if something lies there.

    The policy comes with the copy: there is no moment in which the copy stands without it.

    Args:
        store: of both.
        key: what is copied; AnsweredError if it isn't there.
        to: key of the copy.
        until: when the policy ends, with its time zone.
        locked: nobody can shorten or lift the policy (`Locked`). Else who has the right to can (`Unlocked`).
    """
    from azure.core import MatchConditions

    container, client = store.container, store.container.client()
    source, copy = client.get_blob_client(store.name_of(key)), client.get_blob_client(store.name_of(to))
    begun = container.answer(
        lambda: copy.start_copy_from_url(
            source.url,
            immutability_policy=_policy(until, locked=locked),
            match_condition=MatchConditions.IfMissing,
        ),
        dict.fromkeys(IS_THERE),
    )
    if begun is None:
        return False
    while True:
        state = container.answer(copy.get_blob_properties).copy
        if state.status == "success":
            return True
        if state.status != "pending":
            reason = state.status_description or "no reason given"
            raise AnsweredError(
                f"{container.uri}: the copy of {key} to {to} ended as {state.status}: {reason}",
                f"promote it again, to another name: what there is of {to} is kept by its policy",
            )
        time.sleep(PAUSE_SECONDS)


def lock(store: BlobStore, key: str, until: datetime, *, locked: bool = False) -> None:
    """Keep an object's current version from being changed or deleted until a time, with its time zone.

    A locked policy can only be made to end later.
    """
    blob = store.container.client().get_blob_client(store.name_of(key))
    policy = _policy(until, locked=locked)
    store.container.answer(lambda: blob.set_immutability_policy(policy))


def _policy(until: datetime, *, locked: bool) -> Any:
    from azure.storage.blob import BlobImmutabilityPolicyMode, ImmutabilityPolicy

    mode = BlobImmutabilityPolicyMode.LOCKED if locked else BlobImmutabilityPolicyMode.UNLOCKED
    return ImmutabilityPolicy(expiry_time=until, policy_mode=mode)
