"""What Azure Machine Learning takes of a job, checked before it is called: a table of the documented limits
that a job can meet. Each says what it measures and which field of the job that comes from.

Sources, 2026-11: "Service limits in Azure Machine Learning", 2025-02-05 ("SL"); "Manage and increase quotas",
2026-01-27 ("QU"); REST reference of Jobs, 2025-12-01 ("REST"). Number and length of environment variables
have no documented limit.
"""

from __future__ import annotations

from modelyard.catalog.azure.limits import limit
from modelyard.errors import Problem
from modelyard_launcher.backends.azure_ml import measures as of
from modelyard_launcher.backends.limit import Limit, Request

DAY_SECONDS = 86_400
MOST_TAGS, LONGEST_TAG_KEY, LONGEST_TAG_VALUE = 50, 100, 1_000
LONGEST_EXPERIMENT = 256
MOST_TRIALS = 1_000
JOB_DAYS = limit("job_days").default

_FEWER = "take tags from the environment"
_OTHERWISE = "name the environment's tags otherwise"

LIMITS: tuple[Limit, ...] = (
    Limit(
        "experiment",
        "name",
        of.experiment,
        "the name of the experiment has {given} characters",
        f"1 to {LONGEST_EXPERIMENT} characters",
        "shorten the job's name",
        "SL: experiment name",
        least=1,
        most=LONGEST_EXPERIMENT,
    ),
    Limit(
        "tags",
        "name",
        of.tag_count,
        "the environment's tags and the run's own are {given} together",
        f"{MOST_TAGS} tags",
        _FEWER,
        "SL: tags of a run",
        most=MOST_TAGS,
    ),
    Limit(
        "tag-key-length",
        "name",
        of.tag_keys,
        "the key of {what} has {given} characters",
        f"1 to {LONGEST_TAG_KEY} characters",
        _OTHERWISE,
        "SL: length of a tag's key",
        least=1,
        most=LONGEST_TAG_KEY,
    ),
    Limit(
        "tag-value-length",
        "name",
        of.tag_values,
        "the value of {what} has {given} characters",
        f"{LONGEST_TAG_VALUE:,} characters",
        "shorten the environment's tags",
        "SL: length of a tag's value",
        most=LONGEST_TAG_VALUE,
    ),
    Limit(
        "timeout",
        "timeout",
        of.dedicated_timeout,
        "with the time that setting up takes, the service would be told to end the job after {given} "
        "seconds, and it ends jobs on dedicated nodes sooner",
        f"{JOB_DAYS * DAY_SECONDS:,} seconds ({JOB_DAYS} days) in all",
        "write a timeout that is an hour shorter",
        "QU: job lifetime of a cluster",
        least=1,
        most=JOB_DAYS * DAY_SECONDS,
    ),
    Limit(
        "shared-memory",
        "resources.shm",
        of.shared_memory,
        "{given} can't be the size of the shared memory",
        "a number and one of b, k, m and g",
        "write resources.shm as a whole number of GiB",
        "REST: JobResourceConfiguration.shmSize",
        pattern=r"[1-9]\d*[bBkKmMgG]",
    ),
    Limit(
        "trials",
        "sweep",
        of.trials,
        "the sweep has {given} variants, and a sweep of Azure Machine Learning has fewer trials",
        f"1 to {MOST_TRIALS:,} variants",
        "make several sweeps of it",
        "REST: SweepJobLimits.maxTotalTrials",
        least=1,
        most=MOST_TRIALS,
    ),
)
"""All of them, in the order in which they are told."""


def job_limit_problems(properties: Request) -> list[Problem]:
    """What the service wouldn't take of a job, by its `properties`."""
    return [problem for limit in LIMITS for problem in limit.problems(properties)]
