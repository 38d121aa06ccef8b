"""Who may do what in a cluster on Azure."""

import pytest
from azure_clusters import ACCOUNT, KEY, PERSON, TEAM, cluster, compute, every, one, replaced_by, roles


@pytest.fixture(scope="module")
def alone():
    return cluster()


def test_the_workspace_waits_for_its_roles_and_its_nodes_for_the_way_to_it(alone):
    workspace = one(alone, "machinelearningservices:Workspace", "gpu-workspace")
    before = {
        node.urn
        for node in every(alone, "authorization:RoleAssignment")
        if node.name.startswith("gpu-workspace-") and "gpu-workspace-workspace-" not in node.name
    }
    assert len(before) == 7
    assert before <= set(workspace.dependencies)
    for pool, whose in (("h100", "jobs"), ("image-build", "image-build")):
        needed = set(compute(alone, pool).dependencies)
        assert {
            one(alone, "network:PrivateDnsZoneGroup", f"gpu-{end}").urn for end in ("workspace", "registry")
        } <= needed
        assert {
            node.urn
            for node in every(alone, "authorization:RoleAssignment")
            if node.name.startswith((f"gpu-{whose}-", "gpu-workspace-workspace-"))
        } <= needed


def test_a_role_that_changes_is_given_anew_once_the_old_one_is_gone():
    seen = replaced_by(submitters=[PERSON])
    assigned = [found for (kind, _), found in seen.items() if kind == "authorization:RoleAssignment"]
    assert len(assigned) == 15
    assert all("roleDefinitionId" in paths and first for paths, first in assigned)


def test_each_identity_has_the_roles_that_it_needs_and_no_more(alone):
    registry, vault, insights, workspace = (
        "gpu-registry",
        "gpu-workspace-vault",
        "gpu-insights",
        "gpu-workspace",
    )
    assert roles(alone) == {
        ("gpu-workspace", "Contributor", ACCOUNT),
        ("gpu-workspace", "Storage Blob Data Contributor", ACCOUNT),
        ("gpu-workspace", "Storage File Data Privileged Contributor", ACCOUNT),
        ("gpu-workspace", "Contributor", registry),
        ("gpu-workspace", "Contributor", insights),
        ("gpu-workspace", "Contributor", vault),
        ("gpu-workspace", "Key Vault Administrator", vault),
        ("gpu-workspace", "Contributor", workspace),
        ("gpu-jobs", "AcrPull", registry),
        ("gpu-jobs", "Storage Blob Data Contributor", ACCOUNT),
        ("gpu-image-build", "AcrPush", registry),
        ("gpu-image-build", "Storage Blob Data Contributor", ACCOUNT),
    }
    assert {node.properties["principalType"] for node in every(alone, "authorization:RoleAssignment")} == {
        "ServicePrincipal"
    }


def test_who_submits_jobs_and_who_imports_images_is_given_that_and_no_more(alone):
    graph = cluster(submitters=[PERSON, TEAM], importers=[TEAM])
    person, team = PERSON["principal_id"], TEAM["principal_id"]
    submitting = {
        ("AzureML Data Scientist", "gpu-workspace"),
        ("Storage Blob Data Contributor", ACCOUNT),
        ("Storage File Data Privileged Contributor", ACCOUNT),
    }
    assert roles(graph) - roles(alone) == {
        *((whom, role, scope) for whom in (person, team) for role, scope in submitting),
        (team, "Container Registry Data Importer and Data Reader", "gpu-registry"),
    }
    kinds = {
        node.properties["principalId"]: node.properties["principalType"]
        for node in every(graph, "authorization:RoleAssignment")
        if node.properties["principalId"] in (person, team)
    }
    assert kinds == {person: "User", team: "Group"}


def test_an_assignments_name_is_the_same_each_time_and_unique_in_the_tenant():
    def names(**changes):
        graph = cluster(submitters=[PERSON], importers=[PERSON], **changes)
        return [
            node.properties["roleAssignmentName"] for node in every(graph, "authorization:RoleAssignment")
        ]

    here = names()
    assert here == names()
    elsewhere = names(vault_name="ml-other-01")
    assert len({*here, *elsewhere}) == len(here) + len(elsewhere)


def test_with_another_registry_nobody_loses_a_role_on_anything_else():
    def given(**changes):
        graph = cluster(submitters=[PERSON], importers=[PERSON], customer_key=KEY, **changes)
        return {
            node.properties["roleAssignmentName"] for node in every(graph, "authorization:RoleAssignment")
        }

    assert given() == given(registry_name="otherimages01")
