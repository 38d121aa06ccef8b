"""What a type of machine can and can't do under AWS Batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.instances import InstanceType, instance_type
from modelyard.catalog.unknown import UnknownInstanceType
from modelyard.errors import Problem
from modelyard.planning.fabric import takes_multi_node_jobs
from modelyard.planning.images import batch_image_type
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.compute import Pool
    from modelyard.environment.spec import AwsEnvironment


def types_have_an_image(environment: AwsEnvironment) -> Iterator[Problem]:
    """Batch has an image for every pool's type, or the pool names one."""
    for place, pool, machine in _known_pools(environment):
        if environment.regions.primary not in pool.image_ids and batch_image_type(machine) is None:
            yield Problem(
                field=f"compute[{place}].image_ids",
                given="nothing",
                message=f"AWS Batch has no image of its own with drivers for {machine.name} "
                f"({machine.accelerator}, {machine.architecture})",
                allowed="the id of an ECS-optimised image with these drivers, as ami-0123456789abcdef0",
                mend="name the image's id there (`modelyard pin-images` does), or choose a type with NVIDIA accelerators and x86_64",
            )


def multi_node_types_have_room_for_the_task(environment: AwsEnvironment) -> Iterator[Problem]:
    """A multi-node pool's machines have a network interface left for the job's task."""
    for place, pool, machine in _known_pools(environment):
        if pool.max_nodes_per_job > 1 and not takes_multi_node_jobs(machine):
            yield Problem(
                field=f"compute[{place}].instance_type",
                given=given_text(machine.name),
                message="a node of a multi-node job needs a free interface on network card 0, "
                f"and {machine.name} has none",
                allowed="any other type, as hpc6a.48xlarge; or this one for single-node jobs",
                mend="choose another type, or set max_nodes_per_job: 1",
            )


def _known_pools(environment: AwsEnvironment) -> Iterator[tuple[int, Pool, InstanceType]]:
    for place, pool in enumerate(environment.compute):
        try:
            yield place, pool, instance_type(pool.instance_type)
        except UnknownInstanceType:  # another rule reports it
            continue
