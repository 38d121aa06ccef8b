"""What a subscription has by itself: resource providers, regions and sizes; and roles of one's own."""

from __future__ import annotations

from typing import Any

from arming import HOME, SUBSCRIPTION, Arm

PRINCIPAL = "44444444-4444-4444-4444-444444444444"
ROLE = f"{HOME}/providers/Microsoft.Authorization/roleDefinitions/55555555-5555-5555-5555-555555555555"
ASSIGNED = f"{HOME}/providers/Microsoft.Authorization/roleAssignments/66666666-6666-6666-6666-666666666666"
CONTRIBUTOR = f"{HOME}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"


def role(name: str = "deployer", **changes: Any) -> dict[str, Any]:
    return {
        "properties": {
            "roleName": name,
            "assignableScopes": [HOME],
            "permissions": [{"actions": ["Microsoft.Storage/storageAccounts/write"], "notActions": []}],
            **changes,
        }
    }


def state(arm: Arm, namespace: str) -> str:
    return arm.get(f"{HOME}/providers/{namespace}")["registrationState"]


def registered(arm: Arm, namespace: str) -> str:
    status, document = arm.call("POST", f"{HOME}/providers/{namespace}/register", {})
    assert status == 200
    return document["registrationState"]


def test_a_provider_that_is_registered_shows_so_after_a_while(arm: Arm) -> None:
    assert state(arm, "Microsoft.Storage") == "NotRegistered"
    said = registered(arm, "Microsoft.Storage")
    assert said == "Registering"
    assert [state(arm, "Microsoft.Storage") for _ in range(2)] == ["Registering", "Registered"]
    again = registered(arm, "Microsoft.Storage")
    assert again == "Registered"


def test_what_azure_registers_by_itself_is_registered(arm: Arm) -> None:
    listed = arm.get(f"{HOME}/providers")["value"]
    found = {each["namespace"]: each["registrationState"] for each in listed}
    assert found["Microsoft.Authorization"] == "Registered"
    assert found["Microsoft.MachineLearningServices"] == "NotRegistered"
    said = registered(arm, "Microsoft.Authorization")
    assert said == "Registered"


def test_a_namespace_that_isnt_known_is_no_provider(arm: Arm) -> None:
    refused = arm.refused("GET", f"{HOME}/providers/Microsoft.Nothing")
    assert refused[1] == "InvalidResourceNamespace"


def test_regions_are_listed_with_their_pairs_but_what_is_withheld(arm: Arm) -> None:
    arm.store.withheld.add((SUBSCRIPTION, "westus3", ""))
    listed = {each["name"]: each for each in arm.get(f"{HOME}/locations")["value"]}
    assert listed["westeurope"]["displayName"] == "West Europe"
    assert listed["westeurope"]["metadata"]["pairedRegion"][0]["name"] == "northeurope"
    assert "westus3" not in listed


def test_sizes_of_clusters_are_those_of_the_region(arm: Arm) -> None:
    path = f"{HOME}/providers/Microsoft.MachineLearningServices/locations/eastus/vmSizes"
    found = {each["name"]: each for each in arm.get(path)["value"]}
    assert found["Standard_ND96isr_H100_v5"]["gpus"] == 8
    assert found["Standard_ND96isr_H100_v5"]["vCPUs"] == 96
    assert found["Standard_D16ds_v5"]["family"] == "standardDDSv5Family"


def test_a_size_that_is_withheld_is_restricted(arm: Arm) -> None:
    arm.store.withheld.add((SUBSCRIPTION, "eastus", "Standard_D16ds_v5"))
    listed = arm.get(f"{HOME}/providers/Microsoft.Compute/skus")["value"]
    found = {(each["name"], *each["locations"]): each["restrictions"] for each in listed}
    assert found["Standard_D16ds_v5", "westeurope"] == []
    [restriction] = found["Standard_D16ds_v5", "eastus"]
    assert restriction["reasonCode"] == "NotAvailableForSubscription"


def test_a_role_of_ones_own_can_be_assigned_and_then_stays(arm: Arm) -> None:
    made = arm.put(ROLE, role())
    assert made["properties"]["type"] == "CustomRole"
    given = {
        "properties": {
            "principalId": PRINCIPAL,
            "principalType": "ServicePrincipal",
            "roleDefinitionId": ROLE,
        }
    }
    assert arm.put(ASSIGNED, given)["properties"]["roleDefinitionId"] == ROLE
    refused = arm.refused("DELETE", ROLE)
    assert refused[1] == "RoleDefinitionHasAssignments"
    assert [arm.call("DELETE", place)[0] for place in (ASSIGNED, ROLE)] == [200, 200]
    assert arm.refused("GET", ROLE)[1] == "RoleDefinitionDoesNotExist"
    assert arm.refused("PUT", ASSIGNED, given)[1] == "RoleDefinitionDoesNotExist"


def test_a_roles_name_is_unique_and_no_built_in_roles(arm: Arm) -> None:
    arm.put(ROLE, role())
    other = ROLE.replace("5555-5555-", "5555-7777-")
    assert arm.refused("PUT", other, role())[1] == "RoleDefinitionWithSameNameExists"
    said = arm.refused("PUT", other, role("contributor"))
    assert said[2] == "A built-in role has the name contributor."
    arm.put(ROLE, role(description="again"))


def test_a_built_in_role_is_shown_and_cant_be_changed(arm: Arm) -> None:
    shown = arm.get(CONTRIBUTOR)
    assert (shown["properties"]["roleName"], shown["properties"]["type"]) == ("Contributor", "BuiltInRole")
    assert arm.refused("PUT", CONTRIBUTOR, role())[1] == ("RoleDefinitionUpdateNotPermitted")
    assert arm.refused("DELETE", CONTRIBUTOR)[1] == "RoleDefinitionDeleteNotPermitted"


def test_a_role_needs_a_scope_in_a_subscription(arm: Arm) -> None:
    for scopes in ([], ["/"]):
        refused = arm.refused("PUT", ROLE, role(assignableScopes=scopes))
        assert refused[1] == "MissingAssignableScopes"
