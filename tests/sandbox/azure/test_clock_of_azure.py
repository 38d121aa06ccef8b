"""The sandbox's clock, which is moved for AWS's locks, is Azure's as well: names that were taken come free."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from arming import ACCOUNT, GROUP, LOCATION, SUBSCRIPTION, VAULT, account, vault
from azure_ml import WORKSPACE, workspace

from modelyard_sandbox.azure.client import AzureCloud, AzureError
from modelyard_sandbox.sandbox import Sandbox

ML = "2025-12-01"


def test_a_deleted_workspace_gives_its_name_back_when_days_are_let_pass(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.start(lifeline=True)
    try:
        cloud = AzureCloud(sandbox.must_run().azure_endpoint, SUBSCRIPTION)
        cloud.put(GROUP, "2024-03-01", {"location": LOCATION})
        cloud.put(ACCOUNT, "2024-01-01", account())
        cloud.put(VAULT, "2024-11-01", vault())
        cloud.put(WORKSPACE, ML, workspace())
        cloud.delete(WORKSPACE, ML)
        sandbox.clock(timedelta(days=13))
        with pytest.raises(AzureError, match="Soft-deleted workspace exists"):
            cloud.put(WORKSPACE, ML, workspace())
        sandbox.clock(timedelta(days=2))
        assert cloud.put(WORKSPACE, ML, workspace())["properties"]["provisioningState"] == "Succeeded"
    finally:
        sandbox.stop()
