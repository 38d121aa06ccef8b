"""Secrets of a job that runs here: read by whoever submits, by the references that the job names.

On a cluster the service reads them under the execution role. Here they are read with the launcher's own
identity, handed to the processes as variables, and written nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.clouds import aws_access
from modelyard_launcher.stores import Access

_MEND = "check that it is there and that you may read it, or unset it in the job to try it here"


def read_secrets(references: Mapping[str, str], access: Access) -> dict[str, str]:
    """The values of a job's secrets, by the variable's name. Raises SurroundingsError, never with
    a value.
    """
    if not references:
        return {}
    aws = aws_access(access, "a secret by reference")
    return {name: _read(name, reference, aws) for name, reference in references.items()}


def _read(name: str, reference: str, access: S3Access) -> str:
    service = reference.split(":")[2]
    regional = access.in_region(reference.split(":")[3])
    client = regional.client(service, retries=2, connect_seconds=5, read_seconds=30)
    try:
        if service == "ssm":
            answer = client.get_parameter(Name=reference, WithDecryption=True)
            return str(answer["Parameter"]["Value"])
        return _of_secrets_manager(client, name, reference)
    except client.exceptions.ClientError as error:
        raise SurroundingsError(f"secret {name} can't be read: {error}", _MEND) from None


def _of_secrets_manager(client: Any, name: str, reference: str) -> str:
    """A secret, or a value in its JSON: ARN[:json-key[:version-stage[:version-id]]].

    Source: Amazon ECS Developer Guide, "Pass Secrets Manager secrets through environment variables", 2026-11.
    """
    parts = reference.split(":")
    key, stage, version = (*parts[7:], "", "", "")[:3]
    wanted = {"SecretId": ":".join(parts[:7])}
    wanted |= {"VersionStage": stage} if stage else {}
    wanted |= {"VersionId": version} if version else {}
    text = str(client.get_secret_value(**wanted)["SecretString"])
    if not key:
        return text
    try:
        return str(json.loads(text)[key])
    except (ValueError, KeyError, TypeError):
        raise SurroundingsError(f"secret {name} has no {key} in its JSON", _MEND) from None
