"""What a valid environment leaves out, and the rules that have to say so: those, and no others."""

from __future__ import annotations

from modelyard.catalog.instances import instance_type
from modelyard.environment.file_systems import LustreFileSystem
from modelyard.environment.sites import sites
from modelyard.environment.spec import AwsEnvironment

CAP = 10_000
MINIMUM_DAYS = {"public": 1, "internal": 7, "confidential": 14, "restricted": 30}
"""The rules' own defaults."""


def left_out(environment: AwsEnvironment) -> set[str]:
    """Codes of the rules that an environment fails by what its own fields say."""
    production = environment.stage == "production"
    spared = _left_out_of_production(environment) if production else _kept_up(environment)
    return spared | _costs(environment)


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
    }


def _kept_up(environment: AwsEnvironment) -> set[str]:
    kept = [pool for pool in environment.compute if pool.min_nodes and pool.idle_shutdown_minutes is None]
    return {"CE4"} if kept and environment.working_hours is None else set()


def _left_out_of_production(environment: AwsEnvironment) -> set[str]:
    found: set[str] = set()
    backup, kind = environment.backup, environment.data_classification
    if backup is not None and backup.retention_days < MINIMUM_DAYS[kind]:
        found.add("BK4")
    if kind not in {"confidential", "restricted"}:
        return found
    if backup is not None and (backup.lock is None or backup.lock.mode != "compliance"):
        found.add("BK2")
    could_be = [
        each
        for each in environment.storage.file_systems
        if not (isinstance(each, LustreFileSystem) and each.dataset_prefix is not None)
    ]
    if any(backup is None or not each.backed_up for each in could_be):
        found.add("BK5")
    return found
