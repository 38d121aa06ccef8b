"""What a job's nodes find on their disks: the code, and the data as directories."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from modelyard_sandbox.azure.manager.ml.job_checks import NAMED
from modelyard_sandbox.azure.manager.store import Body
from modelyard_sandbox.azure.ml_running import reasons
from modelyard_sandbox.azure.ml_running.blob_client import BlobClient, BlobError
from modelyard_sandbox.azure.ml_running.mounts import Mount, Writes
from modelyard_sandbox.azure.ml_running.plan import Data, Plan

WRITES: dict[str, Writes] = {"ReadWriteMount": "through", "Upload": "at_last"}
"""When what a job writes is copied, by the mode of its data."""


class StagingError(Exception):
    """A job's nodes can't be made ready."""

    def __init__(self, error: Body) -> None:
        super().__init__(error["message"])
        self.error = error


@dataclass(frozen=True, slots=True)
class Stage:
    """A job's nodes, made ready."""

    directory: Path
    command: str
    mounts: list[Mount] = field(default_factory=list[Mount])

    def node(self, number: int) -> tuple[Path, Path]:
        """A node's working directory, and its home."""
        place = self.directory / f"node-{number}"
        return place / "wd", place / "home"


def staged(plan: Plan, directory: Path, client: BlobClient | None) -> Stage:
    """Make a job's nodes ready; all of them share its data, as mounts of one container do.

    Args:
        plan: the job.
        directory: where.
        client: reads and writes blobs; None if nobody serves them.

    Raises:
        StagingError: code or data can't be had, or this machine has no room.
    """
    needed = plan.code is not None or any(_is_copied(data) for data in plan.data)
    if client is None and needed:
        raise StagingError(reasons.no_blobs())
    try:
        directory.mkdir(parents=True)
        mounts, words = _mounts(plan, directory / "data", client)
        for mount in mounts:
            mount.fill()
        stage = Stage(directory, _substituted(plan.command, words), mounts)
        _lay_out(plan, stage, client)
    except BlobError as error:
        raise StagingError(reasons.data_failed(str(error))) from error
    except OSError as error:
        raise StagingError(reasons.not_started(str(error))) from error
    return stage


def _lay_out(plan: Plan, stage: Stage, client: BlobClient | None) -> None:
    for number in range(plan.node_count):
        work, home = stage.node(number)
        home.mkdir(parents=True)
        if plan.code is None or client is None:
            work.mkdir()
        elif number > 0:
            shutil.copytree(stage.node(0)[0], work)
        else:
            Mount(work, plan.code, client).fill()
            if not any(work.iterdir()):
                place = f"{plan.code.account}/{plan.code.container}/{plan.code.path}"
                raise StagingError(reasons.no_code(place))


def _is_copied(data: Data) -> bool:
    return data.place is not None and data.mode != "Direct"


def _mounts(
    plan: Plan, directory: Path, client: BlobClient | None
) -> tuple[list[Mount], Mapping[tuple[str, str], str]]:
    """The mounts, and what the command's words for data become."""
    mounts: list[Mount] = []
    words: dict[tuple[str, str], str] = {}
    for data in plan.data:
        if not _is_copied(data) or data.place is None or client is None:
            words[data.kind, data.name] = data.value
            continue
        place = directory / data.kind / data.name
        is_one_file = data.type == "uri_file"
        if is_one_file:
            place /= data.place.path.rpartition("/")[2]
        mounts.append(Mount(place, data.place, client, WRITES.get(data.mode, "no"), is_one_file))
        words[data.kind, data.name] = str(place)
    return mounts, words


def _substituted(command: str, words: Mapping[tuple[str, str], str]) -> str:
    return NAMED.sub(lambda found: words.get((found["kind"], found["name"]), found[0]), command)
