"""AWS Batch: what moto lacks, or takes without a look.

Its limits are kept, updates of compute environments and queues are carried out and take their time, and
jobs of several nodes are described by node. Jobs run as processes of this machine: see `running`. Sources:
AWS Batch API reference, the operations of these names; AWS Batch user guide, "Service quotas", "Update a
compute environment", "Multi-node parallel jobs"; 2026-11. AWS publishes the error code, ClientException,
and hardly any text: where a public issue shows AWS's own words they are used, as the modules say.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.batch import urls
from moto.batch.models import BatchBackend
from moto.batch.responses import BatchResponse
from moto.core.exceptions import AWSError
from moto.ec2.models.instances import InstanceBackend
from moto.iam.models import SERVICE_NAME_CONVERSION

from modelyard_sandbox.moto_extensions.batch import (
    compute_environments,
    job_definitions,
    job_queues,
    jobs,
    lag,
    scheduling_policies,
    snapshots,
    tags,
)
from modelyard_sandbox.moto_extensions.batch.answers import refused
from modelyard_sandbox.moto_extensions.batch.running import requests
from modelyard_sandbox.moto_extensions.operations import add_operations, after, before

OPERATIONS: tuple[Callable[[Any], str], ...] = (
    compute_environments.createcomputeenvironment,
    compute_environments.describecomputeenvironments,
    compute_environments.updatecomputeenvironment,
    compute_environments.deletecomputeenvironment,
    job_queues.createjobqueue,
    job_queues.describejobqueues,
    job_queues.updatejobqueue,
    job_queues.deletejobqueue,
    scheduling_policies.createschedulingpolicy,
    scheduling_policies.updateschedulingpolicy,
    scheduling_policies.deleteschedulingpolicy,
    job_definitions.registerjobdefinition,
    job_definitions.deregisterjobdefinition,
    job_definitions.describejobdefinitions,
    jobs.submitjob,
    jobs.describejobs,
    jobs.listjobs,
    jobs.canceljob,
    jobs.terminatejob,
    snapshots.getjobqueuesnapshot,
    tags.tags,
)


def install() -> None:
    """Put the operations in the place of moto's."""
    SERVICE_NAME_CONVERSION["batch"] = compute_environments.SERVICE_LINKED_ROLE.removeprefix(
        "AWSServiceRoleFor"
    )
    add_operations(BatchResponse, *map(_in_batchs_terms, OPERATIONS))
    # moto knows operations of Batch by their paths.
    urls.url_paths["{0}/v1/getjobqueuesnapshot$"] = BatchResponse.dispatch
    before(BatchBackend, "reset", requests.all_forgotten)
    after(InstanceBackend, "terminate_instances", requests.instances_ended)
    lag.WHEN_GONE.append(requests.environment_deleted)


def _in_batchs_terms(operation: Callable[[Any], str]) -> Callable[[Any], str]:
    """The operation, with moto's other errors as the one that Batch has for what a client does wrong."""

    @wraps(operation)
    def answering(self: Any) -> str:
        try:
            return operation(self)
        except AWSError as error:
            if error.error_type == "ClientException":
                raise
            raise refused(str(error.message)) from error

    return answering
