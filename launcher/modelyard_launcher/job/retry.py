"""What happens when an attempt fails."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from modelyard_launcher.job.fields import JobPart, distinct

MOST_STARTS = 10
"""Starts of one submission: AWS Batch takes 1 to 10 attempts (API Reference, RetryStrategy, 2026-11)."""

HOST_FAILURE_STARTS = 3
"""Starts beyond `attempts` that failures of hosts may use: they aren't the program's fault."""

Event = Literal["host_failure", "image_pull_failure", "out_of_memory"]
"""What may befall a job that isn't its program's exit code."""


class Retry(JobPart):
    """What happens when an attempt fails. A timeout and a cancelled run are never tried again."""

    attempts: int = Field(
        default=1,
        ge=1,
        le=MOST_STARTS,
        examples=[3],
        json_schema_extra={
            "allowed": "a whole number from 1 to 10, the first time included",
            "mend": "set attempts to a value from 1 to 10: AWS Batch starts a job ten times at most",
        },
    )
    """How often the program may be started at most, the first time included (AWS Batch takes 1 to 10 in all).
    Failures of hosts don't count, up to three more starts as far as ten in all have room."""

    exit_codes: (
        Annotated[
            list[Annotated[int, Field(ge=1, le=255)]],
            Field(
                min_length=1,
                max_length=255,
                examples=[[75]],
                json_schema_extra={
                    "allowed": "exit codes from 1 to 255, each once",
                    "mend": "list the codes, as [75, 137]; leave it out to retry on every code",
                },
            ),
            AfterValidator(distinct),
        ]
        | None
    ) = None
    """Exit codes after which another attempt is made. Unset: all but 0."""

    on_events: Annotated[list[Event], AfterValidator(distinct)] = Field(
        default=["host_failure"],
        max_length=3,
        examples=[["host_failure"]],
        json_schema_extra={
            "allowed": "host_failure, image_pull_failure, out_of_memory, each once",
            "mend": "list the events, as [host_failure], or write [] for none",
        },
    )
    """What befalls a job from outside, and after which it is started again: its host failed or was taken
    back, its image couldn't be pulled, its memory ran out."""

    @property
    def survives_hosts(self) -> bool:
        """Whether a failure of a host starts the job again."""
        return "host_failure" in self.on_events

    @property
    def most_starts(self) -> int:
        """Starts of one submission at most, those after failures of hosts included."""
        return min(MOST_STARTS, self.attempts + HOST_FAILURE_STARTS * self.survives_hosts)
