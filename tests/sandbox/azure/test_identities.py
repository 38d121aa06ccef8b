"""Managed identities, whom they trust, and what names them."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, HOME, LOCATION, Arm

from modelyard_sandbox.azure.manager.errors import ArmError
from modelyard_sandbox.azure.manager.identities import (
    all_principals,
    check_identity,
    has_identity,
    principal_id,
    shown_identity,
)
from modelyard_sandbox.azure.manager.ids import resource_id
from modelyard_sandbox.azure.manager.kinds import Write
from modelyard_sandbox.azure.manager.subscriptions import TENANT_ID

IDENTITIES = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
NODES = f"{IDENTITIES}/nodes"
CREDENTIAL = f"{NODES}/federatedIdentityCredentials/github"
WHOSE = f"{GROUP}/providers/Microsoft.Example/things/it"
ISSUER = "https://token.actions.githubusercontent.com"


def trusts(subject: str = "repo:a/b:environment:production", **properties: Any) -> dict[str, Any]:
    given = {"issuer": ISSUER, "subject": subject, "audiences": ["api://AzureADTokenExchange"]}
    return {"properties": {**given, **properties}}


@pytest.fixture
def nodes(group: Arm) -> Arm:
    """A group with an identity."""
    group.put(NODES, {"location": LOCATION})
    return group


def test_an_identity_is_made_with_a_principal_and_an_application_of_its_own(nodes: Arm) -> None:
    made = nodes.get(NODES)
    assert made["properties"].keys() == {"clientId", "principalId", "tenantId"}
    assert made["properties"]["tenantId"] == TENANT_ID
    other = nodes.put(f"{IDENTITIES}/registry", {"location": LOCATION})["properties"]
    ids = {made["properties"]["clientId"], made["properties"]["principalId"]}
    assert len(ids | {other["clientId"], other["principalId"]}) == 4
    tagged = nodes.put(NODES, {"location": LOCATION, "tags": {"owner": "me"}})
    assert tagged["properties"] == made["properties"], "it stays who it is"
    assert nodes.listed(f"{HOME}/providers/Microsoft.ManagedIdentity/userAssignedIdentities") == [
        "nodes",
        "registry",
    ]
    assert nodes.refused("PUT", NODES, {"location": "eastus"})[:2] == (409, "InvalidResourceLocation")


def test_an_identitys_name_has_bounds(group: Arm) -> None:
    for name in ("ab", "-abc", "a.b.c", "a" * 129):
        assert group.refused("PUT", f"{IDENTITIES}/{name}", {"location": LOCATION}) == (
            400,
            "InvalidResourceName",
            (
                f"The resource name '{name}' is invalid: a user assigned identity's has 3 to 128 letters, "
                "digits, hyphens and underscores, and begins with a letter or a digit."
            ),
        )


def test_whom_an_identity_trusts_is_written_changed_and_deleted(nodes: Arm) -> None:
    made = nodes.put(CREDENTIAL, trusts())
    assert made["properties"] == trusts()["properties"]
    nodes.put(CREDENTIAL, trusts("repo:a/b:environment:staging"))
    assert nodes.listed(f"{NODES}/federatedIdentityCredentials") == ["github"]
    nodes.call("DELETE", NODES)
    nodes.put(NODES, {"location": LOCATION})
    assert nodes.listed(f"{NODES}/federatedIdentityCredentials") == []


def test_an_identity_does_not_trust_the_same_twice(nodes: Arm) -> None:
    nodes.put(CREDENTIAL, trusts())
    assert nodes.refused("PUT", f"{CREDENTIAL}2", trusts()) == (
        409,
        "Conflict",
        "Issuer and subject combination already exists for this Managed Identity.",
    )
    for number in range(2, 21):
        nodes.put(f"{CREDENTIAL}{number}", trusts(f"repo:a/b:environment:e{number}"))
    assert nodes.refused("PUT", f"{CREDENTIAL}21", trusts("repo:a/b:environment:e21")) == (
        400,
        "TooManyFederatedIdentityCredentials",
        "A user assigned identity has at most 20 federated identity credentials.",
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (trusts(audiences=[]), "A federated identity credential has exactly one audience, not 0."),
        (trusts(audiences=["a", "b"]), "A federated identity credential has exactly one audience, not 2."),
        (trusts(issuer="http://a"), "The issuer 'http://a' is no URL that begins with https://."),
        (trusts(""), "The subject must have 1 to 600 characters."),
        (trusts(issuer="https://" + "a" * 600), "The issuer must have 1 to 600 characters."),
    ],
)
def test_what_an_identity_can_not_trust_is_refused(nodes: Arm, body: dict[str, Any], message: str) -> None:
    assert nodes.refused("PUT", CREDENTIAL, body) == (400, "InvalidFederatedIdentityCredential", message)


def test_a_credentials_name_has_bounds_and_its_identity_stands(nodes: Arm) -> None:
    assert nodes.refused("PUT", f"{NODES}/federatedIdentityCredentials/ab", trusts()) == (
        400,
        "InvalidResourceName",
        (
            "The resource name 'ab' is invalid: a federated identity credential's has 3 to 120 letters, digits, "
            "hyphens and underscores, and begins with a letter or a digit."
        ),
    )
    assert (
        nodes.refused("PUT", CREDENTIAL.replace("/nodes", "/none"), trusts())[1] == "ParentResourceNotFound"
    )


def write(arm: Arm, identity: dict[str, Any]) -> Write:
    return Write(arm.client.application.store, resource_id(WHOSE), {"identity": identity}, None)


def failed(why: str) -> str:
    return (
        f"Identity operation for resource '{WHOSE}' failed with error 'Failed to perform resource identity "
        f'operation. Status: \'BadRequest\'. Response: \'{{"error":{{"code":"BadRequest","message":"{why}"}}}}\'.\'.'
    )


@pytest.mark.parametrize(
    ("identity", "code", "message"),
    [
        (
            {"type": "UserAssigned"},
            "MissingIdentityIds",
            "The identity ids must not be null or empty for 'UserAssigned' identity type.",
        ),
        (
            {"type": "SystemAssigned", "userAssignedIdentities": {NODES: {}}},
            "FailedIdentityOperation",
            failed(
                "The request format was unexpected, a non-UserAssigned identity type should not contain: "
                "userAssignedIdentities"
            ),
        ),
        (
            {"type": "UserAssigned", "userAssignedIdentities": {NODES: {}, f"{NODES}2": {}}},
            "FailedIdentityOperation",
            failed(f"Resource '{NODES}2' was not found."),
        ),
        (
            {"type": "UserAssigned", "userAssignedIdentities": {GROUP: {}}},
            "FailedIdentityOperation",
            failed(f"Resource '{GROUP}' was not found."),
        ),
        (
            {"type": "UserAssigned", "userAssignedIdentities": {"nodes": {}}},
            "FailedIdentityOperation",
            failed("Resource 'nodes' was not found."),
        ),
    ],
)
def test_an_identity_that_is_not_there_can_not_be_had(
    nodes: Arm, identity: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(ArmError) as caught:
        check_identity(write(nodes, identity))
    assert (caught.value.status, caught.value.code, caught.value.message) == (400, code, message)


def test_what_has_identities_shows_their_principals(nodes: Arm) -> None:
    store = nodes.client.application.store
    both = {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {NODES.upper(): {}}}
    check_identity(write(nodes, both))
    thing = store.write(resource_id(WHOSE), {"identity": both})
    assert has_identity(thing, NODES)
    assert not has_identity(thing, WHOSE)
    shown = shown_identity(store, thing)["identity"]
    own = nodes.get(NODES)["properties"]
    assert shown["userAssignedIdentities"] == {
        NODES.upper(): {"clientId": own["clientId"], "principalId": own["principalId"]}
    }
    assert shown["principalId"] == principal_id(thing) != own["principalId"]
    assert sorted(found.id.name for found in all_principals(store)) == ["it", "nodes"]
    nodes.call("DELETE", NODES)
    assert shown_identity(store, thing)["identity"]["userAssignedIdentities"] == {NODES.upper(): {}}
    assert shown_identity(store, store.write(resource_id(WHOSE), {})) == {}
    none = {"identity": {"type": "None"}}
    assert shown_identity(store, store.write(resource_id(WHOSE), none)) == none
