"""Run history: how a job stands, why it failed, and where its logs are (azure-ai-ml 1.35.2, run history's
client and what it reads of `details`; as of 2026-11).

Azure has it at the host of a workspace's discoveryUrl, REGION.api.azureml.ms; the sandbox answers for any
region there, and at the resource manager's own address as well, where no name need be resolved. Logs are
files at the sandbox's address, which their URLs open as a signature does.
"""

from __future__ import annotations

import re

from modelyard_sandbox.azure.manager.errors import ArmError, not_found
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.ml.common import JOB, WORKSPACE
from modelyard_sandbox.azure.manager.ml.job_runs import JobRun, run_of
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

HOST = re.compile(r"[a-z0-9]+\.api\.azureml\.ms", re.IGNORECASE)
BEGINNING = "/history/v1.0/"
LOGS_PATH = "/_modelyard/ml-logs/"
DETAILS = re.compile(
    r"/history/v1\.0(?P<workspace>/subscriptions/[^/]+/resourceGroups/[^/]+/providers/"
    r"Microsoft\.MachineLearningServices/workspaces/(?P<name>[^/]+))/runs/(?P<run>[^/]+)/details",
    re.IGNORECASE,
)


def is_asked(host: str, path: str) -> bool:
    """Whether a request is for run history."""
    return path.startswith(BEGINNING) or HOST.fullmatch(host.partition(":")[0]) is not None


def answer(store: Store, method: str, path: str, endpoint: str) -> tuple[int, Body]:
    """Answer a request for a run's details.

    Args:
        store: where the job stands.
        method: the request's.
        path: the request's.
        endpoint: where the sandbox's files are read.

    Raises:
        ArmError: there is no such run, or nothing else is answered here.
    """
    found = DETAILS.fullmatch(path)
    if found is None:
        raise not_found("NotFound", f"The sandbox's run history does not answer {method} {path}.")
    if method != "GET":
        raise ArmError(405, "HttpMethodNotAllowed", f"The http method '{method}' is not supported here.")
    workspace = ResourceId(found["workspace"], WORKSPACE, found["name"])
    job = store.get(ResourceId(f"{workspace.text}/jobs/{found['run']}", JOB, found["run"], workspace))
    if job is None:
        raise not_found("UserError", f"Run {found['run']} not found.")
    return 200, _details(job, run_of(job), endpoint)


def _details(job: Resource, run: JobRun, endpoint: str) -> Body:
    shown: Body = {
        "runId": job.id.name,
        "target": str(job.properties["computeId"]).rpartition("/")[2],
        "status": run.status,
        "warnings": [{"message": said} for said in run.warnings],
        "properties": job.properties["properties"],
        "inputDatasets": [],
        "outputDatasets": [],
        "logFiles": {name: f"{endpoint}{LOGS_PATH}{run.token}/{name}" for name in sorted(run.logs)},
        "submittedBy": "sandbox",
    }
    if run.started is not None:
        shown["startTimeUtc"] = timestamp(run.started)
    if run.ended is not None:
        shown["endTimeUtc"] = timestamp(run.ended)
    if run.error is not None:
        shown["error"] = {
            "error": run.error,
            "correlation": {},
            "environment": job.location or "sandbox",
            "time": timestamp(run.ended or job.changed),
            "componentName": "sandbox",
        }
    return shown
