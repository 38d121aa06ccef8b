"""Whether the machine images that the pools name are there, fit, and aren't on their way out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from modelyard.catalog.instances import instance_type
from modelyard_cli.account.failures import error_code
from modelyard_cli.account.survey import Subject, Survey

if TYPE_CHECKING:
    from modelyard.environment.aws.compute import Pool
    from modelyard_cli.findings import Finding

UNKNOWN = frozenset({"InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidAMIID.Malformed"})
"""EC2 API Reference, error codes, 2026-11: it was never there, or is no longer."""


def check(survey: Survey) -> Iterator[Finding]:
    """Look at each pool's image. Raises what botocore raises."""
    for place, pool in enumerate(survey.site.pools):
        field = survey.site.pool_field(place, "image_ids")
        subject = Subject("images", f"image of pool {pool.name} in {survey.region}", "its nodes", field)
        image_id = pool.image_ids.get(survey.region)
        if image_id is None:
            yield _unpinned(survey, subject)
        else:
            yield from _examined(survey, subject, pool, image_id)


def described(ec2: Any, image_id: str) -> dict[str, Any] | None:
    """An image as EC2 describes it, deprecated or not; None if it isn't there for this account."""
    from botocore.exceptions import ClientError

    try:
        images = ec2.describe_images(ImageIds=[image_id], IncludeDeprecated=True)["Images"]
    except ClientError as error:
        if error_code(error) not in UNKNOWN:
            raise
        return None
    return images[0] if images else None


def _unpinned(survey: Survey, subject: Subject) -> Finding:
    stage, pin = survey.environment.stage, f"{survey.loaded.command('pin-images')} writes it"
    if stage == "development":
        detail = "none is named: Batch's newest ECS-optimised image is used, which drifts"
        return subject.missing(detail, pin, required=False)
    return subject.missing(f"none is named, and {stage} runs images that were tried", pin)


def _examined(survey: Survey, subject: Subject, pool: Pool, image_id: str) -> Iterator[Finding]:
    pin = f"{survey.loaded.command('pin-images')} names the newest one that fits"
    image = described(survey.client("ec2"), image_id)
    if image is None:
        yield subject.missing(f"there is no image {image_id} in {survey.region} for this account", pin)
        return
    name = f"{image_id} ({image.get('Name', 'without a name')})"
    faults = list(_faults(image, instance_type(pool.instance_type).architecture, pool.instance_type))
    for aspect, fault in faults:
        yield subject.missing(f"{name} {fault}", pin, aspect=aspect)
    if not faults:
        yield subject.found(name)


def _faults(image: dict[str, Any], architecture: str, type_: str) -> Iterator[tuple[str, str]]:
    if image["State"] != "available":
        yield "state", f"is {image['State']}, not available"
    if image["Architecture"] != architecture:
        yield "architecture", f"is for {image['Architecture']}, and {type_} is {architecture}"
    deprecated = image.get("DeprecationTime")
    if deprecated and datetime.fromisoformat(deprecated) <= datetime.now(UTC):
        yield "deprecation", f"is deprecated since {deprecated[:10]}: it gets no fixes and may go"
