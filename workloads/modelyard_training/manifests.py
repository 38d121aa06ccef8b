"""The manifest of a checkpoint (schema `modelyard.checkpoint/1`): written last, without it there is none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from modelyard_training.errors import SettingsError
from modelyard_training.files import FileRecord, sha256
from modelyard_training.parts import check_complete
from modelyard_training.stores import Store

SCHEMA = "modelyard.checkpoint/1"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint that was written, or found to be whole."""

    key: str
    """Key of its manifest in the store."""
    sha256: str
    """SHA-256 of the manifest, which in turn holds that of every file."""
    step: int
    """Optimizer steps done."""
    epoch: int
    """Epochs done, whole ones."""
    world_size: int
    """Processes that trained it."""
    settings: Mapping[str, Any]
    """What a resumed run must have in common with this one: seed, batch size, dataset and the like."""
    versions: Mapping[str, str]
    """Versions of the frameworks that wrote it."""
    files: tuple[FileRecord, ...]

    def as_dict(self, store: Store) -> dict[str, Any]:
        """For a result: where the manifest and each file are, with their SHA-256."""
        folder = self.key.rpartition("/")[0]
        files = [{"key": f"{folder}/{file.name}", **file.as_dict()} for file in self.files]
        return {"key": self.key, "uri": store.uri_of(self.key), "sha256": self.sha256, "files": files}


def write_manifest(
    *,
    step: int,
    epoch: int,
    world_size: int,
    settings: Mapping[str, Any],
    packages: Iterable[str],
    files: Iterable[FileRecord],
) -> bytes:
    """The manifest's bytes, with the versions of `packages` as they are installed here."""
    manifest = {
        "schema": SCHEMA,
        "step": step,
        "epoch": epoch,
        "world_size": world_size,
        "settings": dict(settings),
        "versions": {package: version(package) for package in packages},
        "written_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "files": {record.name: record.as_dict() for record in files},
    }
    return json.dumps(manifest, indent=1).encode()


def read_manifest(key: str, data: bytes) -> Checkpoint:
    """What a manifest describes; ValueError, KeyError, TypeError or AttributeError if it is none."""
    manifest = json.loads(data)
    if manifest["schema"] != SCHEMA:
        raise ValueError(f"schema {manifest['schema']!r}")
    check_complete(manifest["files"])
    return Checkpoint(
        key=key,
        sha256=sha256(data),
        step=int(manifest["step"]),
        epoch=int(manifest["epoch"]),
        world_size=int(manifest["world_size"]),
        settings=dict(manifest["settings"]),
        versions=dict(manifest["versions"]),
        files=tuple(FileRecord.read(name, entry) for name, entry in manifest["files"].items()),
    )


def check_settings(run_id: str, started: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """SettingsError if a run was started with other settings than these; the message says which."""
    differing = [
        f"{name} {started.get(name)!r} (now {now.get(name)!r})"
        for name in sorted(started.keys() | now.keys())
        if started.get(name) != now.get(name)
    ]
    if differing:
        raise SettingsError(
            f"run {run_id} was started with {', '.join(differing)}; use the same options and data, or start "
            "a new run"
        )
