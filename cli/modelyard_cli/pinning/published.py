"""The ECS-optimised images of Amazon Linux 2023 that AWS publishes, by their versioned public parameters.

`recommended` names the newest version, and moves on; the parameter of a version stays, so that what was
pinned can be looked up again (Amazon ECS Developer Guide, "Retrieving Amazon ECS-optimized Linux AMI
metadata", 2026-11).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelyard.errors import SurroundingsError
from modelyard_cli.account.failures import error_code
from modelyard_cli.account.images import described

if TYPE_CHECKING:
    from modelyard_cli.account.session import CheckedSession

NAME = re.compile(r"al2023-ami-ecs-\S+")
"""How the names of these images begin."""


@dataclass(frozen=True, slots=True)
class PublishedImage:
    """One version of an image, in one region."""

    image_id: str
    name: str
    """Its name, which holds the version."""
    version: str
    parameter: str
    """The public parameter of this version."""


def newest_image(session: CheckedSession, region: str, parameter: str) -> PublishedImage:
    """The newest version under a parameter's path.

    Raises SurroundingsError where AWS doesn't publish it, and what botocore raises.
    """
    ssm = session.client("ssm", region)
    recommended = _read(ssm, region, f"{parameter}/recommended")
    versioned = f"{parameter}/{recommended['image_name']}"
    image = _read(ssm, region, versioned)
    return PublishedImage(
        image_id=image["image_id"],
        name=recommended["image_name"],
        version=recommended["image_version"],
        parameter=versioned,
    )


def is_published(session: CheckedSession, region: str, image_id: str) -> bool | None:
    """Whether an image is one of AWS's for ECS, and not somebody's own; None if it isn't there (any more).

    Raises what botocore raises.
    """
    image = described(session.client("ec2", region), image_id)
    if image is None:
        return None
    return image.get("ImageOwnerAlias") == "amazon" and NAME.match(image.get("Name", "")) is not None


def _read(ssm: Any, region: str, name: str) -> dict[str, Any]:
    from botocore.exceptions import ClientError

    try:
        value = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    except ClientError as error:
        if error_code(error) not in ("ParameterNotFound", "ParameterVersionNotFound"):
            raise
        raise SurroundingsError(
            f"AWS publishes no {name} in {region}",
            "try again later: a version is on its way to all regions for some hours; or name an image of "
            "your own in image_ids",
        ) from None
    return json.loads(value)
