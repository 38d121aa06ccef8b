"""Rules across the fields of an environment on Azure. Each is a pure function from an environment to its
problems.

A rule whose precondition doesn't hold, because another rule reports that (an unknown region), stays quiet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from modelyard.environment.azure.checks import (
    addresses,
    backup,
    keys,
    names,
    operations,
    quotas,
    recovery_targets,
    regions,
    sizes,
    stores,
    workspace,
)
from modelyard.environment.checks import pools
from modelyard.errors import InputError, Problem

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment

CHECKS: tuple[Callable[[AzureEnvironment], Iterator[Problem]], ...] = (
    names.name_is_no_trademark,
    regions.residency_is_known,
    regions.regions_are_known,
    regions.regions_lie_within_the_residency,
    regions.recovery_is_elsewhere,
    regions.recovery_is_described,
    addresses.range_is_a_private_network,
    addresses.range_is_nobody_elses,
    addresses.ranges_are_apart,
    addresses.network_holds_the_environment,
    addresses.allow_list_has_a_firewall,
    addresses.hosts_are_named_once,
    keys.versions_outlive_their_rotation,
    stores.redundancy_exists_in_the_region,
    stores.copies_of_azure_stay_within_the_residency,
    stores.objects_cool_before_they_expire,
    pools.names_are_unique,
    names.clusters_have_names_of_their_own,
    pools.sizes_fit_each_other,
    pools.recovery_pools_start_at_zero,
    sizes.sizes_are_known,
    sizes.sizes_are_offered,
    sizes.spot_is_sold,
    sizes.clusters_hold_the_nodes,
    sizes.jobs_hold_the_nodes,
    quotas.families_are_known,
    quotas.families_are_named_once,
    quotas.recovery_quotas_have_a_region,
    quotas.granted_quotas_are_stated,
    quotas.pools_fit_into_quotas,
    workspace.customer_key_has_its_principal,
    workspace.builder_is_a_cpu_size,
    workspace.no_pool_is_called_as_the_builders,
    workspace.submitters_are_named_once,
    backup.something_is_backed_up,
    backup.what_is_backed_up_reaches_the_recovery_region,
    backup.retention_outlives_the_interval,
    backup.soft_delete_is_long_enough,
    backup.copies_need_a_geo_redundant_vault,
    backup.geo_redundancy_stays_within_the_residency,
    recovery_targets.backups_meet_their_targets,
    recovery_targets.training_meets_its_targets,
    operations.alerts_are_ascending,
    operations.budget_addresses_are_named_once,
    operations.alarm_addresses_are_named_once,
    operations.plans_are_named_once,
)
"""Every rule, in the order of the fields that they look at."""


def check(environment: AzureEnvironment) -> None:
    """Raise InputError with every problem that the rules find; nothing if there is none."""
    problems = [problem for rule in CHECKS for problem in rule(environment)]
    if problems:
        raise InputError(problems)
