"""Whoever holds the blobs is told of the containers that come and go."""

from __future__ import annotations

from arming import ACCOUNT, BLOBS, GROUP, Arm, account

from modelyard_sandbox.azure.manager.store import Store


def test_a_container_is_told_of_once_when_it_is_made_and_once_when_it_goes(group: Arm) -> None:
    told: list[tuple[str, str, bool]] = []

    def watch(_store: Store, of: str, container: str, made: bool) -> None:
        told.append((of, container, made))

    group.store.on_container.append(watch)
    group.put(ACCOUNT, account())
    group.put(f"{BLOBS}/containers/data", {})
    group.put(f"{BLOBS}/containers/data", {"properties": {"metadata": {"a": "b"}}})
    assert told == [("account1", "data", True)]
    group.call("DELETE", f"{BLOBS}/containers/data")
    assert told[1:] == [("account1", "data", False)]
    group.put(f"{BLOBS}/containers/data", {})
    group.call("DELETE", GROUP)
    assert told[2:] == [("account1", "data", True), ("account1", "data", False)], "also with its account"


def test_a_container_that_is_refused_is_not_told_of(group: Arm) -> None:
    told: list[str] = []
    group.store.on_container.append(lambda _store, _of, container, _made: told.append(container))
    group.put(ACCOUNT, account())
    group.refused("PUT", f"{BLOBS}/containers/data", {"properties": {"publicAccess": "Blob"}})
    assert told == []
