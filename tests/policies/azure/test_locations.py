import pytest

from modelyard_policies.azure.locations import location_of
from modelyard_policies.azure.types import (
    AGENT_POOL,
    MANAGED_CLUSTER,
    ML_COMPUTE,
    RESOURCE_GROUP,
    STORAGE_ACCOUNT,
)
from modelyard_policies.errors import Unread
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.reading import GraphView

GROUP = {"group": (RESOURCE_GROUP, {"resourceGroupName": "main", "location": "West Europe"})}
HERE = {"region": "uksouth"}


def found(build, resources):
    view = GraphView(build(resources))
    return location_of(list(view.resources())[-1], view)


@pytest.mark.parametrize(
    ("resource", "region"),
    [
        (
            (STORAGE_ACCOUNT, {"resourceGroupName": "main", "location": "North Europe"}, {}, HERE),
            "northeurope",
        ),
        ((STORAGE_ACCOUNT, {"resourceGroupName": "main"}, {}, HERE), "uksouth"),
        ((STORAGE_ACCOUNT, {"resourceGroupName": "main"}), "westeurope"),
        (
            (STORAGE_ACCOUNT, {"resourceGroupName": UNKNOWN}, {"resourceGroupName": ["group"]}),
            "westeurope",
        ),
        (
            (ML_COMPUTE, {"resourceGroupName": "main", "properties": {"computeLocation": "eastus"}}),
            "eastus",
        ),
        ((STORAGE_ACCOUNT, {}), ""),
    ],
)
def test_a_resource_is_where_it_its_provider_or_its_group_says(resource, region, build):
    assert found(build, {**GROUP, "it": resource}) == region


def test_a_pool_of_aks_is_where_its_cluster_is(build):
    cluster = (MANAGED_CLUSTER, {"resourceName": "gpu", "resourceGroupName": "main"})
    pool = (AGENT_POOL, {"resourceName": "gpu"}, {}, HERE)
    assert found(build, {**GROUP, "cluster": cluster, "pool": pool}) == "westeurope"


@pytest.mark.parametrize(
    "resource",
    [
        (STORAGE_ACCOUNT, {"resourceGroupName": "elsewhere"}),
        (STORAGE_ACCOUNT, {"location": UNKNOWN}),
        (RESOURCE_GROUP, {"resourceGroupName": "main"}),
        (AGENT_POOL, {"resourceName": "elsewhere"}),
    ],
)
def test_a_location_that_nothing_tells_is_not_known(resource, build):
    with pytest.raises(Unread):
        found(build, {"it": resource})
