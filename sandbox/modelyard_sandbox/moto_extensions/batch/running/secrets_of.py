"""A container's secrets: variables whose values lie in Secrets Manager or in Systems Manager's parameters.

Sources: AWS Batch API reference, Secret; AWS Batch user guide, "Specify sensitive data"; Amazon ECS
developer guide, "Pass Secrets Manager secrets through Amazon ECS environment variables" (`arn:json-
key:stage:version`); 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from modelyard_sandbox.moto_extensions.batch.running import reasons

ARN_PARTS = 7
"""Of a secret's ARN; what follows picks a key, a stage, a version."""


class MissingSecretError(Exception):
    """A secret can't be had; says so in ECS's words."""


def secrets_of(properties: Mapping[str, Any], account_id: str, region: str) -> dict[str, str]:
    """The values of a container's secrets by their variables' names.

    Raises:
        MissingSecretError: one isn't there.
    """
    return {
        item["name"]: _value(item["valueFrom"], account_id, region)
        for item in properties.get("secrets") or []
    }


def _value(source: str, account_id: str, region: str) -> str:
    parts = source.split(":")
    if parts[0] == "arn":
        region, account_id = parts[3] or region, parts[4] or account_id
    if parts[0] == "arn" and parts[2] == "secretsmanager":
        return _secret(":".join(parts[:ARN_PARTS]), parts[ARN_PARTS:], account_id, region)
    name = source.partition(":parameter")[2] if parts[0] == "arn" else source
    return _parameter(name, account_id, region)


def _secret(arn: str, picked: list[str], account_id: str, region: str) -> str:
    from moto.secretsmanager.models import secretsmanager_backends

    key, stage, version = (*picked, "", "", "")[:3]
    backend: Any = secretsmanager_backends[account_id][region]
    try:
        found = backend.get_secret_value(arn, version or None, stage or "AWSCURRENT")
    except Exception as error:  # whatever Secrets Manager says, there is no value to be had
        raise MissingSecretError(reasons.secret_missing(arn, region)) from error
    text = found.get("SecretString") or ""
    if not key:
        return text
    try:
        return _as_text(json.loads(text)[key])
    except (ValueError, KeyError, TypeError) as error:
        raise MissingSecretError(reasons.secret_key_missing(arn, key)) from error


def _parameter(name: str, account_id: str, region: str) -> str:
    from moto.ssm.models import ssm_backends

    backend: Any = ssm_backends[account_id][region]
    # A parameter of the top level is called `name` by itself, and `/name` in its ARN.
    for spelling in (name, name.removeprefix("/") if name.count("/") == 1 else name):
        found = backend.get_parameter(spelling)
        if found is not None:
            return found.response_object(decrypt=True)["Value"]
    raise MissingSecretError(reasons.parameter_missing(name, region))


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
