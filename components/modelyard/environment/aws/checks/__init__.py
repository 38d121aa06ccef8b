"""Rules across the fields of an environment. Each is a pure function from an environment to its problems.

A rule whose precondition doesn't hold, because another rule reports that (an unknown region), stays quiet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from modelyard.environment.aws.checks import (
    addresses,
    backup,
    budget,
    capacity,
    fallback,
    file_systems,
    instances,
    jobs,
    machines,
    operations,
    production,
    recovery_targets,
    regions,
    stores,
    zones,
)
from modelyard.environment.checks import pools
from modelyard.errors import InputError, Problem

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment

CHECKS: tuple[Callable[[AwsEnvironment], Iterator[Problem]], ...] = (
    regions.residency_is_known,
    regions.regions_are_known,
    regions.regions_lie_within_the_residency,
    regions.recovery_is_elsewhere,
    regions.recovery_is_described,
    zones.zones_are_the_regions_own,
    zones.zones_are_named_once,
    zones.region_has_as_many_zones,
    zones.zones_are_chosen_one_way,
    addresses.range_is_a_private_network,
    addresses.ranges_are_apart,
    addresses.network_holds_the_environment,
    production.keys_wait_as_long_as_they_can,
    stores.existing_bucket_is_none_of_ours,
    stores.existing_key_lies_within_the_residency,
    file_systems.file_systems_are_named_once,
    file_systems.lustre_sizes_exist,
    file_systems.lustre_zones_are_the_networks,
    file_systems.linked_file_systems_have_a_bucket_of_ours,
    file_systems.linked_file_systems_are_not_backed_up,
    pools.names_are_unique,
    pools.sizes_fit_each_other,
    pools.recovery_pools_start_at_zero,
    fallback.fallbacks_are_pools,
    fallback.fallbacks_can_run_the_jobs,
    instances.types_are_known,
    instances.types_are_offered,
    instances.pinned_zones_serve_the_pool,
    machines.types_have_an_image,
    machines.images_are_pinned,
    machines.images_are_for_regions_of_the_pool,
    machines.multi_node_types_have_room_for_the_task,
    capacity.multi_node_jobs_are_not_on_spot,
    capacity.types_are_sold_that_way,
    capacity.blocks_keep_no_idle_nodes,
    capacity.blocks_are_used_whole,
    capacity.block_windows_are_windows,
    capacity.reservations_are_named_one_way,
    capacity.reserved_capacity_is_named_for_its_region,
    capacity.reserved_capacity_names_its_zone,
    capacity.reservations_hold_one_type,
    jobs.secrets_are_in_the_environments_reach,
    jobs.secret_keys_are_in_the_environments_reach,
    jobs.secret_keys_encrypt_something,
    backup.something_is_backed_up,
    backup.windows_fit_each_other,
    backup.retention_outlives_the_interval,
    backup.copies_need_a_recovery_region,
    backup.lock_bounds_are_in_order,
    backup.retentions_lie_within_the_lock,
    backup.restore_tests_find_a_backup,
    recovery_targets.backups_meet_their_targets,
    recovery_targets.training_meets_its_targets,
    budget.alerts_are_ascending,
    budget.addresses_are_named_once,
    operations.production_is_always_open,
    operations.hours_close_after_they_open,
    operations.days_are_named_once,
    operations.time_zone_is_known,
    operations.idle_shutdown_has_nodes_to_shut_down,
    operations.somebody_is_told_before_queues_close,
    operations.alarm_addresses_are_named_once,
)
"""Every rule, in the order of the fields that they look at."""


PINNING = frozenset({machines.types_have_an_image, machines.images_are_pinned})
"""Rules that ask for image ids: whoever writes these can't have them yet."""


def check(environment: AwsEnvironment, *, before_pinning: bool = False) -> None:
    """Raise InputError with every problem that the rules find; nothing if there is none."""
    rules = [rule for rule in CHECKS if not (before_pinning and rule in PINNING)]
    problems = [problem for rule in rules for problem in rule(environment)]
    if problems:
        raise InputError(problems)
