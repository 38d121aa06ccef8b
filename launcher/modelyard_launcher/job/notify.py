"""Who is told when a run ends."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from modelyard_launcher.job.fields import JobPart, distinct, without_nul

WEBHOOK_PATTERN = (
    r"^(?:https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?|http://(?:localhost|127\.0\.0\.1)(?::[0-9]{1,5})?)"
    r"(?:[/?][!-~]*)?$"
)

Ending = Literal["succeeded", "failed", "cancelled"]
"""How a run can end."""


class Notify(JobPart):
    """Who is told when a run ends: a webhook, a command, or both."""

    webhook: (
        Annotated[
            str,
            Field(
                pattern=WEBHOOK_PATTERN,
                max_length=2_048,
                examples=["https://hooks.example.com/training"],
                json_schema_extra={
                    "allowed": "an https:// URL without a user's name in it "
                    "(http:// for localhost and 127.0.0.1 only)",
                    "mend": "write the URL as its service shows it, as https://hooks.example.com/training",
                },
            ),
        ]
        | None
    ) = None
    """URL that the run's record is posted to as JSON. Plans and records show its host only."""

    command: (
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=4_096,
                pattern=r"\S",
                examples=['echo "$MODELYARD_RUN_ID: $MODELYARD_STATE"'],
                json_schema_extra={
                    "allowed": "shell text of up to 4,096 characters",
                    "mend": "write the command that tells whoever waits",
                },
            ),
            AfterValidator(without_nul),
        ]
        | None
    ) = None
    """Shell text that is run where the run's end is seen: by `job submit`, `job wait` or `job supervise`."""

    on: Annotated[list[Ending], AfterValidator(distinct)] = Field(
        default=["succeeded", "failed", "cancelled"],
        min_length=1,
        max_length=3,
        examples=[["failed"]],
        json_schema_extra={
            "allowed": "succeeded, failed, cancelled, each once",
            "mend": "list the endings that are told of, as [failed]; leave it out for all",
        },
    )
    """Endings that are told of."""

    @model_validator(mode="after")
    def _someone_is_told(self) -> Self:
        if self.webhook is None and self.command is None:
            raise ValueError("it names nobody who is told: neither a webhook nor a command")
        return self
