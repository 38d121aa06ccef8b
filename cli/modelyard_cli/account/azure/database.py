"""The principal of Azure Cosmos DB, which a workspace with a customer's key needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.planning.azure.clusters import COSMOS_DB_APPLICATION_ID
from modelyard_cli.account.survey import Subject

if TYPE_CHECKING:
    from modelyard_cli.account.azure.survey import Loaded
    from modelyard_cli.findings import Finding


def check(loaded: Loaded) -> Iterator[Finding]:
    """Say how to look: only the directory knows, which the resource manager doesn't ask."""
    workspace = loaded.environment.workspace
    if workspace.customer_key:
        yield Subject(
            "database",
            f"principal {workspace.cosmos_db_principal_id} of Azure Cosmos DB",
            "the workspace's own database under the customer's key",
            "workspace.cosmos_db_principal_id",
        ).missing(
            "can't be asked of the resource manager: only the directory knows whose object id it is",
            f"compare it with what `az ad sp show --id {COSMOS_DB_APPLICATION_ID} --query id` prints",
            required=False,
        )
