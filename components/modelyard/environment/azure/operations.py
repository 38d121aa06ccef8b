"""Running an environment: what is watched, and who is told."""

from typing import Literal

from pydantic import Field

from modelyard.environment.azure.base import Month
from modelyard.environment.base import Email, Spec
from modelyard.environment.common import BudgetLimit

DefenderPlan = Literal["virtual_machines", "storage_accounts", "containers", "key_vaults"]


class Monitoring(Spec):
    """What is watched, and who is told."""

    alarm_emails: list[Email] = Field(default=[], max_length=10)
    """Who is told of alarms."""

    idle_accelerator_minutes: int = Field(default=60, ge=15, le=1_440)
    """Minutes that nodes are up without a job before somebody is told: the next of 15, 30, 60, 360, 720 and
    1,440, which is as far as Azure looks back, and longer than the pool's `idle_shutdown_minutes`."""

    replication_lag_minutes: Literal[5, 10, 15, 30, 120, 480, 1440] = 30
    """Minutes that copies to the recovery region may lag before somebody is told: the steps that Azure counts
    what is pending in. It commits to no time."""

    log_retention_days: int = Field(default=365, ge=30, le=730)
    """Days that logs are kept (Log Analytics takes 30 to 730)."""

    public_log_queries: bool = True
    """Whether who may read logs can ask for them from anywhere, as the portal does, and nodes' telemetry
    comes in by the internet. Without, only by a private link scope of Azure Monitor, which is yours to
    make."""

    defender_plans: list[DefenderPlan] = Field(default=[], max_length=4)
    """Plans of Microsoft Defender for Cloud to turn on. They hold for the whole subscription, stay on after
    `destroy`, and cost by what is in it: name them in one environment of a subscription only."""


class Budget(BudgetLimit):
    """A monthly limit that warns."""

    start_month: Month | None = None
    """Month that the budget starts with. Azure takes the current month or a later one when the budget is
    made, and no change afterwards. Without, it starts with the month that it is made in."""
