"""What a valid environment leaves out, and the rules that have to say so: those, and no others."""

from __future__ import annotations

from modelyard.catalog.instances import instance_type
from modelyard.environment.aws.file_systems import LustreFileSystem
from modelyard.environment.aws.sites import Site, sites
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard_policies.carbon import intensities

CAP = 10_000
GRAMS_CO2E_PER_KWH = 400
LOG_DAYS, LOG_DAYS_IN_DEVELOPMENT = 365, 30
MINIMUM_DAYS = {"public": 1, "internal": 7, "confidential": 14, "restricted": 30}
"""The rules' own defaults."""


def left_out(environment: AwsEnvironment) -> set[str]:
    """Codes of the rules that an environment fails by what its own fields say."""
    production = environment.stage == "production"
    spared = _left_out_of_production(environment) if production else _kept_up(environment)
    return spared | _costs(environment) | _records(environment)


def _costs(environment: AwsEnvironment) -> set[str]:
    accelerators = sum(
        pool.max_nodes * machine.accelerator_count * machine.accelerator_share
        for site in sites(environment)
        for pool in site.pools
        for machine in [instance_type(pool.instance_type)]
    )
    return {
        *(("CE1",) if environment.budget is None else ()),
        *(("CE2",) if accelerators > CAP else ()),
        *(("CE5",) if any(map(_burns_coal, sites(environment))) else ()),
    }


def _burns_coal(site: Site) -> bool:
    """Whether it has accelerators in a region where, by all sources, power is made with much carbon."""
    found = intensities().get(site.region)
    accelerated = any(instance_type(pool.instance_type).accelerator_count for pool in site.pools)
    return accelerated and found is not None and found.least > GRAMS_CO2E_PER_KWH


def _records(environment: AwsEnvironment) -> set[str]:
    """Logs that are kept for less time than their stage asks for."""
    least = LOG_DAYS if environment.stage == "production" else LOG_DAYS_IN_DEVELOPMENT
    kept = (environment.monitoring.log_retention_days, environment.network.flow_log_retention_days)
    return {"LM3"} if min(kept) < least else set()


def _kept_up(environment: AwsEnvironment) -> set[str]:
    kept = [pool for pool in environment.compute if pool.min_nodes and pool.idle_shutdown_minutes is None]
    return {"CE4"} if kept and environment.working_hours is None else set()


def _left_out_of_production(environment: AwsEnvironment) -> set[str]:
    found: set[str] = set()
    backup, kind = environment.backup, environment.data_classification
    could_be = [
        each
        for each in environment.storage.file_systems
        if not (isinstance(each, LustreFileSystem) and each.dataset_prefix is not None)
    ]
    lost = [each for each in could_be if backup is None or not each.backed_up]
    if any(isinstance(each, LustreFileSystem) for each in lost):
        found.add("ST12")
    # Checkpoints that nobody promotes are never locked, so their bucket needs no lock.
    if environment.storage.checkpoints.promotion is None:
        found.add("ST10")
    # A way out is the way to the cloud's services as well: endpoints beside it are left out.
    if environment.network.egress == "nat":
        found.add("NW9")
    if backup is not None and backup.retention_days < MINIMUM_DAYS[kind]:
        found.add("BK4")
    if kind not in {"confidential", "restricted"}:
        return found
    if backup is not None and (backup.lock is None or backup.lock.mode != "compliance"):
        found.add("BK2")
    if lost:
        found.add("BK5")
    return found
