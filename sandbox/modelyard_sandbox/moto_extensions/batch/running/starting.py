"""How a container starts: what it needs from moto is read first, then its directories and its process are
made.

Source: Amazon ECS developer guide, "Stopped tasks error messages", 2026-11: what is wrong before the
container runs fails the task's start, with the container's reason or the task's.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from modelyard_sandbox.moto_extensions.batch.running import logs, reasons
from modelyard_sandbox.moto_extensions.batch.running.hosts import Mount, Setup, mounts_of, set_up, setup_of
from modelyard_sandbox.moto_extensions.batch.running.run import Task
from modelyard_sandbox.moto_extensions.batch.running.secrets_of import MissingSecretError, secrets_of
from modelyard_sandbox.moto_extensions.batch.running.task_metadata import metadata_of
from modelyard_sandbox.moto_extensions.batch.running.task_roles import TaskRole, TaskRoles
from modelyard_sandbox.moto_extensions.batch.running.variables import command_of, variables_of
from modelyard_sandbox.moto_extensions.place import place
from modelyard_sandbox.running.processes import Process
from modelyard_sandbox.running.settings import grace_seconds


class StartError(Exception):
    """A container doesn't start."""

    def __init__(self, status_reason: str, reason: str | None) -> None:
        super().__init__(reason or status_reason)
        self.status_reason = status_reason
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Start:
    """A container that is ready to be started."""

    task: Task
    command: list[str]
    variables: dict[str, str] = field(repr=False)
    mounts: list[Mount]
    setup: Setup

    @property
    def said(self) -> str:
        """The program as the definition names it, whatever it is called on this machine."""
        root = str(self.task.host / "host")
        mount = next((item for item in self.mounts if self.command[0].startswith(root + item.source)), None)
        return (
            self.command[0].replace(root + mount.source, mount.container_path, 1)
            if mount
            else self.command[0]
        )

    def go(self) -> Process:
        """Make its directories and its process; without the server's turn, for it takes a moment.

        Raises:
            StartError: the command is no program, or the machine has no room for it.
        """
        root = self.task.host
        try:
            for name in ("host", "home", "work"):
                (root / name).mkdir(parents=True)
            set_up(root / "host", self.mounts, self.setup, self.task.machine.instance_id)
            self._must_be_a_program(root / "work")
            return Process(
                self.command, self.variables, root / "work", grace_seconds(self.setup.stop_seconds)
            )
        except (OSError, ValueError) as error:
            # No room on the disk, too many processes, a command that is too long or holds what none may.
            raise StartError(reasons.FAILED_TO_START, f"{reasons.RUNTIME}{error}") from error

    def _must_be_a_program(self, directory: Path) -> None:
        program = self.command[0]
        found = shutil.which(directory / program if "/" in program else program, path=self.variables["PATH"])
        if found is None:
            exists = "/" in program and (directory / program).exists()
            message = reasons.not_executable(self.said, exists=exists)
            raise StartError(reasons.FAILED_TO_START, message)


def prepare(task: Task, roles: TaskRoles, *, image_missing: bool) -> Start:
    """What a container's start needs from what moto holds. The caller holds the server's turn.

    Raises:
        StartError: it can't start.
    """
    unit, properties = task.unit, task.unit.properties()
    backend = unit.backend
    account_id, region = backend.account_id, backend.region_name
    if image_missing:
        raise StartError(reasons.FAILED_TO_START, reasons.image_missing(properties.get("image", "")))
    try:
        secrets = secrets_of(properties, account_id, region)
    except MissingSecretError as error:
        raise StartError(str(error), None) from error
    mounts = mounts_of(properties)
    command = command_of(task, mounts)
    if not command:
        raise StartError(reasons.FAILED_TO_START, reasons.NO_COMMAND)
    try:
        task.log = logs.opened(properties, unit.submission.definition.name, task.task_id, account_id, region)
    except logs.NoLogGroupError as error:
        raise StartError(reasons.FAILED_TO_START, reasons.NO_LOG_GROUP) from error
    role = TaskRole(
        task.task_id, account_id, place().endpoint, properties.get("jobRoleArn"), metadata_of(task)
    )
    roles.add(role)
    variables = variables_of(task, mounts, secrets, role)
    return Start(task, command, variables, mounts, setup_of(backend, task.run.fleet.resources))
