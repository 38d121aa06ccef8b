"""What a type of machine can and can't do under AWS Batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.instances import InstanceType, instance_type
from modelyard.catalog.unknown import UnknownInstanceType
from modelyard.environment.aws.sites import Site, named_pools, sites
from modelyard.errors import Problem
from modelyard.planning.fabric import takes_multi_node_jobs
from modelyard.planning.images import batch_image_type
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.aws.compute import Pool
    from modelyard.environment.aws.spec import AwsEnvironment


def types_have_an_image(environment: AwsEnvironment) -> Iterator[Problem]:
    """Batch has an image for every pool's type, or the pool names one."""
    if environment.stage != "development":  # where every pool names its image
        return
    for site, place, pool, machine in _known_pools(environment):
        if site.region not in pool.image_ids and batch_image_type(machine) is None:
            yield Problem(
                field=site.pool_field(place, "image_ids"),
                given=_named(pool),
                message=f"AWS Batch has no image of its own with drivers for {machine.name} "
                f"({machine.accelerator}, {machine.architecture})",
                allowed="the id of an ECS-optimised image with these drivers, as ami-0123456789abcdef0",
                mend="name the image's id there (`modelyard pin-images` does), "
                "or choose a type with NVIDIA accelerators and x86_64",
            )


def images_are_pinned(environment: AwsEnvironment) -> Iterator[Problem]:
    """Outside of development every pool names the image of its nodes in each region."""
    if environment.stage == "development":
        return
    for site in sites(environment):
        for place, pool in enumerate(site.pools):
            if site.region not in pool.image_ids:
                yield Problem(
                    field=site.pool_field(place, "image_ids"),
                    given=_named(pool),
                    message=f"{site.whose(pool)} would run the newest image, whichever that is on the day: "
                    f"{environment.stage} runs images that somebody has tried",
                    allowed=f"the id of an image in {site.region}, as {site.region}: ami-0123456789abcdef0",
                    mend=f"run `modelyard pin-images {environment.name}`, which writes it",
                )


def images_are_for_regions_of_the_pool(environment: AwsEnvironment) -> Iterator[Problem]:
    """An image is named for a region that the pool is in."""
    for field, pool in named_pools(environment):
        regions = {site.region for site in sites(environment) if _is_in(site, field, pool)}
        for name in sorted(set(pool.image_ids) - regions):
            yield Problem(
                field=f"{field}.image_ids.{name}",
                given=given_text(pool.image_ids[name]),
                message=f'pool "{pool.name}" isn\'t in {name}',
                allowed=", ".join(sorted(regions)),
                mend="remove it, or name one of these regions",
            )


def _is_in(site: Site, field: str, pool: Pool) -> bool:
    own = field.startswith(f"{site.pools_field}[")
    return own and any(other.name == pool.name for other in site.pools)


def _named(pool: Pool) -> str:
    return ", ".join(sorted(pool.image_ids)) or "nothing"


def multi_node_types_have_room_for_the_task(environment: AwsEnvironment) -> Iterator[Problem]:
    """A multi-node pool's machines have a network interface left for the job's task."""
    for field, pool in named_pools(environment):
        machine = _machine(pool)
        if machine is not None and pool.max_nodes_per_job > 1 and not takes_multi_node_jobs(machine):
            yield Problem(
                field=f"{field}.instance_type",
                given=given_text(machine.name),
                message="a node of a multi-node job needs a free interface on network card 0, "
                f"and {machine.name} has none",
                allowed="any other type, as hpc6a.48xlarge; or this one for single-node jobs",
                mend="choose another type, or set max_nodes_per_job: 1",
            )


def _known_pools(environment: AwsEnvironment) -> Iterator[tuple[Site, int, Pool, InstanceType]]:
    for site in sites(environment):
        for place, pool in enumerate(site.pools):
            machine = _machine(pool)
            if machine is not None:
                yield site, place, pool, machine


def _machine(pool: Pool) -> InstanceType | None:
    try:
        return instance_type(pool.instance_type)
    except UnknownInstanceType:  # another rule reports it
        return None
