"""What a valid environment on Azure leaves out, and the rules that have to say so: those, and no others."""

from __future__ import annotations

from modelyard.catalog.azure import size
from modelyard.environment.azure.needs import pair_within
from modelyard.environment.azure.recovery_chains import replicated_stores
from modelyard.environment.azure.sites import Site, sites
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.environment.azure.storage import BlobStore
from modelyard_policies.carbon import intensities

CAP = 10_000
GRAMS_CO2E_PER_KWH = 400
ROTATION_DAYS, LOG_DAYS, FLOW_LOG_DAYS = 365, 365, 90
CLASSIFIED = {"confidential", "restricted"}
"""The rules' own defaults."""


def left_out(environment: AzureEnvironment) -> set[str]:
    """Codes of the rules that an environment fails by what its own fields say."""
    return _costs(environment) | _records(environment) | _lasting(environment)


def _costs(environment: AzureEnvironment) -> set[str]:
    accelerators = sum(
        pool.max_nodes * machine.accelerator_count * machine.accelerator_share
        for site in sites(environment)
        for pool in site.pools
        for machine in [size(pool.instance_type)]
    )
    is_kept_up = any(pool.min_nodes for site in sites(environment) for pool in site.pools)
    return {
        *(("CE1",) if environment.budget is None else ()),
        *(("CE2",) if accelerators > CAP else ()),
        *(("CE4",) if is_kept_up and environment.stage != "production" else ()),
        *(("CE5",) if any(map(_burns_coal, sites(environment))) else ()),
        *(("CO15",) if is_kept_up else ()),
    }


def _burns_coal(site: Site) -> bool:
    """Whether it has accelerators in a region where, by all sources, power is made with much carbon."""
    found = intensities().get(site.region)
    accelerated = any(size(pool.instance_type).accelerator_count for pool in site.pools)
    return accelerated and found is not None and found.least > GRAMS_CO2E_PER_KWH


def _records(environment: AzureEnvironment) -> set[str]:
    """Logs that are kept for less time than is asked for, and alarms that nobody is told of."""
    production = environment.stage == "production"
    return {
        *(("NW15",) if environment.network.flow_log_retention_days < FLOW_LOG_DAYS else ()),
        *(("LM9",) if production and environment.monitoring.log_retention_days < LOG_DAYS else ()),
        *(("LM10",) if production and not environment.monitoring.alarm_emails else ()),
    }


def _lasting(environment: AzureEnvironment) -> set[str]:
    """Keys that rotate seldom; what production's data is not kept by."""
    found = {"EN10"} if environment.encryption.rotation_days > ROTATION_DAYS else set[str]()
    if environment.stage != "production":
        return found
    if environment.storage.checkpoints.promotion is None:
        found.add("ST21")
    if environment.data_classification in CLASSIFIED:
        found |= _guarded(environment)
        if not replicated_stores(environment):
            found.add("BK15")
        if any(_in_one_region(environment, site) for site in sites(environment)):
            found.add("BK11")
    return found


def _guarded(environment: AzureEnvironment) -> set[str]:
    """Backups that somebody may delete, by intent or by mistake, or that are lost with their region."""
    backup = environment.backup
    if backup is None:
        return set()
    is_locked = backup.lock is not None and backup.lock.mode == "compliance"
    return {
        *(("BK9",) if not is_locked or not backup.soft_delete_days else ()),
        *(("BK12",) if backup.multi_user is None or not backup.delete_lock else ()),
        *(("BK13",) if not backup.geo_redundant else ()),
    }


def _in_one_region(environment: AzureEnvironment, site: Site) -> bool:
    """Whether an account has a copy in no other region: none by replication, none by Azure's own."""
    if not pair_within(site.region, environment.residency):
        return True
    stores = {"datasets": environment.storage.datasets, "checkpoints": environment.storage.checkpoints}
    copied = replicated_stores(environment)
    return not site.recovery and any(
        store.redundancy in {"lrs", "zrs"}
        for purpose, store in stores.items()
        if isinstance(store, BlobStore) and purpose not in copied
    )
