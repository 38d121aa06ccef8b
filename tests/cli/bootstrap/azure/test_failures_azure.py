"""What stops `modelyard bootstrap azure`, what it says then, and that it goes on afterwards."""

from __future__ import annotations

import base64
import json

import pytest
from azure_labs import Subscription

from modelyard.errors import SurroundingsError
from modelyard.planning.azure.roles import assignment_name
from modelyard_cli.account.azure.session import Principal, check_subscription, whose_token
from modelyard_cli.bootstrap.azure.naming import StateNames
from modelyard_sandbox.azure.manager.subscriptions import OBJECT_ID

GUID = "8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f"


def names(subscription: Subscription) -> StateNames:
    return StateNames("azure-dev", subscription.id, "westeurope")


def test_a_refusal_says_what_was_done_and_what_wasnt(subscription, capsys):
    called = names(subscription)
    subscription.refuse("PUT", f"/vaults/{called.vault}/keys/state", 403, "Forbidden", "no such right")
    assert subscription.applied("--state-key", "customer") == 3
    told = capsys.readouterr()
    assert " created  key pulumi of" in told.out
    lines = told.err.splitlines()
    place = next(at for at, line in enumerate(lines) if "stopped at" in line)
    assert (
        f"stopped at key state of {called.vault} (westeurope): PUT {called.key_id('state')} in the sandbox"
        in (lines[place])
    )
    assert lines[place].endswith("Forbidden: no such right")
    assert lines[place + 1] == (
        f"  done: resource providers; resource group {called.group}; key vault {called.vault}; "
        f"key pulumi of {called.vault}"
    )
    assert lines[place + 2] == f"  perhaps half done: key state of {called.vault}"
    assert lines[place + 3].startswith(f"  not done: identity {called.state_identity}; role Key Vault Crypto")
    assert "then run the same command again: it goes on where this one stopped" in told.err


def test_a_run_after_a_failure_goes_on(subscription, capsys):
    subscription.refuse("PUT", "/containers/state", 409, "Busy", "another operation")
    assert subscription.applied() == 3
    capsys.readouterr()
    assert subscription.applied() == 0
    out = capsys.readouterr().out
    assert f"      ok  storage account {names(subscription).account} (westeurope)\n" in out
    assert " created  container state of" in out
    assert " created  storage account" not in out


PASSING = [
    (
        "/storageAccounts/ACCOUNT",
        "KeyVaultAuthenticationFailure",
        "storage account",
        "a role counts up to ten",
    ),
    (
        "/roleAssignments/NAME",
        "RoleDefinitionDoesNotExist",
        "role modelyard deploy",
        "what was made just now",
    ),
]
"""Ends of paths, codes of refusals that pass, whose they are, and what is said if they don't."""


def refuse_for_a_while(subscription, ending, code, times):
    called = names(subscription)
    guid = assignment_name(called.home, called.deploy_role, OBJECT_ID)
    path = ending.replace("ACCOUNT", called.account).replace("NAME", guid)
    subscription.refuse("PUT", path, 403, code, "not yet", times)


@pytest.mark.parametrize(("ending", "code", "subject", "mend"), PASSING)
def test_what_isnt_known_yet_is_waited_for(subscription, ending, code, subject, mend):
    refuse_for_a_while(subscription, ending, code, 2)
    assert subscription.applied() == 0
    assert not any(refusal.times for refusal in subscription.refusals)


@pytest.mark.parametrize(("ending", "code", "subject", "mend"), PASSING)
def test_what_isnt_known_for_long_is_told(subscription, capsys, monkeypatch, ending, code, subject, mend):
    monkeypatch.setattr("modelyard_cli.bootstrap.azure.patience.WAIT_SECONDS", 0.0)
    refuse_for_a_while(subscription, ending, code, 1)
    assert subscription.applied() == 3
    told = capsys.readouterr().err
    assert f"stopped at {subject}" in told
    assert f"{code}: not yet" in told
    assert f"wait: {mend}" in told
    assert subscription.applied() == 0


def test_a_provider_that_isnt_registered_answers_like_one_that_has_nothing(subscription, capsys):
    called = names(subscription)
    deleted = f"/deletedVaults/{called.vault}"
    assigned = f"{called.key_id('pulumi')}/providers/Microsoft.Authorization/roleAssignments"
    for ending in (deleted, called.account_id, called.vault_id, assigned):
        subscription.refuse(
            "GET", ending, 409, "MissingSubscriptionRegistration", "isn't registered", times=9
        )
    assert subscription.bootstrap() == 0
    assert f"  create  key vault {called.vault} (westeurope)\n" in capsys.readouterr().out
    assert [refusal.times for refusal in subscription.refusals if refusal.ending == deleted] == [8]


def test_a_provider_that_takes_too_long_is_told(subscription, capsys, monkeypatch):
    monkeypatch.setattr("modelyard_cli.bootstrap.azure.providers.WAIT_SECONDS", 0.0)
    assert subscription.applied() == 3
    told = capsys.readouterr().err
    assert (
        "stopped at resource providers (global): Azure was asked 0 minutes ago, and hasn't registered" in told
    )
    assert "Microsoft.Storage" in told
    assert "wait some minutes; then run the same command again" in told
    assert subscription.applied() == 0


def test_a_subscription_that_isnt_seen_is_told(subscription, capsys):
    words = f"The subscription '{subscription.id}' could not be found."
    subscription.refuse("GET", subscription.home, 404, "SubscriptionNotFound", words)
    assert subscription.bootstrap() == 3
    told = capsys.readouterr().err
    assert f"the subscription {subscription.id} isn't to be seen: " in told
    assert words in told
    assert "`az login --tenant TENANT`" in told


def test_a_sandbox_that_has_ended_is_told(subscription, capsys, monkeypatch):
    monkeypatch.setenv("MODELYARD_ARM_ENDPOINT", "http://127.0.0.1:9")
    assert subscription.bootstrap() == 3
    assert "the sandbox at http://127.0.0.1:9 has ended" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("state", "tenant", "message", "mend"),
    [
        ("Disabled", GUID, f"the subscription {GUID} is Disabled: nothing can be made in it", "enable it in"),
        (
            "Enabled",
            "another",
            f"the subscription {GUID} belongs to tenant another, and the environment names tenant {GUID}",
            "correct tenant_id in the environment to another",
        ),
    ],
)
def test_a_subscription_that_isnt_the_right_one_is_refused(state, tenant, message, mend):
    found = {"subscriptionId": GUID, "tenantId": tenant, "state": state}
    with pytest.raises(SurroundingsError) as raised:
        check_subscription(found, GUID, in_sandbox=False)
    assert raised.value.message == message
    assert raised.value.mend.startswith(mend)


def test_the_right_subscription_passes_and_the_sandbox_has_one_tenant():
    found = {"subscriptionId": GUID, "tenantId": GUID.upper(), "state": "Warned"}
    check_subscription(found, GUID, in_sandbox=False)
    check_subscription({**found, "tenantId": "another"}, GUID, in_sandbox=True)


def token(**claims: str) -> str:
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.sig"


@pytest.mark.parametrize(
    ("text", "principal", "name"),
    [
        (token(oid=GUID, upn="a@example.com"), Principal(GUID, "user"), "a@example.com"),
        (token(oid=GUID, idtyp="app", appid="b"), Principal(GUID, "service_principal"), "application b"),
        (token(oid=GUID, appid="b"), Principal(GUID, "service_principal"), "application b"),
        (token(upn="a@example.com"), None, "somebody whose token doesn't tell who it is"),
        ("opaque", None, "somebody whose token doesn't tell who it is"),
        ("a.b!.c", None, "somebody whose token doesn't tell who it is"),
    ],
)
def test_a_token_tells_who_asks(text, principal, name):
    assert whose_token(text) == (principal, name)


def test_somebody_whose_token_doesnt_tell_has_to_name_who_deploys(subscription, capsys, monkeypatch):
    unknown = (None, "somebody whose token doesn't tell who it is")
    monkeypatch.setattr("modelyard_cli.account.azure.session._who_asks", lambda _: unknown)
    assert subscription.bootstrap() == 3
    told = capsys.readouterr().err
    assert "who runs `pulumi up` isn't named, and it can't be somebody whose token doesn't tell" in told
    assert "name somebody: --principal [KIND:]OBJECT_ID or --github-repo OWNER/NAME" in told
    assert subscription.bootstrap("--principal", GUID) == 0


def test_nobody_signed_in_is_told_once(modelyard, tmp_path, monkeypatch):
    monkeypatch.delenv("MODELYARD_ARM_ENDPOINT", raising=False)
    alone = {"AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential", "MODELYARD_SANDBOX_DIR": str(tmp_path)}
    done = modelyard("bootstrap", "azure", "azure-dev", **alone)
    assert done.returncode == 3
    assert done.stderr == (
        "no token of Azure for https://management.azure.com/.default: DefaultAzureCredential failed to "
        "retrieve a token from the included credentials.\n"
        "  mend: sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET\n"
    )
