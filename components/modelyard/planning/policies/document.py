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
) -> Statement:
    """One statement. `principal` is left out of policies that are attached to identities."""
    made: Statement = {"Sid": sid, "Effect": effect}
    if principal is not None:
        made["Principal"] = principal
    made["Action"] = list(actions)
    made["Resource"] = list(resources)
    if conditions:
        made["Condition"] = {operator: dict(tests) for operator, tests in conditions.items()}
    return made


def document(statements: Sequence[Statement]) -> str:
    """The policy document, as JSON text whose order never changes by itself."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def service_trust(service: str, account_id: str) -> str:
    """Trust policy of a role that a service takes on, for this account's resources only."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": service},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
                }
            ],
        }
    )


def instance_trust() -> str:
    """Trust policy of an instance's role. EC2 sends no source account for it (IAM User Guide, "Confused
    deputy", 2026-11): the condition would keep instances from ever taking the role on.
    """
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    )
