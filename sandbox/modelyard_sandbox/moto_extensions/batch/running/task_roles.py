"""What containers ask the server itself: the credentials of their role, and what ECS knows of them.

Sources: AWS SDKs and tools reference guide, "Container credential provider" (the answer's members, the
token); Amazon ECS developer guide, "Task metadata endpoint version 4"; 2026-11. The credentials are those
by which the sandbox knows the account (`accounts`): what a role may do isn't looked at.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from modelyard_sandbox.accounts import SECRET_ACCESS_KEY, access_key_of
from modelyard_sandbox.job_faults import TASKS_PATH

VALID_FOR = timedelta(hours=6)
"""How long a role's credentials are valid on ECS."""


@dataclass(frozen=True, slots=True)
class TaskRole:
    """Who a container is, for those who ask by its token."""

    task_id: str
    account_id: str
    endpoint: str
    role_arn: str | None
    metadata: dict[str, Any]
    """Of the task and its one container, as the endpoint shows them."""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def credentials_uri(self) -> str:
        """Where it gets credentials."""
        return f"{self.endpoint}{TASKS_PATH}{self.task_id}/credentials"

    @property
    def metadata_uri(self) -> str:
        """Where it learns who it is."""
        return f"{self.endpoint}{TASKS_PATH}{self.task_id}"

    def credentials(self) -> dict[str, str]:
        """Credentials of the role."""
        return {
            "RoleArn": self.role_arn or "",
            "AccessKeyId": access_key_of(self.account_id),
            "SecretAccessKey": SECRET_ACCESS_KEY,
            "Token": "sandbox",
            "Expiration": f"{datetime.now(UTC) + VALID_FOR:%Y-%m-%dT%H:%M:%SZ}",
        }


class TaskRoles:
    """The containers that run, by their tasks' ids."""

    def __init__(self) -> None:
        self._roles: dict[str, TaskRole] = {}

    def add(self, role: TaskRole) -> None:
        """A container begins."""
        self._roles[role.task_id] = role

    def forget(self, task_id: str) -> None:
        """A container has ended."""
        self._roles.pop(task_id, None)

    def answer(self, path: str, token: str) -> tuple[int, dict[str, Any]]:
        """Status and document for what a container asks, by the path below TASKS_PATH."""
        task_id, _, what = path.partition("/")
        role = self._roles.get(task_id)
        if role is None:
            return 404, {"message": "no such task"}
        if what == "credentials":
            if role.role_arn is None or token != role.token:
                return 403, {"message": "the authorization token is wrong"}
            return 200, dict(role.credentials())
        if what == "task":
            return 200, {**role.metadata["task"], "Containers": [role.metadata["container"]]}
        if not what:
            return 200, role.metadata["container"]
        return 404, {"message": f"there is no {what}"}
