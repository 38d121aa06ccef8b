"""The event that starts the privileged job: another workflow's run has ended."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelyard.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class EndedRun:
    """The run whose report is to be shown, as GitHub's event describes it."""

    repository: str
    """The repository that the pull request goes to, as `owner/name`."""
    run_id: int
    head_sha: str
    head_owner: str
    """Owner of the repository that the pull request comes from: another's, for a fork."""
    head_branch: str
    conclusion: str
    """GitHub's own word for how the run ended: `success`, `failure`, `cancelled` …"""
    url: str

    @property
    def short_sha(self) -> str:
        """The commit, as people write it."""
        return self.head_sha[:7]


def read_event(file: Path) -> EndedRun | None:
    """The run that the event at `file` tells of; None if no pull request started it, or its fork is gone.

    Raises:
        InputError: it isn't an event of `workflow_run`.
    """
    try:
        event = json.loads(file.read_text(encoding="utf-8"))
        run = event["workflow_run"]
        if run["event"] != "pull_request" or run["head_repository"] is None:
            return None
        found = EndedRun(
            repository=_matching(event["repository"]["full_name"], r"[\w.-]+/[\w.-]+"),
            run_id=int(run["id"]),
            head_sha=_matching(run["head_sha"], r"[0-9a-f]{40,64}"),
            head_owner=_matching(run["head_repository"]["owner"]["login"], r"[\w.-]+"),
            head_branch=_matching(run["head_branch"], r".+"),
            conclusion=_matching(run["conclusion"] or "unknown", r"[a-z_]+"),
            url=_matching(run["html_url"], r"https?://\S+"),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError([_not_an_event(file, error)]) from error
    return found


def _matching(value: Any, pattern: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise ValueError(f"{value!r} isn't of the form {pattern}")
    return value


def _not_an_event(file: Path, error: Exception) -> Problem:
    return Problem(
        field=error.args[0] if isinstance(error, KeyError) else "",
        given=type(error).__name__,
        message="this isn't the event of a workflow_run",
        allowed="the file that GitHub names in GITHUB_EVENT_PATH, in a workflow that runs on workflow_run",
        mend="run this command in such a workflow: docs/how-to/check-pull-requests.md has one",
        file=str(file),
    )
