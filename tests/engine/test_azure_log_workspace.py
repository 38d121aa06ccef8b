"""A Log Analytics workspace under the real engine: what becomes of its logs when it moves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from arming import SUBSCRIPTION
from rehearsing import rehearse_toy

from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

WORKSPACES = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training/providers/Microsoft.OperationalInsights/workspaces"
PROGRAM = """
from pulumi_azure_native import resources

from modelyard.azure.log_workspace import LogWorkspace

group = resources.ResourceGroup("group", resource_group_name="training", location="westeurope")
LogWorkspace(
    "logs",
    {{"resource_group_name": group.name, "location": "{location}", "workspace_name": "{name}"}},
)
"""


def test_a_workspace_that_cannot_move_keeps_its_logs_and_under_another_name_it_moves(
    engine: Engine, tmp_path: Path
) -> None:
    with rehearse_toy(engine, tmp_path, "") as toy:
        toy.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        main = toy.project / "__main__.py"
        main.write_text(PROGRAM.format(location="westeurope", name="training-logs"))
        toy.up()
        azure = AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)
        before = azure.get(f"{WORKSPACES}/training-logs", "2023-09-01")["properties"]["customerId"]

        main.write_text(PROGRAM.format(location="northeurope", name="training-logs"))
        assert "training-logs" in toy.fails("up", "--yes", "--skip-preview")
        after = azure.get(f"{WORKSPACES}/training-logs", "2023-09-01")
        assert (after["location"], after["properties"]["customerId"]) == ("westeurope", before)

        main.write_text(PROGRAM.format(location="northeurope", name="training-logs-2"))
        toy.up()
        (moved,) = azure.get(WORKSPACES, "2023-09-01")["value"]
        assert (moved["name"], moved["location"]) == ("training-logs-2", "northeurope")
        toy.must("destroy", "--yes", "--skip-preview")
