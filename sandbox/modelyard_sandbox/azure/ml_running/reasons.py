"""Why jobs fail, in Azure's words where they are public.

Sources, 2026-11: outputs of run history in public issues: Azure/azure-sdk-for-python and
Azure/MachineLearningNotebooks ("Execution failed. User process … exited with status code"; #1242: nodes that
got pre-empted). The other messages are the sandbox's own.
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.ml.job_runs import failure
from modelyard_sandbox.azure.manager.store import Body

USER, SERVICE, PREEMPTED = "UserError", "ServiceError", "PreemptionError"


def exited(program: str, code: int, log: str) -> Body:
    """A process has ended with something else than 0."""
    return failure(
        USER,
        f"Execution failed. User process '{program}' exited with status code {code}. Please check log file "
        f"'{log}' for error details.",
    )


def preempted() -> Body:
    """A node of low priority was taken back, and the job isn't begun again."""
    return failure(PREEMPTED, "Nodes of this job got pre-empted. Check if the run has failed or restarted.")


def node_lost(node: str) -> Body:
    """A machine is gone."""
    return failure(SERVICE, f"The node {node} of this job stopped responding and is lost.")


def image_missing(image: str) -> Body:
    """The environment's image can't be pulled."""
    return failure(USER, f"Unable to pull the image {image}: it was not found, or access to it is denied.")


def timed_out(limit: str) -> Body:
    """It took too long."""
    return failure(USER, f"The job was canceled: it ran longer than its limit, {limit}.")


def no_blobs() -> Body:
    """Nobody serves blobs, which its code or data are."""
    return failure(
        SERVICE,
        "The sandbox serves no blobs, and the job has code or data: start them (Sandbox.start_blobs).",
    )


def data_failed(what: str) -> Body:
    """Code or data can't be read or written."""
    return failure(USER, f"The job's code or data can't be reached: {what}.")


def no_code(place: str) -> Body:
    """Nothing is where the code should be."""
    return failure(USER, f"There is no file at {place}, where the job's code should be.")


def not_started(why: str) -> Body:
    """The machine doesn't start its processes."""
    return failure(SERVICE, f"The job's processes could not be started: {why}.")


def compute_gone(name: str) -> Body:
    """The cluster was deleted."""
    return failure(USER, f"The compute {name} was deleted while the job waited or ran.")


def too_many_processes(count: int, most: int, setting: str) -> Body:
    """The sandbox's machine isn't up to so large a job: a reason that Azure doesn't have."""
    return failure(
        SERVICE,
        f"The job has {count} processes; the sandbox runs {most} of one job at most, 8 times {setting}.",
    )


def no_trial() -> Body:
    """None of a sweep's trials has succeeded."""
    return failure(USER, "No trial of the sweep has completed.")
