"""Secrets: by reference only, and what plans and records show of what may be one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

HIDDEN = "(hidden)"
"""What plans and records show of a value that may be a secret."""

_SECRETS_MANAGER = (
    r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}"
    r"(?::[^:\s]*:[^:\s]*:[^:\s]*)?"
)
_PARAMETER = r"arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_./-]{1,1010}"

SECRET_PATTERN = f"^(?:{_SECRETS_MANAGER}|{_PARAMETER})$"
"""What ECS takes in `valueFrom`, by full ARN (ECS Developer Guide, "Pass sensitive data to an Amazon ECS
container", 2026-11): of a secret as a whole, or with `:json-key:version-stage:version-id`, each of the three
possibly empty, or of a parameter. Names: 1 to 512 characters of a secret and 7 of its suffix, 1,011 of a
parameter with its slash."""

SecretReference = Annotated[
    str,
    Field(
        pattern=SECRET_PATTERN,
        max_length=2_048,
        examples=["arn:aws:secretsmanager:eu-central-1:123456789012:secret:hub-AbCdEf:token::"],
        json_schema_extra={
            "allowed": "the ARN of a secret of Secrets Manager (arn:aws:secretsmanager:..., with "
            ":json-key:version-stage:version-id or nothing behind it) or of a parameter "
            "(arn:aws:ssm:...:parameter/...)",
            "mend": "put the value into Secrets Manager, and write the secret's ARN here: a value is never "
            "written into a job's file",
        },
    ),
]

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|(?:API|ACCESS|PRIVATE|SECRET)_?KEY)$",
    re.I,
)


def speaks_of_a_secret(name: str) -> bool:
    """Whether a variable of that name is likely to hold a secret."""
    return _SECRET_NAME.search(name) is not None


def shown_envs(envs: Mapping[str, str]) -> dict[str, str]:
    """The variables as plans and records may show them: values whose names speak of a secret are hidden."""
    return {name: HIDDEN if speaks_of_a_secret(name) else value for name, value in envs.items()}


def shown_webhook(url: str) -> str:
    """A webhook as plans and records may show it: who knows the path of most may post to them."""
    parts = urlsplit(url)
    hidden = HIDDEN if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{hidden}".removesuffix("/")


def reference_in(reference: str, region: str) -> str:
    """The same reference in another region: a replica has the same ARN but for its region."""
    parts = reference.split(":")
    return ":".join([*parts[:3], region, *parts[4:]])
