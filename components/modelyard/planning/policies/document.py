"""The shape of a policy document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Statement = dict[str, Any]
Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]


def statement(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str] = ("*",),
    *,
    effect: str = "Allow",
    principal: Any = None,
    conditions: Conditions | None = None,
    everything_but: bool = False,
) -> Statement:
    """One statement. `principal` is left out of policies that are attached to identities; with
    `everything_but` it is about all resources but the named ones.
    """
    made: Statement = {"Sid": sid, "Effect": effect}
    if principal is not None:
        made["Principal"] = principal
    made["Action"] = list(actions)
    made["NotResource" if everything_but else "Resource"] = list(resources)
    if conditions:
        made["Condition"] = {operator: dict(tests) for operator, tests in conditions.items()}
    return made


def document(statements: Sequence[Statement]) -> str:
    """The policy document, as JSON text whose order never changes by itself."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def service_trust(service: str, account_id: str) -> str:
    """Trust policy of a role that a service takes on, for this account's resources only.

    For services that are documented to name the account: vpc-flow-logs (Amazon VPC User Guide, "Publish flow
    logs to CloudWatch Logs") and ecs-tasks (Amazon ECS Developer Guide, "Task IAM role"), both 2026-11.
    """
    return trust(service, {"StringEquals": {"aws:SourceAccount": account_id}})


def plain_trust(service: str) -> str:
    """Trust policy of a role that a service takes on, without a condition.

    For services that aren't documented to name the account: EC2 for instances (IAM User Guide, "The confused
    deputy problem"), AWS Backup (AWS Backup Developer Guide, "IAM service roles") and S3 for replication
    (Amazon S3 User Guide, "Setting up permissions for live replication"), all 2026-11. There the condition
    could keep the service from ever taking the role on, and AWS Backup refuses a selection whose role it
    can't take on. Roles can't be passed across accounts, so nothing is opened by leaving it out.
    """
    return trust(service)


def trust(service: str, conditions: Conditions | None = None) -> str:
    """Trust policy of a role that a service takes on, if these conditions hold."""
    allowed: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    if conditions:
        allowed["Condition"] = conditions
    return document([allowed])
