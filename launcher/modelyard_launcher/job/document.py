"""A job as plans and records hold it: all of it, without what may be a secret."""

from __future__ import annotations

from typing import Any, cast

from modelyard_launcher.job.secrets import HIDDEN, shown_envs, shown_webhook, speaks_of_a_secret
from modelyard_launcher.job.spec import Job


def job_document(job: Job) -> dict[str, Any]:
    """The job's JSON form. Values of variables that speak of a secret are hidden, and of a webhook all but
    its host; secrets are references anyhow.
    """
    document = job.model_dump(mode="json")
    document["envs"] = shown_envs(job.envs)
    if job.notify is not None and job.notify.webhook is not None:
        document["notify"]["webhook"] = shown_webhook(job.notify.webhook)
    if job.sweep is not None and any(speaks_of_a_secret(name) for name in job.sweep.names):
        document["sweep"] = _shown_sweep(document["sweep"])
    return document


def _shown_sweep(sweep: dict[str, Any]) -> dict[str, Any]:
    def shown(variables: dict[str, Any]) -> dict[str, Any]:
        return {name: HIDDEN if speaks_of_a_secret(name) else value for name, value in variables.items()}

    return {
        name: shown(cast("dict[str, Any]", part))
        if isinstance(part, dict)
        else [shown(variant) for variant in cast("list[dict[str, Any]]", part)]
        if isinstance(part, list)
        else part
        for name, part in sweep.items()
    }
