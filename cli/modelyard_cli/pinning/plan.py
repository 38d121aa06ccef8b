"""Which images an environment's pools should run: what is pinned, and what is newer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from modelyard.catalog.instances import instance_type
from modelyard.environment.aws.sites import sites
from modelyard.errors import InputError, Problem
from modelyard.planning.images import image_parameter
from modelyard.yaml_lines.document import FieldPath, field_path
from modelyard_cli.account.failures import failures_told
from modelyard_cli.pinning.published import PublishedImage, is_published, newest_image

if TYPE_CHECKING:
    from modelyard.environment.aws.compute import Pool
    from modelyard_cli.account.session import CheckedSession
    from modelyard_cli.pinning.loading import Loaded

Status = Literal["new", "newer", "current", "own"]


@dataclass(frozen=True, slots=True)
class Pin:
    """The image of one pool in one region."""

    pool: str
    region: str
    field: str
    """Field of the pool's images, as `compute[0].image_ids`."""
    before: str | None
    """The id that is pinned; none if none is."""
    image: PublishedImage | None
    """The newest one that AWS publishes; none for an image of one's own, which nobody else renews."""
    status: Status
    """`new`: none was pinned. `newer`: another was. `current`: it is the newest. `own`: not AWS's."""

    @property
    def changes(self) -> bool:
        """Whether the file is to be changed for it."""
        return self.status in ("new", "newer")

    @property
    def path(self) -> FieldPath:
        """Way to the id in the environment."""
        return (*field_path(self.field), self.region)

    def as_dict(self) -> dict[str, str | None]:
        """The JSON form."""
        image = self.image
        return {
            "pool": self.pool,
            "region": self.region,
            "field": self.field,
            "status": self.status,
            "before": self.before,
            "imageId": image.image_id if image else self.before,
            "imageName": image.name if image else None,
            "imageVersion": image.version if image else None,
            "parameter": image.parameter if image else None,
        }


def plan_pins(session: CheckedSession, loaded: Loaded) -> list[Pin]:
    """The image of every pool in every region that it is in. Nothing is changed.

    Raises InputError for a type that AWS publishes no image for, SurroundingsError for what AWS refuses.
    """
    lookup = _Lookup(session)
    pins: list[Pin] = []
    problems: list[Problem] = []
    for region, field, pool in _places(loaded):
        before = pool.image_ids.get(region)
        parameter = image_parameter(instance_type(pool.instance_type))
        if parameter is not None:
            with failures_told():
                pins.append(lookup.pin(pool.name, region, field, before, parameter))
        elif before is not None:
            pins.append(Pin(pool.name, region, field, before, None, "own"))
        else:
            problems.append(_nothing_published(loaded, pool, region, field))
    if problems:
        raise InputError(problems)
    return pins


class _Lookup:
    """Asks AWS once for each image, however many pools run it."""

    def __init__(self, session: CheckedSession) -> None:
        self._session = session
        self._newest: dict[tuple[str, str], PublishedImage] = {}

    def pin(self, pool: str, region: str, field: str, before: str | None, parameter: str) -> Pin:
        place = (region, parameter)
        if place not in self._newest:
            self._newest[place] = newest_image(self._session, region, parameter)
        image = self._newest[place]
        if before is None:
            return Pin(pool, region, field, before, image, "new")
        if before == image.image_id:
            return Pin(pool, region, field, before, image, "current")
        # One that is gone is replaced: nodes couldn't start from it.
        if is_published(self._session, region, before) is False:
            return Pin(pool, region, field, before, None, "own")
        return Pin(pool, region, field, before, image, "newer")


def _places(loaded: Loaded) -> Iterator[tuple[str, str, Pool]]:
    """Region, field of the images, and pool."""
    for site in sites(loaded.environment):
        for place, pool in enumerate(site.pools):
            yield site.region, site.pool_field(place, "image_ids"), pool


def _nothing_published(loaded: Loaded, pool: Pool, region: str, field: str) -> Problem:
    machine = instance_type(pool.instance_type)
    return Problem(
        field=field,
        given="nothing",
        message=f"AWS publishes no ECS-optimised image with drivers for {machine.name} "
        f"({machine.accelerator}, {machine.architecture})",
        allowed=f"the id of an image of your own in {region}, as {region}: ami-0123456789abcdef0",
        mend="build one and name its id there: pin-images leaves it alone; or choose another instance_type",
        file=loaded.document.file,
        line=loaded.document.line_of(field_path(field)),
    )
