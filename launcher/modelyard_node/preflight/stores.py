"""Whether the dataset store can be read, and the checkpoint store written."""

from __future__ import annotations

import time
from collections.abc import Mapping

from modelyard_node.preflight.findings import COMMON, NODE, Finding, failed, passed
from modelyard_node.store import Store, StoreAwayError, StoreError, open_store

DEEPEST = 16
"""Folders that are gone into in search of an object."""

_DATASET = "an object of it can be read"
_CHECKPOINT = "what is written can be read back"

_REACH = "see whether the node reaches the store: its network, its endpoints, its security group"


def check_dataset(uri: str, environ: Mapping[str, str], seconds: float) -> Finding:
    """List the dataset store, and read the first byte of the first object that is found."""
    until = time.monotonic() + seconds
    try:
        store = open_store(uri, environ)
        key = first_key(store, until)
        if key is None:
            return passed("dataset", f"{uri} is empty", _DATASET)
        if store.peek(key, patience=_left(until)) is None:
            return passed("dataset", f"{uri}/{key} went away just now", _DATASET)
    except StoreAwayError as error:
        return failed("dataset", f"{uri}: {error}", _DATASET, _REACH, NODE)
    except StoreError as error:
        mend = "see what the job's role may do (s3:ListBucket, s3:GetObject and the store's key)"
        return failed("dataset", str(error), _DATASET, mend, COMMON)
    return passed("dataset", f"{uri} can be read", _DATASET)


def check_checkpoint(store: Store, key: str, content: bytes, patience: float) -> Finding:
    """Write an object of this node's to the checkpoint store, and read it back."""
    began = time.monotonic()
    try:
        store.put(key, content, patience=patience)
        read = store.get(key, patience=patience)
    except StoreAwayError as error:
        return failed("checkpoint", str(error), _CHECKPOINT, _REACH, NODE)
    except StoreError as error:
        mend = "see what the job's role may do (s3:PutObject, s3:GetObject and the store's key)"
        return failed("checkpoint", str(error), _CHECKPOINT, mend, COMMON)
    if read != content:
        mend = "see who else writes to the store, or where what is read comes from"
        return failed("checkpoint", f"{store.uri}/{key} isn't what was written", _CHECKPOINT, mend, COMMON)
    seconds = time.monotonic() - began
    return passed("checkpoint", f"written and read back within {max(seconds, 0.1):.1f} s", _CHECKPOINT)


def first_key(store: Store, until: float) -> str | None:
    """An object of a store; None if there is none. Of folders within each other, sixteen are gone into.

    Raises StoreError, and StoreAwayError once that time has come (`time.monotonic()`).
    """
    prefix = ""
    for _ in range(DEEPEST):
        names = store.names(prefix, most=1, patience=_left(until))
        if not names:
            return None
        prefix += names[0]
        if not prefix.endswith("/"):
            return prefix
    return None


def _left(until: float) -> float:
    return max(until - time.monotonic(), 0.1)
