"""What the launcher registers at AWS Batch for jobs that are submitted to an environment: it goes with it.

Such a definition is named by the environment, the job and a hash of its content, and carries the
environment's tag. Pulumi knows nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.registry import handler_of

TYPE = "aws:batch/jobDefinition:JobDefinition"

Listed = tuple[str, str, str]
"""Type, region and id of something in the account."""


def remove_definitions(environment: str, besides: Iterable[Listed], cloud: Cloud) -> set[Listed]:
    """Remove those of an environment among what else is in the account; which they were."""
    named = re.compile(rf":job-definition/({re.escape(environment)}-.+-[0-9a-f]{{12}}):[0-9]+")
    gone: set[Listed] = set()
    for type_, region, id_ in besides:
        name = named.search(id_) if type_ == TYPE else None
        if name is None:
            continue
        place = cloud.in_region(region)
        found = place.client("batch").describe_job_definitions(jobDefinitionName=name[1], status="ACTIVE")
        if all(each.get("tags", {}).get("environment") == environment for each in found["jobDefinitions"]):
            handler_of(TYPE).delete(place, id_, {})
            gone.add((type_, region, id_))
    return gone
