"""Rules across the fields of an environment. Each is a pure function from an environment to its problems.

A rule whose precondition doesn't hold, because another rule reports that (an unknown region), stays quiet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from modelyard.environment.checks import (
    addresses,
    backup,
    budget,
    capacity,
    instances,
    machines,
    pools,
    regions,
    stores,
    zones,
)
from modelyard.errors import InputError, Problem

if TYPE_CHECKING:
    from modelyard.environment.spec import AwsEnvironment

CHECKS: tuple[Callable[[AwsEnvironment], Iterator[Problem]], ...] = (
    regions.residency_is_known,
    regions.regions_are_known,
    regions.regions_lie_within_the_residency,
    regions.recovery_is_elsewhere,
    zones.zones_are_the_regions_own,
    zones.zones_are_named_once,
    zones.region_has_as_many_zones,
    zones.zones_are_chosen_one_way,
    addresses.range_is_a_private_network,
    addresses.network_holds_the_environment,
    stores.existing_bucket_is_none_of_ours,
    stores.existing_key_lies_within_the_residency,
    pools.names_are_unique,
    pools.sizes_fit_each_other,
    instances.types_are_known,
    instances.types_are_offered,
    instances.pinned_zones_serve_the_pool,
    machines.types_have_an_image,
    machines.multi_node_types_have_room_for_the_task,
    capacity.multi_node_jobs_are_not_on_spot,
    capacity.types_are_sold_that_way,
    capacity.blocks_keep_no_idle_nodes,
    capacity.reserved_capacity_names_its_zone,
    capacity.reservations_hold_one_type,
    backup.store_is_ours_to_back_up,
    backup.windows_fit_each_other,
    backup.schedule_meets_the_rpo,
    backup.retention_outlives_the_interval,
    budget.alerts_are_ascending,
    budget.addresses_are_named_once,
)
"""Every rule, in the order of the fields that they look at."""


def check(environment: AwsEnvironment) -> None:
    """Raise InputError with every problem that the rules find; nothing if there is none."""
    problems = [problem for rule in CHECKS for problem in rule(environment)]
    if problems:
        raise InputError(problems)
