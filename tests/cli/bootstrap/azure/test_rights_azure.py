"""The deployer's rights against what the shipped stacks are made of: no type and no role more, and none less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from previewing import ROOT, preview, preview_environment

from modelyard.environment.load import load_environment
from modelyard.planning.azure.roles import ROLE_IDS
from modelyard_cli.bootstrap.azure.rights import (
    BESIDE,
    LEFT_OUT,
    NAMESPACES_OF_CUSTOMER_KEY,
    OF_IDENTITIES,
    OF_PEOPLE,
    RBAC_ADMINISTRATOR,
    TYPES,
    actions,
    condition,
    namespaces,
    role_definition,
)
from modelyard_cli.bootstrap.github import ISSUER, subject
from modelyard_policies.azure.types import ROLE_ASSIGNMENT
from modelyard_policies.engine import evaluate
from modelyard_policies.registry import all_rules
from modelyard_sandbox.azure.manager.role_definitions import ROLES
from modelyard_sandbox.azure.registry import handler_of

SOMEBODY = "8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f"
NAMES = {id_: name for name, id_ in ROLE_IDS.items()}


def fields(name: str, **changes: Any) -> dict[str, Any]:
    shipped = load_environment(name, root=ROOT).model_dump(mode="json", exclude_unset=True)
    return {**shipped, **changes}


@pytest.fixture(scope="module")
def resources() -> list[Any]:
    """All that the shipped stacks make, and what they would with everything that can be chosen."""
    prod = fields("azure-prod")
    workspace = {**prod.get("workspace", {}), "customer_key": True, "cosmos_db_principal_id": SOMEBODY}
    monitoring = {**prod["monitoring"], "defender_plans": ["storage_accounts"]}
    jobs = {"submitters": [{"principal_id": SOMEBODY, "kind": "user"}]}
    everything = {**prod, "workspace": workspace, "monitoring": monitoring, "jobs": jobs}
    return [
        node
        for environment in (fields("azure-dev"), prod, everything)
        for node in preview_environment(environment).resources
        if node.type.startswith("azure-native:")
    ]


def arm_types(resources: list[Any]) -> Iterator[str]:
    """Azure's types of resources, from the paths that azure-native writes them to."""
    for token in {node.type for node in resources}:
        path = handler_of(token).path.rpartition("/providers/")[2]
        if token == "azure-native:resources:ResourceGroup":
            yield "Microsoft.Resources/subscriptions/resourceGroups"
            continue
        parts = path.split("/")
        yield "/".join([parts[0], *parts[1::2]])


def given(resources: list[Any]) -> set[tuple[str, str]]:
    """The roles that are assigned, each with the type of whom."""
    found: set[tuple[str, str]] = set()
    for node in resources:
        if node.type == ROLE_ASSIGNMENT:
            role = node.properties["roleDefinitionId"].rpartition("/")[2]
            found.add((NAMES[role], node.properties["principalType"]))
    return found


def test_the_types_are_those_of_the_stacks(resources):
    assert set(arm_types(resources)) - {"Microsoft.Authorization/roleAssignments"} == set(TYPES)


def test_the_roles_are_those_that_the_stacks_assign(resources):
    assigned = given(resources)
    assert {role for role, kind in assigned if kind == "ServicePrincipal"} == set(OF_IDENTITIES)
    assert {role for role, kind in assigned if kind != "ServicePrincipal"} == set(OF_PEOPLE)


def allows(action: str) -> bool:
    """Whether the deployer's role allows an action."""

    def matches(pattern: str) -> bool:
        return fnmatchcase(action.lower(), pattern.lower())

    return any(map(matches, actions())) and not any(map(matches, LEFT_OUT))


def test_every_type_can_be_made_changed_and_deleted():
    for type_ in TYPES:
        assert [allows(f"{type_}/{verb}") for verb in ("read", "write", "delete")] == [True] * 3, type_
    assert [allows(action) for action in BESIDE] == [True] * len(BESIDE)


@pytest.mark.parametrize(
    "action",
    [
        "Microsoft.Network/virtualNetworks/subnets/join/action",
        "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
        "Microsoft.Storage/storageAccounts/PrivateEndpointConnectionsApproval/action",
        "Microsoft.Resources/deployments/validate/action",
    ],
)
def test_what_making_needs_beside_writing_is_allowed(action):
    assert allows(action)


@pytest.mark.parametrize(
    "action",
    [
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleDefinitions/write",
        "Microsoft.Authorization/policyAssignments/write",
        "Microsoft.Compute/virtualMachines/write",
        "Microsoft.KeyVault/locations/deletedVaults/purge/action",
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
        "Microsoft.Storage/storageAccounts/listKeys/action",
        "Microsoft.Subscription/cancel/action",
    ],
)
def test_what_deploying_doesnt_take_is_not_allowed(action):
    assert not allows(action)


def test_no_data_is_read_and_the_role_is_for_one_subscription():
    role = role_definition("deployer", "/subscriptions/s")
    assert role["assignableScopes"] == ["/subscriptions/s"]
    [permission] = role["permissions"]
    assert (permission["dataActions"], permission["notActions"]) == ([], list(LEFT_OUT))


def test_the_condition_names_those_roles_and_no_owner():
    halves = condition().split(") AND (")
    assert len(halves) == 2
    for half, action, source in zip(halves, ("write", "delete"), ("Request", "Resource"), strict=True):
        assert f"ActionMatches{{'Microsoft.Authorization/roleAssignments/{action}'}}" in half
        people, identities = re.findall(r"GuidEquals \{([^}]*)\}", half)
        assert {NAMES[id_] for id_ in people.split(", ")} == set(OF_PEOPLE)
        assert {NAMES[id_] for id_ in identities.split(", ")} == set(OF_IDENTITIES)
        after = half[half.index(identities) :]
        assert f"@{source}[Microsoft.Authorization/roleAssignments:PrincipalType]" in after
        assert "StringEqualsIgnoreCase {'ServicePrincipal'}" in after
        assert half.count("(") - half.count(")") in (1, -1)
    assert condition().count("(") == condition().count(")")
    owners = {ROLES[name] for name in ("Owner", "User Access Administrator", "Contributor")}
    people = re.findall(r"GuidEquals \{([^}]*)\}", condition())[::2]
    assert not owners & {id_ for each in people for id_ in each.split(", ")}
    assert ROLES["Owner"] not in condition()
    assert ROLES["Role Based Access Control Administrator"] == RBAC_ADMINISTRATOR


def test_providers_are_those_of_the_types_and_of_a_customers_key():
    plain = load_environment("azure-dev", root=ROOT)
    workspace = plain.workspace.model_copy(update={"customer_key": True})
    monitoring = plain.monitoring.model_copy(update={"defender_plans": ["containers"]})
    more = plain.model_copy(update={"workspace": workspace, "monitoring": monitoring})
    assert {"Microsoft.Storage", "Microsoft.MachineLearningServices"} <= set(namespaces(plain))
    assert set(namespaces(more)) - set(namespaces(plain)) == {
        *NAMESPACES_OF_CUSTOMER_KEY, "Microsoft.Security"
    }  # fmt: skip


def rights_in_a_program() -> None:
    """What bootstrap makes, as if a program made it."""
    import pulumi_azure_native as azure_native

    scope = "/subscriptions/11111111-1111-1111-1111-111111111111"
    role = role_definition("deployer", scope)
    [permission] = role["permissions"]
    azure_native.authorization.RoleDefinition(
        "role",
        role_name="deployer",
        scope=scope,
        assignable_scopes=role["assignableScopes"],
        permissions=[{"actions": permission["actions"], "not_actions": permission["notActions"]}],
    )
    azure_native.authorization.RoleAssignment(
        "assigns",
        scope=scope,
        principal_id=SOMEBODY,
        principal_type="ServicePrincipal",
        role_definition_id=f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{RBAC_ADMINISTRATOR}",
        condition=condition(),
        condition_version="2.0",
    )
    azure_native.managedidentity.FederatedIdentityCredential(
        "trust",
        resource_group_name="state",
        resource_name_="deploy",
        federated_identity_credential_resource_name="github",
        issuer=f"https://{ISSUER}",
        subject=subject("azure-dev", "our-org/our-repo"),
        audiences=["api://AzureADTokenExchange"],
    )


def test_the_packs_rules_for_rights_pass_what_bootstrap_makes():
    judged = evaluate(preview(rights_in_a_program), all_rules())
    concerned = ("no-owner-of-subscription", "no-custom-owner-role", "federated-credential-pinned")
    assert {judged.rules[rule].value for rule in concerned} == {"pass"}
