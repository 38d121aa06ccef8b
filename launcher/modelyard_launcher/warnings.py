"""What is allowed and yet unwise: a sentence each."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_launcher.costs import Cost
from modelyard_launcher.foreign_variables import foreign_variables
from modelyard_launcher.job import Job, image_reference, speaks_of_a_secret


def job_warnings(job: Job, cost: Cost, cloud: str = "aws") -> list[str]:
    """What somebody who knows better would say of the job, on a cloud."""
    return [
        *foreign_variables(job),
        *_image(job, cloud),
        *_secrets(job, cloud),
        *_retry(job),
        *_sweep(job, cost),
    ]


def _image(job: Job, cloud: str) -> Iterator[str]:
    if job.image is None:
        return
    reference = image_reference(job.image)
    if reference.digest is not None:
        return
    mend = "name it by its digest" + (", which `modelyard job build` tells" if cloud == "aws" else "")
    if reference.moves:
        named = "by no tag, which means latest," if reference.tag is None else "by the tag latest,"
        yield f"the image {job.image} is named {named} and may be another at each attempt: {mend}"
    else:
        yield f"the image {job.image} is named by a tag, under which another may lie tomorrow: {mend}"


def _secrets(job: Job, cloud: str) -> Iterator[str]:
    mend = (
        "keep it in a key vault, and let the program read it by the job's identity"
        if cloud == "azure"
        else "keep it in Secrets Manager and name it under secrets"
    )
    swept = job.sweep.names if job.sweep is not None else ()
    for name in dict.fromkeys((*job.envs, *swept)):
        if speaks_of_a_secret(name):
            yield (
                f"{name} speaks of a secret, and what {'envs' if name in job.envs else 'sweep'} sets lies "
                f"readable in the checkpoint store: {mend}"
            )


def _retry(job: Job) -> Iterator[str]:
    if job.retry.attempts == 1 and job.retry.exit_codes is not None:
        yield "retry.exit_codes has no effect while retry.attempts is 1: no second attempt is made"


def _sweep(job: Job, cost: Cost) -> Iterator[str]:
    wanted = job.sweep.parallel if job.sweep is not None else None
    if wanted is not None and cost.at_a_time < wanted:
        yield f"sweep.parallel is {wanted:,}, and there is room for {cost.at_a_time:,} variants at a time"
