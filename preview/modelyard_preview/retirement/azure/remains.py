"""What is still there when the stack of an environment on Azure is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from modelyard.environment.azure.sites import sites
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.environment.azure.target import names
from modelyard_preview.retirement.model import Remainder

VAULT_DAYS = 90
"""Days that a deleted key vault is kept, which nobody purges before ("Azure Key Vault soft-delete overview",
2026-11)."""

WORKSPACE_DAYS = 14
"""Days that deleted workspaces are kept: of Machine Learning ("Recover workspace data while soft deleted",
2026-11), and of Log Analytics ("Delete and recover a Log Analytics workspace", 2026-11)."""

TAKEN = "to build the environment again before that, raise generation"


def remains(environment: AzureEnvironment, last_destroy: datetime) -> Iterator[Remainder]:
    """What stays after the last `pulumi destroy`, if that is done at the moment given."""
    purged = environment.workspace.customer_key
    for site in sites(environment):
        called = names(environment, site.region)
        for vault in (called.vault, called.workspace_vault):
            yield Remainder(
                f"deleted key vault {vault}",
                "purge protection keeps it, its name and its keys; "
                f"`az keyvault recover --name {vault}` brings it back until then; {TAKEN}",
                _after(last_destroy, VAULT_DAYS),
            )
        if not purged:
            yield Remainder(
                f"deleted Machine Learning workspace {called.workspace}",
                f"Azure keeps it and its name; {TAKEN}",
                _after(last_destroy, WORKSPACE_DAYS),
            )
        yield Remainder(
            f"deleted Log Analytics workspace {called.log_workspace}",
            "Azure keeps it with its logs, and `up` in the same group brings it back until then",
            _after(last_destroy, WORKSPACE_DAYS),
        )
    if environment.monitoring.defender_plans:
        yield Remainder(
            "plans of Microsoft Defender",
            "they are the subscription's, protect what else is in it, and are paid for",
            "somebody turns them off: `az security pricing create --name PLAN --tier Free`",
        )
    yield Remainder(
        "what the subscription has once, and what bootstrap made",
        "network watchers and registered providers serve others; the state, its account and its vault are "
        "the only record of what there was",
        "nobody needs them any more",
    )


def _after(moment: datetime, days: int) -> str:
    return (moment + timedelta(days=days)).isoformat(timespec="minutes")
