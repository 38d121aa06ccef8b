"""What AWS Batch takes, checked before it is called: a table of the documented limits that a job can meet.

Each limit measures something in a request, and says which field of the job it comes from. Sources, all read
in 2026-11: AWS Batch API Reference ("API"), AWS Batch User Guide ("UG"), and where Batch hands something on,
the service that bounds it.
"""

from __future__ import annotations

from modelyard.errors import Problem
from modelyard_launcher.backends.aws_batch import measures as of
from modelyard_launcher.backends.aws_batch.limits.containers import CONTAINER_LIMITS
from modelyard_launcher.backends.aws_batch.limits.jobs import JOB_LIMITS
from modelyard_launcher.backends.aws_batch.limits.limit import Limit
from modelyard_launcher.backends.aws_batch.limits.retrying import RETRY_LIMITS
from modelyard_launcher.backends.aws_batch.limits.tagging import FEWER, MOST_TAGS, TAG_LIMITS, TOO_MANY
from modelyard_launcher.backends.aws_batch.measures import Request

LIMITS: tuple[Limit, ...] = (*JOB_LIMITS, *CONTAINER_LIMITS, *RETRY_LIMITS, *TAG_LIMITS)
"""All of them, in the order in which they are told."""


def definition_problems(request: Request) -> list[Problem]:
    """What Batch wouldn't take of a RegisterJobDefinition."""
    return [problem for limit in LIMITS if "define" in limit.calls for problem in limit.problems(request)]


def submission_problems(request: Request) -> list[Problem]:
    """What Batch wouldn't take of a SubmitJob."""
    return [problem for limit in LIMITS if "submit" in limit.calls for problem in limit.problems(request)]


def joint_problems(definition: Request, submission: Request) -> list[Problem]:
    """What Batch wouldn't take of the two together: a job with more tags than that fails as it starts (API,
    SubmitJob.propagateTags).
    """
    together = of.combined_tags(definition, submission)
    if together <= MOST_TAGS:
        return []
    message = TOO_MANY.format(given=together)
    return [Problem("name", str(together), message, f"{MOST_TAGS} tags", FEWER)]
