"""`modelyard bootstrap azure`: plan, apply, again, and what drifted."""

from __future__ import annotations

from typing import Any

from azure_labs import Subscription
from previewing import ROOT

from modelyard.environment.load import load_environment
from modelyard_cli.bootstrap.azure.naming import StateNames
from modelyard_sandbox.azure.manager.subscriptions import OBJECT_ID

SOMEBODY = "8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f"


def names(subscription: Subscription) -> StateNames:
    return StateNames("azure-dev", subscription.id, "westeurope")


def states(document: dict[str, Any]) -> dict[str, str]:
    return {step["subject"]: step["state"] for step in document["steps"]}


def changes(document: dict[str, Any]) -> dict[str, dict[str, tuple[str, str]]]:
    return {
        step["subject"]: {change["what"]: (change["now"], change["wanted"]) for change in step["changes"]}
        for step in document["steps"]
        if step["state"] == "change"
    }


def test_a_plan_changes_nothing_and_says_how_to_go_on(subscription, capsys):
    assert subscription.bootstrap() == 0
    called, out = names(subscription), capsys.readouterr().out
    assert out.startswith(f"azure-dev: subscription {subscription.id}, westeurope\n")
    assert "  the state and its keys are reached from nowhere: name addresses with --allow-address" in out
    assert f"  create  storage account {called.account} (westeurope)\n" in out
    assert "          Microsoft.KeyVault: NotRegistered -> Registered\n" in out
    assert f"nothing was changed: to do it, `modelyard bootstrap azure {subscription.path} --apply`" in out
    assert f"  pulumi login 'azblob://state?storage_account={called.account}'\n" in out
    assert subscription.written() == []


def test_a_second_run_finds_nothing_to_do(subscription, capsys):
    assert subscription.applied("--github-repo", "our-org/our-repo") == 0
    out = capsys.readouterr().out
    assert f" created  key pulumi of {names(subscription).vault} (westeurope)\n" in out
    subscription.calls.clear()
    assert subscription.applied("--github-repo", "our-org/our-repo") == 0
    out = capsys.readouterr().out
    assert "\nnothing is to be done\n" in out
    assert "create" not in out
    assert subscription.applied() == 0  # who deploys, from where and whose key it is stay as they are
    assert "\nnothing is to be done\n" in capsys.readouterr().out
    assert subscription.written() == []


def test_what_is_made_is_what_was_promised(subscription):
    assert subscription.applied("--allow-address", "20.1.2.3", "--allow-address", "20.4.0.0/16") == 0
    called, arm = names(subscription), subscription.arm
    account = arm("GET", called.account_id)
    properties = account["properties"]
    assert account["sku"]["name"] == "Standard_ZRS"
    assert properties["allowSharedKeyAccess"] is properties["allowBlobPublicAccess"] is False
    assert (properties["minimumTlsVersion"], properties["supportsHttpsTrafficOnly"]) == ("TLS1_2", True)
    assert properties["networkAcls"]["defaultAction"] == "Deny"
    assert [rule["value"] for rule in properties["networkAcls"]["ipRules"]] == ["20.1.2.3", "20.4.0.0/16"]
    assert properties["encryption"]["keySource"] == "Microsoft.Keyvault"
    assert properties["encryption"]["keyvaultproperties"]["keyname"] == "state"
    assert properties["encryption"]["requireInfrastructureEncryption"]
    blobs = arm("GET", f"{called.account_id}/blobServices/default")["properties"]
    assert blobs["isVersioningEnabled"]
    assert blobs["deleteRetentionPolicy"]["days"] == blobs["containerDeleteRetentionPolicy"]["days"] == 90
    assert arm("GET", called.container_id)["properties"]["publicAccess"] == "None"
    [rule] = arm("GET", f"{called.account_id}/managementPolicies/default")["properties"]["policy"]["rules"]
    assert rule["definition"]["actions"] == {"version": {"delete": {"daysAfterCreationGreaterThan": 180}}}
    vault = arm("GET", called.vault_id)["properties"]
    assert vault["enablePurgeProtection"]
    assert vault["enableRbacAuthorization"]
    assert vault["softDeleteRetentionInDays"] == 90
    assert (vault["networkAcls"]["defaultAction"], vault["networkAcls"]["bypass"]) == (
        "Deny",
        "AzureServices",
    )
    secrets = arm("GET", called.key_id("pulumi"))["properties"]
    assert (secrets["kty"], secrets["keySize"]) == ("RSA", 3072)
    assert "rotationPolicy" not in secrets
    assert arm("GET", called.key_id("state"))["properties"]["rotationPolicy"]["lifetimeActions"]
    lock = arm("GET", f"{called.group_id}/providers/Microsoft.Authorization/locks/modelyard-state")
    assert lock["properties"]["level"] == "CanNotDelete"
    assert arm("GET", called.group_id)["tags"] == {
        "managed-by": "modelyard-bootstrap", "bootstrap-of": "azure-dev"
    }  # fmt: skip


def test_it_ends_with_the_keys_version_and_the_workflows_variables(subscription, capsys):
    assert subscription.applied("--github-repo", "our-org/our-repo") == 0
    called, out = names(subscription), capsys.readouterr().out
    key = subscription.arm("GET", called.key_id("pulumi"))["properties"]["keyUriWithVersion"]
    provider = key.replace("https://", "azurekeyvault://")
    identity = subscription.arm("GET", called.identity_id(called.deploy_identity))["properties"]
    assert out.endswith(
        "then:\n"
        f"  pulumi login 'azblob://state?storage_account={called.account}'\n"
        f"  pulumi stack init azure-dev --secrets-provider='{provider}'\n"
        "which writes this into Pulumi.azure-dev.yaml:\n"
        f"  secretsprovider: {provider}\n"
        "variables of the workflow that runs `pulumi up`, after azure/login:\n"
        f"  ARM_CLIENT_ID={identity['clientId']}\n"
        f"  ARM_TENANT_ID={load_environment(subscription.path).tenant_id}\n"
        f"  ARM_SUBSCRIPTION_ID={subscription.id}\n"
        "  ARM_USE_OIDC=true\n"
        f"  AZURE_STORAGE_ACCOUNT={called.account}\n"
        "  AZURE_KEYVAULT_AUTH_VIA_CLI=true\n"
    )


def test_a_workflows_subject_is_pinned_to_an_environment(subscription, capsys):
    assert subscription.applied("--github-repo", "our-org/a", "--github-repo", "our-org/b:live") == 0
    assert subscription.applied("--github-repo", "our-org/c") == 0
    called = names(subscription)
    place = f"{called.identity_id(called.deploy_identity)}/federatedIdentityCredentials"
    credentials = [each["properties"] for each in subscription.arm("GET", place)["value"]]
    assert sorted(each["subject"] for each in credentials) == [
        "repo:our-org/a:environment:azure-dev",
        "repo:our-org/b:environment:live",
        "repo:our-org/c:environment:azure-dev",
    ]
    assert {each["issuer"] for each in credentials} == {"https://token.actions.githubusercontent.com"}
    assert {tuple(each["audiences"]) for each in credentials} == {("api://AzureADTokenExchange",)}
    subscription.bootstrap()
    assert (
        "modelyard-deploy-azure-dev trusts repo:our-org/a:environment:azure-dev, "
        "repo:our-org/b:environment:live, repo:our-org/c:environment:azure-dev\n"
    ) in capsys.readouterr().out


def assigned(subscription: Subscription) -> set[tuple[str, str, str, bool]]:
    """Who, what as the end of its id, where, and whether under a condition: of all that deployers have."""
    path = f"{subscription.home}/providers/Microsoft.Authorization/roleAssignments"
    held = [each["properties"] for each in subscription.arm("GET", path)["value"]]
    return {
        (each["principalId"], each["roleDefinitionId"][-12:], each["scope"], "condition" in each)
        for each in held
    }


def test_who_deploys_gets_the_least_roles_at_the_right_scopes(subscription):
    assert subscription.applied("--principal", f"group:{SOMEBODY}") == 0
    called = names(subscription)
    assert {each[1:] for each in assigned(subscription) if each[0] == SOMEBODY} == {
        (called.deploy_role_id[-12:], subscription.home, False),
        ("f62e7b41a168", subscription.home, True),  # Role Based Access Control Administrator
        ("e96b0029c9fe", called.container_id, False),  # Storage Blob Data Contributor
        ("57ae8d297424", called.key_id("pulumi"), False),  # Key Vault Crypto User
    }


def test_nobody_named_means_whoever_runs_it_the_first_time(subscription, document):
    assert subscription.applied() == 0
    assert OBJECT_ID in {each[0] for each in assigned(subscription)}
    assert subscription.applied("--principal", SOMEBODY) == 0
    assert {OBJECT_ID, SOMEBODY} <= {each[0] for each in assigned(subscription)}
    assert subscription.bootstrap("--format", "json") == 0
    assert set(states(document()).values()) == {"right"}


def test_a_role_that_is_held_under_another_name_is_left(subscription, document):
    assert subscription.applied("--principal", SOMEBODY) == 0
    container = names(subscription).container_id
    path = f"{container}/providers/Microsoft.Authorization/roleAssignments"
    listed = subscription.arm("GET", path)["value"]
    [held] = [each for each in listed if each["properties"]["scope"] == container]
    lock = f"{names(subscription).group_id}/providers/Microsoft.Authorization/locks/modelyard-state"
    kept = subscription.arm("GET", lock)["properties"]
    subscription.arm("DELETE", lock)
    subscription.arm("DELETE", held["id"])
    subscription.arm("PUT", lock, {"properties": kept})
    told = {name: held["properties"][name] for name in ("principalId", "principalType", "roleDefinitionId")}
    subscription.arm("PUT", f"{path}/{SOMEBODY}", {"properties": told})
    subscription.bootstrap("--format", "json")
    assert set(states(document()).values()) == {"right"}


def test_drift_of_the_account_is_told_and_mended(subscription, document):
    assert subscription.applied("--allow-address", "20.1.2.3") == 0
    called = names(subscription)
    account = subscription.arm("GET", called.account_id)
    account["properties"] |= {"allowSharedKeyAccess": True, "minimumTlsVersion": "TLS1_0"}
    account["properties"]["networkAcls"] = {"defaultAction": "Allow"}
    account["tags"] = {"theirs": "kept"}
    subscription.arm("PUT", called.account_id, account)
    off = {"isVersioningEnabled": False, "deleteRetentionPolicy": {"enabled": True, "days": 7}}
    subscription.arm("PUT", f"{called.account_id}/blobServices/default", {"properties": off})
    subscription.bootstrap("--format", "json", "--allow-address", "20.1.2.3")
    found = changes(document())
    assert found[f"storage account {called.account}"] == {
        "shared keys": ("on", "off"),
        "least version of TLS": ("TLS1_0", "TLS1_2"),
        "public network": ("Allow", "Deny"),
        "addresses": ("none", "20.1.2.3"),
        "tags": ("none", "bootstrap-of=azure-dev, managed-by=modelyard-bootstrap"),
    }
    assert found[f"versions in {called.account}"] == {
        "versioning": ("off", "on"),
        "soft deletion of blobs": ("7 days", "90 days"),
        "soft deletion of containers": ("off", "90 days"),
    }
    assert subscription.applied("--format", "json", "--allow-address", "20.1.2.3") == 0
    assert document()["applied"]
    assert subscription.arm("GET", called.account_id)["tags"]["theirs"] == "kept"
    subscription.bootstrap("--format", "json", "--allow-address", "20.1.2.3")
    assert set(states(document()).values()) == {"right"}


def test_what_keeps_longer_is_left_and_so_are_others_rules(subscription, document):
    assert subscription.applied() == 0
    called = names(subscription)
    policy, blobs = (
        f"{called.account_id}/managementPolicies/default",
        f"{called.account_id}/blobServices/default",
    )
    [ours] = subscription.arm("GET", policy)["properties"]["policy"]["rules"]
    theirs = {
        "name": "logs",
        "type": "Lifecycle",
        "enabled": True,
        "definition": {
            "filters": {"blobTypes": ["appendBlob"], "prefixMatch": ["state/logs"]},
            "actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 400}}},
        },
    }

    def keep_versions(days: int) -> None:
        deleting = {"daysAfterCreationGreaterThan": days}
        definition = {**ours["definition"], "actions": {"version": {"delete": deleting}}}
        rules = [theirs, {**ours, "definition": definition}]
        subscription.arm("PUT", policy, {"properties": {"policy": {"rules": rules}}})

    def planned() -> dict[str, Any]:
        assert subscription.bootstrap("--format", "json") == 0
        return document()

    def shown(place: str) -> Any:
        return subscription.arm("GET", place)["properties"]

    keep_versions(700)
    longer = {"deleteRetentionPolicy": {"enabled": True, "days": 300}}
    subscription.arm("PUT", blobs, {"properties": {**shown(blobs), **longer, "isVersioningEnabled": True}})
    assert changes(planned()) == {}
    keep_versions(7)
    off = {"containerDeleteRetentionPolicy": {"enabled": False}}
    subscription.arm("PUT", blobs, {"properties": {**shown(blobs), **off}})
    assert changes(planned()) == {
        f"lifecycle in {called.account}": {"versions": ("kept for 7 days", "kept for 180 days")},
        f"versions in {called.account}": {"soft deletion of containers": ("off", "90 days")},
    }
    assert subscription.applied() == 0
    rules = shown(policy)["policy"]["rules"]
    assert [rule["name"] for rule in rules] == ["logs", "versions"]
    assert shown(blobs)["deleteRetentionPolicy"]["days"] == 300
    assert changes(planned()) == {}


def test_a_vault_for_keys_in_hardware_stays_one(subscription):
    assert subscription.applied() == 0
    vault = names(subscription).vault_id
    found = subscription.arm("GET", vault)
    premium = {"sku": {"family": "A", "name": "premium"}}
    subscription.arm("PUT", vault, {**found, "properties": {**found["properties"], **premium}})
    assert subscription.applied("--public-network") == 0
    properties = subscription.arm("GET", vault)["properties"]
    assert (properties["sku"]["name"], properties["networkAcls"]["defaultAction"]) == ("premium", "Allow")


def test_who_and_what_is_named_twice_is_named_once(subscription, document):
    who, where = f"group:{SOMEBODY}", "20.1.2.3"
    twice = ("--github-repo", "our-org/our-repo", "--principal", who, "--allow-address", where) * 2
    assert subscription.bootstrap(*twice, "--format", "json") == 0
    subjects = [step["subject"] for step in document()["steps"]]
    assert len(subjects) == len(set(subjects))
    assert subscription.applied(*twice) == 0
    rules = subscription.arm("GET", names(subscription).account_id)["properties"]["networkAcls"]["ipRules"]
    assert [rule["value"] for rule in rules] == [where]


def test_drift_of_the_deployers_rights_is_told_and_mended(subscription, document):
    assert subscription.applied("--principal", SOMEBODY) == 0
    called = names(subscription)
    role = subscription.arm("GET", called.deploy_role_id)
    role["properties"]["permissions"][0]["actions"].append("Microsoft.Web/sites/*")
    subscription.arm("PUT", called.deploy_role_id, {"properties": role["properties"]})
    path = f"{subscription.home}/providers/Microsoft.Authorization/roleAssignments"
    [bound] = [each for each in subscription.arm("GET", path)["value"] if "condition" in each["properties"]]
    del bound["properties"]["condition"], bound["properties"]["conditionVersion"]
    for read_only in ("scope", "createdOn", "createdBy", "updatedOn", "updatedBy"):
        del bound["properties"][read_only]
    subscription.arm("PUT", bound["id"], {"properties": bound["properties"]})
    subscription.bootstrap("--format", "json")
    found = changes(document())
    now, wanted = found[f"role {called.deploy_role}"]["actions"]
    assert (now[:16], wanted[:16]) == ("31 without 6 (di", "30 without 6 (di")
    [differing] = [each for each in found.values() if "condition" in each]
    assert differing == {"condition": ("none", "those roles alone that environments assign")}
    assert subscription.applied() == 0
    assert "condition" in subscription.arm("GET", bound["id"])["properties"]
    assert subscription.bootstrap("--format", "json") == 0
    assert set(states(document()).values()) == {"right"}


def test_microsofts_key_makes_neither_key_nor_identity(subscription, document):
    assert subscription.applied("--state-key", "microsoft") == 0
    called = names(subscription)
    account = subscription.arm("GET", called.account_id)
    assert account["properties"]["encryption"]["keySource"] == "Microsoft.Storage"
    subscription.bootstrap("--format", "json")
    found = states(document())
    assert set(found.values()) == {"right"}
    assert f"key state of {called.vault}" not in found
    assert subscription.applied("--state-key", "customer") == 0
    account = subscription.arm("GET", called.account_id)
    assert account["properties"]["encryption"]["keySource"] == "Microsoft.Keyvault"
    assert list(account["identity"]["userAssignedIdentities"]) == [called.identity_id(called.state_identity)]


def test_a_deleted_vault_is_recovered_with_its_keys(subscription, document):
    assert subscription.applied() == 0
    called = names(subscription)
    subscription.arm("DELETE", f"{called.group_id}/providers/Microsoft.Authorization/locks/modelyard-state")
    before = subscription.arm("GET", called.key_id("pulumi"))["properties"]["keyUriWithVersion"]
    subscription.arm("DELETE", called.vault_id)
    subscription.bootstrap("--format", "json")
    assert changes(document())[f"key vault {called.vault}"] == {
        "vault": ("deleted", "recovered, with its keys")
    }
    assert subscription.applied() == 0
    assert subscription.arm("GET", called.key_id("pulumi"))["properties"]["keyUriWithVersion"] == before


def test_the_state_is_copied_where_the_recovery_region_is_the_pair():
    from modelyard_cli.bootstrap.azure.account import redundancy

    environment = load_environment("azure-prod", root=ROOT)
    regions = environment.regions
    paired = regions.model_copy(update={"primary": "eastus", "recovery": "westus"})
    apart = regions.model_copy(update={"primary": "eastus", "recovery": "westus3"})
    without = regions.model_copy(update={"primary": "westus", "recovery": None})
    assert [
        redundancy(environment.model_copy(update={"regions": each})) for each in (paired, apart, without)
    ] == ["Standard_RAGZRS", "Standard_ZRS", "Standard_LRS"]


def test_nothing_is_ever_deleted(subscription):
    subscription.applied("--github-repo", "our-org/a", "--state-key", "microsoft")
    subscription.applied("--principal", SOMEBODY, "--state-key", "customer", "--public-network")
    assert "DELETE" not in {method for method, _ in subscription.calls}


def test_the_document_has_the_fields_that_are_documented(subscription, document):
    import re

    subscription.bootstrap("--format", "json")
    found = document()
    page = (ROOT / "docs" / "json.md").read_text()
    row = next(line for line in page.splitlines() if line.startswith("| `bootstrap azure ENV`"))
    _, _, schema, fields, _ = row.split("|")
    assert schema.strip(" `") == found["schema"]
    assert set(re.findall(r"`(\w+)`", fields)) == set(found) - {"schema"}


def test_who_breaks_it_off_can_run_it_again(subscription, capsys, monkeypatch):
    from modelyard_launcher.azure.arm import Arm

    kept = Arm.put

    def broken_off(arm, path, *arguments, **options):
        if path.endswith("/blobServices/default"):
            raise KeyboardInterrupt
        return kept(arm, path, *arguments, **options)

    monkeypatch.setattr(Arm, "put", broken_off)
    assert subscription.applied() == 130
    assert " created  storage account" in capsys.readouterr().out
    monkeypatch.setattr(Arm, "put", kept)
    assert subscription.applied() == 0
    out = capsys.readouterr().out
    assert " created  storage account" not in out
    assert " changed  versions in" in out
