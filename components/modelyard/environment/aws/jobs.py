"""What jobs may be given, and what who submits them may do besides."""

from typing import Annotated

from pydantic import Field

from modelyard.environment.base import Spec
from modelyard.planning.secrets import (
    KEY_ALLOWED,
    KEY_MEND,
    KEY_PATTERN,
    REFERENCE_ALLOWED,
    REFERENCE_MEND,
    REFERENCE_PATTERN,
)

SecretArn = Annotated[
    str,
    Field(
        pattern=REFERENCE_PATTERN,
        max_length=300,
        examples=["arn:aws:secretsmanager:eu-central-1:123456789012:secret:dev/tracking-??????"],
        json_schema_extra={"allowed": REFERENCE_ALLOWED, "mend": REFERENCE_MEND},
    ),
]

KeyArn = Annotated[
    str,
    Field(
        pattern=KEY_PATTERN,
        max_length=200,
        examples=["arn:aws:kms:eu-central-1:123456789012:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"],
        json_schema_extra={"allowed": KEY_ALLOWED, "mend": KEY_MEND},
    ),
]


class Jobs(Spec):
    """What jobs may be given, and what who submits them may do besides. Unset, nothing of it."""

    secrets: list[SecretArn] = Field(default=[], max_length=20)
    """Secrets of Secrets Manager and parameters of Systems Manager that jobs may be given, by ARN. They lie
    in the environment's account, in its primary or its recovery region, and each region's jobs are given that
    region's: a replica of a secret has the same ARN but for the region. `modelyard` reads none of them."""

    secret_keys: list[KeyArn] = Field(default=[], max_length=10)
    """Keys of your own that these are encrypted with, by ARN. Those that AWS manages need no mention."""

    end_bad_nodes: bool = False
    """Whether who submits jobs may end a node of the environment that a check has found bad, so that its job
    starts anew on another. It ends whatever runs on that node."""
