"""Compute clusters: where they can be, what they can be, and what may be changed of them."""

from __future__ import annotations

from typing import Any

import pytest
from arming import HOME, LOCATION, NETWORK, Arm, network, subnet
from azure_ml import (
    COMPUTE,
    H100,
    IDENTITY,
    NODES,
    USER,
    WORKSPACE,
    compute,
    endpoint,
    identity,
    workspace,
)

WHERE = "properties.properties"


def scaled(**scale: Any) -> dict[str, Any]:
    return compute(scaleSettings=scale)


def test_a_cluster_shows_what_azure_fills_in_and_that_nothing_runs(ml: Arm) -> None:
    status, made = ml.call("PUT", COMPUTE, compute(most=4, least=1))
    assert status == 201
    properties = made["properties"]
    cluster = properties["properties"]
    assert properties["provisioningState"] == "Succeeded"
    assert properties["computeLocation"] == made["location"] == LOCATION
    assert properties["disableLocalAuth"] is False
    assert cluster["vmPriority"] == "Dedicated"
    assert cluster["scaleSettings"]["nodeIdleTimeBeforeScaleDown"] == "PT120S"
    assert (cluster["allocationState"], cluster["currentNodeCount"]) == ("Steady", 1)
    assert cluster["nodeStateCounts"]["idleNodeCount"] == 1
    assert ml.listed(f"{WORKSPACE}/computes") == ["gpu"]
    assert ml.call("DELETE", COMPUTE) == (200, None)
    assert ml.listed(f"{WORKSPACE}/computes") == []


def test_how_a_cluster_scales_is_changed_by_put_and_by_patch(ml: Arm) -> None:
    ml.put(COMPUTE, compute())
    ml.put(COMPUTE, compute(most=5, least=2))
    patch = {"properties": {"properties": {"scaleSettings": {"maxNodeCount": 7, "minNodeCount": 0}}}}
    status, patched = ml.call("PATCH", COMPUTE, patch)
    assert status == 200
    assert patched["properties"]["properties"]["scaleSettings"] == {
        "maxNodeCount": 7,
        "minNodeCount": 0,
        "nodeIdleTimeBeforeScaleDown": "PT120S",
    }


CHANGES: dict[str, dict[str, Any]] = {
    f"{WHERE}.vmSize": compute(vmSize="Standard_D8ds_v5"),
    f"{WHERE}.vmPriority": compute(vmPriority="LowPriority"),
    f"{WHERE}.osType": compute(osType="Windows"),
    f"{WHERE}.subnet": compute(subnet=None),
    f"{WHERE}.remoteLoginPortPublicAccess": compute(remoteLoginPortPublicAccess="Disabled"),
    f"{WHERE}.enableNodePublicIp": compute(enableNodePublicIp=False),
    "tags": {**compute(), "tags": {"owner": "me"}},
    "identity": {**compute(), "identity": {"type": "SystemAssigned"}},
    "location": {**compute(), "location": "eastus"},
}


@pytest.mark.parametrize("path", CHANGES)
def test_nothing_else_of_a_cluster_can_be_changed(ml: Arm, path: str) -> None:
    ml.put(COMPUTE, compute())
    before = ml.get(COMPUTE)
    status, code, message = ml.refused("PUT", COMPUTE, CHANGES[path])
    assert (status, code) == (400, "BadRequest")
    assert message.startswith("The property ")
    assert path in message
    assert message.endswith(" of a compute cluster can not be changed after creation.")
    assert ml.get(COMPUTE) == before


def test_a_cluster_that_is_written_again_as_it_is_stays(ml: Arm) -> None:
    ml.put(COMPUTE, compute(subnet={"id": NODES.upper().replace("SUBSCRIPTIONS", "subscriptions")}))
    ml.put(COMPUTE, compute())
    status, _ = ml.call("PUT", COMPUTE, ml.get(COMPUTE))
    assert status == 200, "an answer can be sent back"


def test_nodes_without_public_addresses_need_the_workspaces_endpoint_and_a_subnet(ml: Arm) -> None:
    private = compute(enableNodePublicIp=False)
    assert ml.refused("PUT", COMPUTE, private) == (
        400,
        "UserError",
        "Provided EnableNodePublicIp 'False' requires workspace private endpoint.",
    )
    endpoint(ml)
    assert ml.refused("PUT", COMPUTE, compute(enableNodePublicIp=False, subnet=None)) == (
        400,
        "UserError",
        "Provided EnableNodePublicIp 'False' requires a subnet.",
    )
    ml.put(COMPUTE, private)


def test_a_managed_network_needs_neither_and_takes_no_subnet(parts: Arm) -> None:
    parts.put(WORKSPACE, workspace(managedNetwork={"isolationMode": "AllowInternetOutbound"}))
    parts.put(COMPUTE, compute(enableNodePublicIp=False, subnet=None))
    assert parts.refused("PUT", COMPUTE.replace("/gpu", "/other"), compute()) == (
        400,
        "BadRequest",
        "A workspace with a managed network takes no subnet for its computes.",
    )


def test_a_cluster_is_in_the_region_of_its_subnet(ml: Arm) -> None:
    elsewhere = NETWORK.replace("/net", "/far")
    ml.put(elsewhere, {**network(subnets=[{"name": "nodes", **subnet("10.0.0.0/24")}]), "location": "eastus"})
    far = f"{elsewhere}/subnets/nodes"
    assert ml.refused("PUT", COMPUTE, compute(subnet={"id": far})) == (
        400,
        "BadRequest",
        f"The subnet {far} is in eastus: it must be in the compute's region, westeurope.",
    )
    ml.put(COMPUTE, {**compute(subnet={"id": far}), "location": "eastus"})
    endpoint(ml)
    assert ml.refused(
        "PUT", COMPUTE.replace("/gpu", "/b"), {**compute(subnet={"id": far}), "location": "eastus"}
    )


def test_beside_a_private_endpoint_a_cluster_is_in_the_workspaces_region(ml: Arm) -> None:
    endpoint(ml)
    assert ml.refused("PUT", COMPUTE, {**compute(subnet=None), "location": "eastus"}) == (
        400,
        "BadRequest",
        "A compute of a workspace with a private endpoint must be in the workspace's region, westeurope.",
    )


def test_a_subnet_must_stand_and_not_be_delegated(ml: Arm) -> None:
    none = f"{NETWORK}/subnets/none"
    assert ml.refused("PUT", COMPUTE, compute(subnet={"id": none})) == (
        400,
        "BadRequest",
        f"The resource {none}, which property properties.properties.subnet.id names, was not found.",
    )
    delegation = {"name": "db", "properties": {"serviceName": "Microsoft.DBforPostgreSQL/flexibleServers"}}
    given = f"{NETWORK}/subnets/given"
    ml.put(given, subnet("10.0.2.0/24", delegations=[delegation]))
    assert ml.refused("PUT", COMPUTE, compute(subnet={"id": given})) == (
        400,
        "BadRequest",
        f"The subnet {given} is delegated: a compute cluster's must not be.",
    )


def test_a_size_must_be_one_that_is_offered_there(ml: Arm) -> None:
    status, code, message = ml.refused("PUT", COMPUTE, compute(vmSize="Standard_ND96"))
    assert (status, code) == (400, "InvalidPropertyValue")
    assert message.startswith(
        "The specified value Standard_ND96 for property Cluster.Properties.VMSize is not a supported VM size. "
        "Supported VM sizes: STANDARD_D128DS_V6,"
    )
    far = {**compute(vmSize=H100, subnet=None), "location": "northeurope"}
    status, code, message = ml.refused("PUT", COMPUTE, far)
    assert (status, code) == (400, "InvalidPropertyValue")
    assert "VMSize is not a supported VM size in northeurope. Supported VM sizes: " in message
    assert "ND96ISR_H100" not in message.partition("Supported VM sizes")[2]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            scaled(maxNodeCount=1, minNodeCount=2),
            f"The specified value 2 for property {WHERE}.scaleSettings.minNodeCount is more than maxNodeCount, 1.",
        ),
        (
            scaled(maxNodeCount=1, nodeIdleTimeBeforeScaleDown="5 minutes"),
            (
                f"The specified value 5 minutes for property {WHERE}.scaleSettings.nodeIdleTimeBeforeScaleDown is "
                "not a duration as PT120S."
            ),
        ),
        (
            compute(most=101, vmSize=H100),
            (
                f"The specified value 101 for property {WHERE}.scaleSettings.maxNodeCount is more than the 100 "
                f"nodes that a cluster of {H100} can have."
            ),
        ),
        (
            compute(vmPriority="Free"),
            f"The specified value Free for property {WHERE}.vmPriority is not allowed.",
        ),
        (
            {"properties": {"computeType": "ComputeInstance", "properties": {"vmSize": H100}}},
            "The specified value ComputeInstance for property properties.computeType is not allowed.",
        ),
    ],
)
def test_values_out_of_bounds_are_refused(ml: Arm, body: dict[str, Any], message: str) -> None:
    assert ml.refused("PUT", COMPUTE, body) == (400, "InvalidPropertyValue", message)


@pytest.mark.parametrize("name", ["1st", "a", "ends-", "seventeen-letters", "dot.ted"])
def test_a_name_out_of_bounds_is_refused(ml: Arm, name: str) -> None:
    assert ml.refused("PUT", f"{WORKSPACE}/computes/{name}", compute()) == (
        400,
        "InvalidComputeName",
        (
            f"The compute name '{name}' is invalid: it has 2 to 16 letters, digits and hyphens, begins with a "
            "letter and ends with a letter or digit."
        ),
    )


def test_a_cluster_says_how_it_scales(ml: Arm) -> None:
    status, code, message = ml.refused("PUT", COMPUTE, compute(scaleSettings=None))
    assert (status, code) == (400, "InvalidRequestContent")
    assert "Required property 'scaleSettings' not found in JSON." in message


def test_a_cluster_has_an_own_identity_or_some_of_the_users(ml: Arm) -> None:
    identity(ml)
    made = ml.put(COMPUTE, {**compute(), "identity": USER})
    assert made["identity"]["userAssignedIdentities"][IDENTITY]["clientId"]
    both = {**USER, "type": "SystemAssigned,UserAssigned"}
    assert ml.refused("PUT", COMPUTE.replace("/gpu", "/both"), {**compute(), "identity": both}) == (
        400,
        "BadRequest",
        "A compute cluster has one system assigned identity or several user assigned ones, not both.",
    )
    nobody = {"type": "UserAssigned", "userAssignedIdentities": {f"{IDENTITY}-gone": {}}}
    assert ml.refused("PUT", COMPUTE.replace("/gpu", "/none"), {**compute(), "identity": nobody})[1] == (
        "FailedIdentityOperation"
    )


def test_a_cluster_needs_its_workspace(parts: Arm) -> None:
    assert parts.refused("PUT", COMPUTE, compute())[:2] == (404, "ParentResourceNotFound")


def test_the_password_of_nodes_is_not_shown(ml: Arm) -> None:
    people = {"adminUserName": "me", "adminUserPassword": "secret"}
    made = ml.put(COMPUTE, compute(userAccountCredentials=people))
    assert made["properties"]["properties"]["userAccountCredentials"] == {"adminUserName": "me"}


def test_the_password_of_nodes_stays_when_a_cluster_is_patched(ml: Arm) -> None:
    people = {"adminUserName": "me", "adminUserPassword": "secret"}
    ml.put(COMPUTE, compute(userAccountCredentials=people))
    patch = {"properties": {"properties": {"scaleSettings": {"maxNodeCount": 7}}}}
    status, patched = ml.call("PATCH", COMPUTE, patch)
    assert status == 200, patched
    assert patched["properties"]["properties"]["userAccountCredentials"] == {"adminUserName": "me"}
    ml.put(COMPUTE, compute(most=7, userAccountCredentials=people))


FAMILY = "standardNDSH100v5Family"
LOCATIONS = f"{HOME}/providers/Microsoft.MachineLearningServices/locations"
SWEDEN = f"{LOCATIONS}/swedencentral"


def limit(vcpus: Any) -> dict[str, Any]:
    return {"properties": {"limit": {"limitObjectType": "LimitValue", "value": vcpus}}}


def gpus(least: int, **cluster: Any) -> dict[str, Any]:
    body = compute(most=4, least=least, subnet=None, **{"vmSize": H100, **cluster})
    return {**body, "location": "swedencentral"}


def test_a_quota_that_is_set_ends_the_work_on_a_cluster_that_it_has_no_room_for(ml: Arm) -> None:
    quota = f"{SWEDEN}/providers/Microsoft.Quota/quotas/{FAMILY}"
    version = {"api-version": "2023-02-01"}
    assert ml.call("PUT", quota, limit(96), query=version)[1]["properties"]["limit"]["value"] == 96
    ml.put(COMPUTE, gpus(1))
    other = COMPUTE.replace("/gpu", "/other")
    assert ml.refused("PUT", other, gpus(0)) == (
        400,
        "ClusterMinNodesExceedCoreQuota",
        (
            "The specified subscription has a Standard NDSH100v5 family vCPU quota of 96 and cannot accomodate "
            "for at least 1 requested managed compute nodes which maps to 96 vCPUs."
        ),
    )
    assert ml.get(other)["properties"]["provisioningState"] == "Failed"
    ml.call("PUT", quota, limit(192), query=version)
    assert ml.put(other, gpus(0))["properties"]["provisioningState"] == "Succeeded"
    ml.put(
        COMPUTE.replace("/gpu", "/spare"),
        gpus(4, vmSize="Standard_ND96amsr_A100_v4", vmPriority="LowPriority"),
    )
    usages = [
        (usage["type"].rpartition("/")[0].rpartition("/")[2], usage["currentValue"], usage["limit"])
        for usage in ml.get(f"{SWEDEN}/usages")["value"]
        if usage["name"]["value"] in (FAMILY, "TotalLowPriorityCores")
    ]
    assert usages == [
        ("totalLowPriorityCores", 384, 100_000), ("dedicatedCores", 96, 192), ("lowPriorityCores", 0, -1)
    ]  # fmt: skip
    status, shown = ml.call("GET", quota, query=version)
    assert (status, shown["name"], shown["properties"]["limit"]["value"]) == (200, FAMILY, 192)


@pytest.mark.parametrize("vcpus", [-1, "many", None, True])
def test_a_quota_is_a_number_of_vcpus(ml: Arm, vcpus: object) -> None:
    quota = f"{SWEDEN}/providers/Microsoft.Quota/quotas/{FAMILY}"
    assert ml.refused("PUT", quota, limit(vcpus), query={"api-version": "2023-02-01"}) == (
        400,
        "BadRequest",
        "properties.limit.value must be a whole number of vCPUs, 0 or more.",
    )


def test_a_quota_must_be_of_a_known_family_of_machine_learning(ml: Arm) -> None:
    version = {"api-version": "2023-02-01"}
    status, code, message = ml.refused(
        "PUT", f"{SWEDEN}/providers/Microsoft.Quota/quotas/none", limit(1), query=version
    )
    assert (status, code) == (404, "ResourceNotFound")
    assert message.startswith("There is no quota none; there are ")
    other = f"{HOME}/providers/Microsoft.Compute/locations/eastus/providers/Microsoft.Quota/quotas/{FAMILY}"
    assert ml.refused("PUT", other, limit(1), query=version) == (
        404,
        "NotFound",
        "The sandbox has quotas of Microsoft.MachineLearningServices/locations only.",
    )
