"""What the workspace shows of a run's newest submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from modelyard.errors import SurroundingsError
from modelyard.outputs.azure import AzureLaunchTarget
from modelyard_launcher.azure.arm import Arm
from modelyard_launcher.backends.azure_ml.endings import OVER, ending_of, error_in
from modelyard_launcher.backends.azure_ml.history import History
from modelyard_launcher.backends.azure_ml.names import API_VERSION, job_path
from modelyard_launcher.backends.endings import Ending
from modelyard_launcher.records import RunRecord

WAITING = ("NotStarted", "Queued", "Provisioning", "Paused")
STARTING = ("Preparing", "Starting")


@dataclass(frozen=True, slots=True)
class Sight:
    """A job as the workspace shows it."""

    properties: Mapping[str, Any]
    status: str
    details: Mapping[str, Any]
    """What run history says of one that is over; empty if it can't be asked."""
    created: datetime | None
    unseen: SurroundingsError | None = None
    """Why run history can't be asked of one that is over; None if it could."""

    @property
    def over(self) -> bool:
        """Whether it has come to its end."""
        return self.status in OVER

    @property
    def state(self) -> str:
        """How it stands: queued, starting or running, while it isn't over."""
        if self.status in WAITING:
            return "queued"
        return "starting" if self.status in STARTING else "running"

    @property
    def ending(self) -> Ending:
        """How it ended, by the service's word."""
        return ending_of(self.status, error_in(self.details), self.unseen)

    @property
    def ended(self) -> datetime | None:
        """When, if that is known."""
        return moment(self.details.get("endTimeUtc"))


def target_of_record(record: RunRecord) -> AzureLaunchTarget:
    """The target that a run was last submitted to."""
    return AzureLaunchTarget.model_validate(record.target)


def path_of(record: RunRecord) -> str:
    """Resource id of a run's newest job."""
    last = record.submissions[-1]
    return last.job_id or job_path(target_of_record(record), last.job_name)


def look(arm: Arm, history: History, record: RunRecord) -> Sight | None:
    """What there is to see of a run's job; None if the workspace doesn't know it."""
    path = path_of(record)
    job = arm.find(path, API_VERSION)
    if job is None:
        return None
    properties: Mapping[str, Any] = job.get("properties") or {}
    status = str(properties.get("status") or "Unknown")
    details: Mapping[str, Any] = {}
    unseen: SurroundingsError | None = None
    if status in OVER:
        try:
            details = history.details(path, record.submissions[-1].region)
        except SurroundingsError as error:
            # A closed workspace tells its reasons inside its network only: nodes told theirs to the store.
            unseen = error
    created = moment((job.get("systemData") or {}).get("createdAt"))
    return Sight(properties, status, details, created, unseen)


def moment(text: object) -> datetime | None:
    """A moment as the service writes it; None if there is none."""
    if not isinstance(text, str):
        return None
    try:
        # Seven decimals, where Python takes six.
        head, dot, tail = text.rstrip("Z").partition(".")
        found = datetime.fromisoformat(
            f"{head}{dot}{tail[:6]}" if dot and tail.isdigit() else text.rstrip("Z")
        )
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
