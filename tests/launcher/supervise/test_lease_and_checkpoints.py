"""One supervisor for a run; and where a run would go on."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from modelyard_launcher.access import S3Access
from modelyard_launcher.stores import Store, open_store
from modelyard_launcher.supervise import checkpoints
from modelyard_launcher.supervise.checkpoints import newest_checkpoint
from modelyard_launcher.supervise.lease import HELD_FOR, SupervisorLease
from modelyard_node.keys import supervisor_key

RUN = "cnn-20261201-110000-0000"
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["file", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, s3_access: S3Access, s3_client: Any) -> Store:
    if request.param == "file":
        return open_store(f"file://{tmp_path}/store", s3_access)
    bucket = f"supervise-{abs(hash(request.node.nodeid))}"
    s3_client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": s3_access.region})
    return open_store(f"s3://{bucket}", s3_access)


def test_a_run_has_one_supervisor_and_another_is_told_which(store: Store) -> None:
    first, second = SupervisorLease(store, RUN), SupervisorLease(store, RUN)
    assert first.take(NOON) is None
    holder = second.take(NOON)
    assert holder is not None
    assert str(holder).startswith("process ")
    assert first.take(NOON + timedelta(seconds=15)) is None, "it keeps what it has"


def test_of_supervisors_that_start_at_once_one_gets_the_run(store: Store) -> None:
    leases = [SupervisorLease(store, RUN) for _ in range(8)]
    with ThreadPoolExecutor(8) as starting:
        holders = list(starting.map(lambda lease: lease.take(NOON), leases))
    assert holders.count(None) == 1


def test_a_supervisor_that_is_silent_too_long_is_followed_by_another(store: Store) -> None:
    first, second = SupervisorLease(store, RUN), SupervisorLease(store, RUN)
    assert first.take(NOON) is None
    assert second.take(NOON + HELD_FOR - timedelta(seconds=1)) is not None
    assert second.take(NOON + HELD_FOR) is None
    assert first.take(NOON + HELD_FOR) is not None, "the first has lost it"


def test_a_lease_that_is_given_back_is_free_at_once_and_only_by_its_holder(store: Store) -> None:
    first, second = SupervisorLease(store, RUN), SupervisorLease(store, RUN)
    assert first.take(NOON) is None
    second.give_back(NOON)
    assert second.take(NOON) is not None
    first.give_back(NOON)
    assert second.take(NOON) is None


def test_what_is_no_lease_keeps_nobody_away(store: Store) -> None:
    store.put(supervisor_key(RUN), b"{}")
    assert SupervisorLease(store, RUN).take(NOON) is None


def write(store: Store, step: int, *, parts: int = 2) -> str:
    """Write a checkpoint as training containers do; its folder."""
    folder = f"checkpoints/{RUN}/step-{step:010d}"
    files: dict[str, dict[str, object]] = {}
    for part in range(parts):
        data = f"step {step} part {part}".encode()
        store.put(f"{folder}/part-{part}.npz", data)
        files[f"part-{part}.npz"] = {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
    manifest = {"schema": "modelyard.checkpoint/1", "step": step, "files": files}
    store.put(f"{folder}/manifest.json", json.dumps(manifest).encode())
    return folder


def test_without_a_checkpoint_a_run_goes_on_from_the_start(store: Store) -> None:
    found = newest_checkpoint(store, RUN)
    assert (found.step, found.key, found.passed_over) == (0, None, ())


def test_the_newest_checkpoint_is_taken_if_every_file_is_right(store: Store) -> None:
    for step in (9, 100, 20):
        write(store, step)
    found = newest_checkpoint(store, RUN)
    assert (found.step, found.compared, found.passed_over) == (100, True, ())
    assert found.key == f"checkpoints/{RUN}/step-0000000100/manifest.json"


@pytest.mark.parametrize(
    ("break_it", "why"),
    [
        (
            lambda store, folder: store.put(f"{folder}/part-1.npz", b"other"),
            "part-1.npz is not what its SHA-256",
        ),
        (
            lambda store, folder: store.put(f"{folder}/manifest.json", b"{"),
            "its manifest.json can't be under",
        ),
        (
            lambda store, folder: store.put(f"{folder}/manifest.json", b'{"files": []}'),
            "its manifest.json can't",
        ),
    ],
)
def test_a_broken_checkpoint_is_passed_over_and_named(store: Store, break_it: Any, why: str) -> None:
    write(store, 10)
    break_it(store, write(store, 20))
    found = newest_checkpoint(store, RUN)
    assert found.step == 10
    assert found.passed_over[0].startswith(f"step-0000000020: {why}")


def test_a_checkpoint_that_was_never_finished_is_passed_over(tmp_path: Path, s3_access: S3Access) -> None:
    store = open_store(f"file://{tmp_path}/store", s3_access)
    write(store, 10)
    folder = write(store, 20)
    (tmp_path / "store" / folder / "manifest.json").unlink()
    missing = write(store, 30)
    (tmp_path / "store" / missing / "part-0.npz").unlink()
    found = newest_checkpoint(store, RUN)
    assert found.step == 10
    assert found.passed_over == (
        "step-0000000030: part-0.npz is missing",
        "step-0000000020: it has no manifest.json",
    )


def test_steps_of_a_checkpoint_that_is_passed_over_are_lost(store: Store) -> None:
    assert newest_checkpoint(store, RUN).steps_lost(0) == 0
    write(store, 10)
    assert [newest_checkpoint(store, RUN).steps_lost(heard) for heard in (0, 10, 12)] == [0, 0, 2]
    store.put(f"checkpoints/{RUN}/step-0000000020/part-0.npz", b"half way")
    # Nobody has told of the twentieth step, but it was done: its checkpoint was on its way.
    assert [newest_checkpoint(store, RUN).steps_lost(heard) for heard in (0, 12, 25)] == [10, 10, 15]


def test_of_a_large_checkpoint_sizes_are_compared(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "LARGEST_READ_BYTES", 10)
    write(store, 10)
    folder = write(store, 20)
    found = newest_checkpoint(store, RUN)
    assert (found.step, found.compared) == (20, False)
    store.put(f"{folder}/part-0.npz", b"short")
    found = newest_checkpoint(store, RUN)
    assert (found.step, found.passed_over) == (10, ("step-0000000020: part-0.npz has 5 bytes instead of 14",))
