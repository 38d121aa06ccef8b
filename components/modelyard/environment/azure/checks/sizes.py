"""Sizes of machines, and clusters of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.azure import UnknownSize, limit, offered_regions, region_names, size, size_names
from modelyard.environment.azure.compute import Spot
from modelyard.environment.azure.sites import named_pools, sites
from modelyard.errors import Problem
from modelyard.planning.azure.clusters import BUILD_SIZE, node_limit
from modelyard.validation.values import given_text, listed

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment

BUILDER_FIELD = "workspace.image_build_instance_type"

LARGE_SIZE = "Standard_ND96isr_H100_v5"
"""An example of what pools are made of."""


def sizes_are_known(environment: AzureEnvironment) -> Iterator[Problem]:
    """Every size is in the catalog, written as Azure writes it."""
    fields = [(f"{field}.instance_type", pool.instance_type) for field, pool in named_pools(environment)]
    fields.append((BUILDER_FIELD, environment.workspace.image_build_instance_type))
    for field, name in fields:
        example = BUILD_SIZE if field == BUILDER_FIELD else LARGE_SIZE
        try:
            size(name)
        except UnknownSize as error:
            yield Problem(
                field=field,
                given=given_text(name),
                message=f'the catalog knows no size "{name}"',
                allowed=f"a size of Azure's machines, as {example}",
                mend=f"did you mean {listed(error.nearest)}?"
                if error.nearest
                else "look it up in the catalog",
            )


def sizes_are_offered(environment: AzureEnvironment) -> Iterator[Problem]:
    """A region offers the sizes of its pools, as far as Microsoft's price list says."""
    for site in sites(environment):
        if site.region not in region_names():
            continue
        wanted = [
            (site.pool_field(place, "instance_type"), pool.instance_type, site.whose(pool))
            for place, pool in enumerate(site.pools)
        ]
        builder = environment.workspace.image_build_instance_type
        wanted.append((BUILDER_FIELD, builder, "the building of images there"))
        for field, name, who in wanted:
            offered = offered_regions(name) if name in size_names() else None
            if offered is not None and site.region not in offered:
                yield Problem(
                    field=field,
                    given=given_text(name),
                    message=f"{site.region} doesn't offer it, which {who} wants",
                    allowed=f"a size that {site.region} offers; this one is sold in {listed(offered, 'and')}",
                    mend="choose another size, or another region",
                )


def spot_is_sold(environment: AzureEnvironment) -> Iterator[Problem]:
    """Only a size that is known to be sold as low priority is bought so."""
    for field, pool in named_pools(environment):
        if not isinstance(pool.capacity, Spot) or pool.instance_type not in size_names():
            continue
        sold = size(pool.instance_type).low_priority
        if not sold:
            yield Problem(
                field=f"{field}.capacity.mode",
                given=given_text(pool.capacity.mode),
                message=f"Azure Machine Learning refuses low-priority nodes of {pool.instance_type}"
                if sold is False
                else f"no source says that Azure sells {pool.instance_type} as low priority",
                allowed="on_demand",
                mend="set mode: on_demand, or choose another size",
            )


def clusters_hold_the_nodes(environment: AzureEnvironment) -> Iterator[Problem]:
    """No pool has more nodes than Azure Machine Learning lets a cluster have."""
    for field, pool in named_pools(environment):
        if pool.instance_type not in size_names():
            continue
        found = node_limit(pool.instance_type, pool.max_nodes_per_job)
        most = found.raisable_to or found.default
        if pool.max_nodes > most:
            yield Problem(
                field=f"{field}.max_nodes",
                given=str(pool.max_nodes),
                message=f"a cluster holds {most:,} nodes of {pool.instance_type} at most where a job uses "
                f"{pool.max_nodes_per_job} ({found.note})",
                allowed=f"a whole number from 1 to {most:,}",
                mend=f"set max_nodes: {most}, or make several pools of it",
            )


def jobs_hold_the_nodes(environment: AzureEnvironment) -> Iterator[Problem]:
    """No job spans more nodes than one run may."""
    most = limit("mpi_run_nodes").default
    for field, pool in named_pools(environment):
        if pool.max_nodes_per_job > most:
            yield Problem(
                field=f"{field}.max_nodes_per_job",
                given=str(pool.max_nodes_per_job),
                message=f"one run of Azure Machine Learning spans {most} nodes at most",
                allowed=f"a whole number from 1 to {most}",
                mend=f"set max_nodes_per_job: {most}",
            )
