"""What watches an environment on Azure, against the sandbox: up, again, refreshed, and gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from arming import SUBSCRIPTION, TENANT, standing
from rehearsing import Rehearsal, rehearse_toy

from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training"
INSIGHTS = f"{GROUP}/providers/Microsoft.Insights"
PLANS = ("VirtualMachines", "KeyVaults")

PROGRAM = f"""
import pulumi
from pulumi_azure_native import keyvault, machinelearningservices, resources, storage

from modelyard.azure.budget import Budget
from modelyard.azure.defender import Defender
from modelyard.azure.log_workspace import LogWorkspace
from modelyard.azure.monitoring import Monitoring

group = resources.ResourceGroup("group", resource_group_name="training", location="westeurope")
tags = {{"owner": "me"}}
logs = LogWorkspace(
    "logs",
    {{
        "resource_group_name": group.name,
        "location": "westeurope",
        "workspace_name": "training-logs",
        "tags": tags,
    }},
)
vault = keyvault.Vault(
    "vault",
    vault_name="kv-training-01",
    resource_group_name=group.name,
    location="westeurope",
    properties={{
        "tenant_id": "{TENANT}",
        "sku": {{"family": "A", "name": "standard"}},
        "enable_rbac_authorization": True,
    }},
)
account = storage.StorageAccount(
    "account",
    account_name="trainingwork1",
    resource_group_name=group.name,
    location="westeurope",
    kind="StorageV2",
    sku={{"name": "Standard_LRS"}},
)
workspace = machinelearningservices.Workspace(
    "workspace",
    workspace_name="training-1",
    resource_group_name=group.name,
    location="westeurope",
    identity={{"type": "SystemAssigned"}},
    key_vault=vault.id,
    storage_account=account.id,
)
monitoring = Monitoring(
    "monitoring",
    {{
        "environment": "dev",
        "resource_group_name": group.name,
        "emails": ["team@example.com"],
        "workspace_id": workspace.id,
        "pools": [{{"name": "gpu", "compute_name": "gpu-1a2b", "idle_minutes": 10}}],
        "resources": {{"workspace": workspace.id, "vault": vault.id}},
        "log_workspace_id": logs.workspace_id,
        "tags": tags,
    }},
)
budget = Budget(
    "budget",
    {{
        "environment": "dev",
        "subscription_id": "{SUBSCRIPTION}",
        "resource_groups": [group.name],
        "monthly_amount": 2_000,
        "alert_percents": [50, 80, 100],
        "action_group_ids": [monitoring.action_group_id],
        "start_month": START,
    }},
)
Defender("defender", {{"subscription_id": "{SUBSCRIPTION}", "plans": {list(PLANS)}}})
pulumi.export("group", monitoring.action_group_id)
"""


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        rehearsal.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        yield rehearsal


def write(toy: Rehearsal, month: str) -> None:
    (toy.project / "__main__.py").write_text(f"START = {month!r}\n{PROGRAM}")


def test_what_watches_azure_is_brought_up_stays_as_it_is_and_goes(toy: Rehearsal) -> None:
    write(toy, f"{datetime.now(UTC):%Y-%m}")
    toy.must("preview")
    toy.up()
    azure = AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)
    outputs = toy.outputs()
    assert outputs == {"group": f"{INSIGHTS}/actionGroups/dev-alerts"}
    rules = azure.get(f"{INSIGHTS}/metricAlerts/dev-idle-gpu", "2018-03-01")["properties"]
    (criterion,) = rules["criteria"]["allOf"]
    assert (criterion["metricName"], criterion["timeAggregation"]) == ("Idle Nodes", "Minimum")
    assert [action["actionGroupId"] for action in rules["actions"]] == [outputs["group"]]

    toy.up("--expect-no-changes")
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    toy.up("--expect-no-changes")
    # Azure takes no other start for a budget that stands, and isn't asked to.
    write(toy, "2031-01")
    toy.up("--expect-no-changes")
    toy.must("destroy", "--yes", "--skip-preview")
    # Plans of Defender stay on: Azure deletes none.
    assert {type_ for type_, _ in standing(azure)} <= {"azure-native:security:Pricing"}
    for plan in PLANS:
        pricing = azure.get(
            f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Security/pricings/{plan}", "2024-01-01"
        )
        assert pricing["properties"]["pricingTier"] == "Standard"


def test_a_plan_of_defender_that_stayed_on_is_taken_up_again_and_one_more_may_be_named(
    toy: Rehearsal,
) -> None:
    main = toy.project / "__main__.py"
    program = (
        "from modelyard.azure.defender import Defender\n\n"
        f'Defender("defender", {{"subscription_id": "{SUBSCRIPTION}", "plans": PLANS}})\n'
    )
    main.write_text(f"PLANS = {list(PLANS)}\n{program}")
    toy.up()
    toy.must("destroy", "--yes", "--skip-preview")
    toy.up()
    main.write_text(f"PLANS = {[*PLANS, 'StorageAccounts']}\n{program}")
    toy.up()
    toy.up("--expect-no-changes")
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    toy.must("destroy", "--yes", "--skip-preview")
