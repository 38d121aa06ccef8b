"""The workspace, and who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.azure import size, size_names
from modelyard.environment.azure.sites import named_pools
from modelyard.errors import Problem
from modelyard.planning.azure.clusters import COSMOS_DB_APPLICATION_ID, IMAGE_BUILD
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment


def customer_key_has_its_principal(environment: AzureEnvironment) -> Iterator[Problem]:
    """The database that a workspace with a key of its own makes has to use the key."""
    workspace = environment.workspace
    if workspace.customer_key and workspace.cosmos_db_principal_id is None:
        yield Problem(
            field="workspace.cosmos_db_principal_id",
            given="nothing",
            message="a workspace with a key of its own comes with a database, which has to use the key",
            allowed='the object id of "Azure Cosmos DB" in the tenant',
            mend=f"write what `az ad sp show --id {COSMOS_DB_APPLICATION_ID} --query id` prints",
        )
    if not workspace.customer_key and workspace.cosmos_db_principal_id is not None:
        yield Problem(
            field="workspace.cosmos_db_principal_id",
            given=given_text(workspace.cosmos_db_principal_id),
            message="without a key of its own the workspace makes no database",
            allowed="nothing, while customer_key is false",
            mend="remove it, or set customer_key: true",
        )


def builder_is_a_cpu_size(environment: AzureEnvironment) -> Iterator[Problem]:
    """Images are built on machines without accelerators."""
    name = environment.workspace.image_build_instance_type
    if name in size_names() and size(name).kind != "cpu":
        yield Problem(
            field="workspace.image_build_instance_type",
            given=given_text(name),
            message="accelerators build no images",
            allowed="a size without accelerators, as Standard_D16ds_v5",
            mend="choose such a size",
        )


def no_pool_is_called_as_the_builders(environment: AzureEnvironment) -> Iterator[Problem]:
    """The name of the cluster that builds images is taken."""
    for field, pool in named_pools(environment):
        if pool.name == IMAGE_BUILD:
            yield Problem(
                field=f"{field}.name",
                given=given_text(pool.name),
                message="the cluster that builds images is called so",
                allowed=f"any other name than {IMAGE_BUILD}",
                mend="choose another name; the size of that cluster is workspace.image_build_instance_type",
            )


def submitters_are_named_once(environment: AzureEnvironment) -> Iterator[Problem]:
    """Nobody is given a role twice, which Azure refuses."""
    ids = [each.principal_id for each in environment.jobs.submitters]
    for place, principal_id in enumerate(ids):
        if principal_id in ids[:place]:
            yield Problem(
                field=f"jobs.submitters[{place}].principal_id",
                given=given_text(principal_id),
                message=f"jobs.submitters[{ids.index(principal_id)}] is the same",
                allowed="each object once",
                mend="remove one of the two",
            )
