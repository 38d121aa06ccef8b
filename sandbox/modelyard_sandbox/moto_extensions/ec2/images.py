"""EC2 images that Amazon publishes for ECS: made on the day that their name says, deprecated two years later.
moto has their ids, and neither date.

moto makes an image of its own of each of Amazon's for every account, with a volume and a snapshot: tens of
megabytes and half a second for each account in each region. Here all accounts see the same ones.

Sources: Amazon ECS Developer Guide, "Amazon ECS-optimized Linux AMIs" (deprecation after two years); EC2 API
reference, DescribeImages (`IncludeDeprecated`, `deprecationTime`); 2026-11. An image that is named by its id
is shown, deprecated or not.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models.amis import AmiBackend
from moto.ec2.responses import EC2Response

from modelyard_sandbox.moto_extensions.operations import after

NAME = re.compile(r"al2023-ami-ecs-\S*hvm-2023\.0\.(\d{8})-\S+")
DEPRECATED_AFTER = timedelta(days=2 * 365)


_published: dict[str, dict[str, Any]] = {}
"""Amazon's own images of each region, as the first account that asked for them got them."""

_load = AmiBackend._load_amis  # pyright: ignore[reportPrivateUsage] (in the place of it)  # noqa: SLF001


def install() -> None:
    """Put what moto lacks behind its operation."""
    after(EC2Response, "describe_images", _date)
    AmiBackend._load_amis = _share  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001


def _share(self: Any) -> None:
    if self.region_name not in _published:
        _load(self)
        _published[self.region_name] = dict(self.amis)
    self.amis.update(_published[self.region_name])


def _date(self: Any, answer: Any) -> None:
    everything = str(self._get_param("IncludeDeprecated")).lower() == "true" or self._get_param("ImageIds")
    shown: list[Any] = []
    for image in answer.result["Images"]:
        made = NAME.fullmatch(image.name or "") if image.owner_alias == "amazon" else None
        if made:
            image.creation_date = datetime.strptime(made[1], "%Y%m%d")  # noqa: DTZ007 (as moto keeps times)
            deprecated = image.creation_date + DEPRECATED_AFTER
            image.deprecation_time = deprecated.strftime("%Y-%m-%dT%H:%M:%S.000Z")
            if deprecated <= utcnow() and not everything:
                continue
        shown.append(image)
    answer.result["Images"] = shown
