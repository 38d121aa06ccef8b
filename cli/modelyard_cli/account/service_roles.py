"""Whether the service-linked roles are there that Batch, ECS, Auto Scaling and EC2 work under."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.aws.capacity import Spot
from modelyard.environment.aws.sites import named_pools
from modelyard_cli.account.session import CheckedSession
from modelyard_cli.account.survey import Subject, command
from modelyard_cli.bootstrap.service_roles import SERVICE_ROLES, ServiceRole

if TYPE_CHECKING:
    from modelyard_cli.findings import Finding
    from modelyard_cli.pinning.loading import Loaded

SPOT = "spot.amazonaws.com"


def check(session: CheckedSession, loaded: Loaded) -> Iterator[Finding]:
    """Look at each role. Raises what botocore raises."""
    spot = any(isinstance(pool.capacity, Spot) for _, pool in named_pools(loaded.environment))
    for service, (role, why) in SERVICE_ROLES.items():
        if service == SPOT and not spot:
            continue
        subject = Subject("service-roles", f"service-linked role {role}", why)
        if ServiceRole(session, service).differences():
            create = command("iam create-service-linked-role", {"aws-service-name": service})
            yield subject.missing("isn't there", f"{loaded.command('bootstrap aws')} makes it, or {create}")
        else:
            yield subject.found("is there")
