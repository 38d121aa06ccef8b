"""Whether EC2's quotas let all pools have all of their nodes at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from modelyard.catalog.instances import instance_type
from modelyard.environment.aws.capacity import CapacityBlock, Reservation
from modelyard.planning.quotas import PoolMachines, QuotaNeed, quota_needs, without_quota
from modelyard_cli.account.failures import error_code
from modelyard_cli.account.survey import Subject, Survey, command

if TYPE_CHECKING:
    from modelyard.environment.aws.compute import Pool
    from modelyard_cli.findings import Finding

SERVICE = "ec2"
WAITING = ("PENDING", "CASE_OPENED")
"""States of requests that nobody has decided yet (Service Quotas API Reference, 2026-11)."""


def check(survey: Survey) -> Iterator[Finding]:
    """Look at each quota that the pools of a region count against. Raises what botocore raises."""
    service = survey.client("service-quotas")
    machines = [machines_of(pool) for pool in survey.site.pools]
    for need in quota_needs(machines):
        yield _compared(survey, service, need)
    for pool in without_quota(machines):
        yield Subject("quotas", f"quota of pool {pool.name} in {survey.region}", "its nodes").missing(
            f"the catalog knows no quota for {pool.instance_type} ({pool.mode})",
            "look for it in the console of Service Quotas, under Amazon EC2",
            required=False,
        )
    for pool in survey.site.pools:
        if isinstance(pool.capacity, CapacityBlock):
            yield Subject("quotas", f"quota of pool {pool.name} in {survey.region}", "its nodes").found(
                "none: instances in a capacity block count against no on-demand quota"
            )


def machines_of(pool: Pool) -> PoolMachines:
    """The machines that a pool may have at a time."""
    capacity, shared = pool.capacity, None
    if isinstance(capacity, Reservation):  # beside an open one further machines run
        shared = capacity.reservation_id or capacity.resource_group_arn
    return PoolMachines(pool.name, pool.instance_type, pool.max_nodes, capacity.mode, shared)


def _compared(survey: Survey, service: Any, need: QuotaNeed) -> Finding:
    quota, region = need.quota, survey.region
    name, needed_for = f"quota {quota.name} in {region}", "all nodes of its pools at a time"
    subject = Subject("quotas", name, needed_for, survey.site.pools_field)
    value = applied_value(service, quota.code)
    wanted = f"{need.vcpus} vCPUs are wanted for {_spoken(need.pools)}"
    if value >= need.vcpus:
        return subject.found(f"{value:.0f} vCPUs, and {wanted}")
    request = command(
        "service-quotas request-service-quota-increase",
        {"service-code": SERVICE, "quota-code": quota.code, "desired-value": need.vcpus},
        region,
    )
    waiting = asked_for(service, quota.code)
    so_far = f"; {waiting:.0f} are asked for already" if waiting else ""
    return subject.missing(
        f"{value:.0f} vCPUs, but {wanted}{so_far}",
        f"ask for {need.vcpus} and what else runs in the account: {request}; or lower max_nodes",
    )


def applied_value(service: Any, code: str) -> float:
    """What a quota is in the account and region: its own value, else the default."""
    from botocore.exceptions import ClientError

    try:
        return service.get_service_quota(ServiceCode=SERVICE, QuotaCode=code)["Quota"]["Value"]
    except ClientError as error:
        if error_code(error) != "NoSuchResourceException":
            raise
        default = service.get_aws_default_service_quota(ServiceCode=SERVICE, QuotaCode=code)
        return default["Quota"]["Value"]


def asked_for(service: Any, code: str) -> float:
    """The most that is asked for and not decided yet; 0 if nothing is."""
    pages = service.get_paginator("list_requested_service_quota_change_history_by_quota").paginate(
        ServiceCode=SERVICE, QuotaCode=code
    )
    requests = [request for page in pages for request in page["RequestedQuotas"]]
    return max((it["DesiredValue"] for it in requests if it["Status"] in WAITING), default=0)


def _spoken(pools: Sequence[PoolMachines]) -> str:
    return ", ".join(f"{it.nodes} x {it.instance_type}{_devices(it)} of pool {it.name}" for it in pools)


def _devices(pool: PoolMachines) -> str:
    machine = instance_type(pool.instance_type)
    if not machine.accelerator_count:
        return ""
    return f" ({pool.nodes * machine.accelerator_count} {machine.accelerator})"
