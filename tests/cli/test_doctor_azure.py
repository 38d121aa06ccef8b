"""The doctor in a subscription of the sandbox: each thing that can be missing, and how it is mended.

What is looked at is looked at twice: looking changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from azure_labs import Subscription, subscription_of_ones_own

from modelyard.environment.load import load_environment
from modelyard_cli import extras
from modelyard_cli.main import run
from modelyard_sandbox.azure.manager.providers import NAMESPACES
from modelyard_sandbox.azure.manager.subscriptions import TENANT_ID

SOMEBODY = "8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f"


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Subscription]:
    """A subscription that no other test has, all providers of which are registered."""
    with subscription_of_ones_own(tmp_path, monkeypatch) as made:
        for namespace in NAMESPACES:
            made.manager.store.providers[made.id, namespace] = "Registered"
        yield made


@dataclass
class Visit:
    """What the doctor said."""

    exit_code: int
    document: dict[str, Any]

    def inside(self) -> list[dict[str, Any]]:
        """All but what the machine has, whose free disk changes by itself."""
        return [finding for finding in self.document["findings"] if finding["check"] != "machine"]

    def one(self, check: str, name: str = "") -> dict[str, Any]:
        """The only finding of a check whose name holds this."""
        found = [each for each in self.inside() if each["check"] == check and name in each["name"]]
        assert len(found) == 1, [finding["name"] for finding in found]
        return found[0]


Doctor = Callable[[Subscription], Visit]


@pytest.fixture
def doctor(answer: Callable[[], Any]) -> Doctor:
    """Visits twice: the second time all is the same."""

    def visit(lab: Subscription) -> Visit:
        lab.calls.clear()
        first, second = (
            Visit(run(["doctor", str(lab.path), "--format", "json"]), answer()) for _ in range(2)
        )
        assert first.exit_code == second.exit_code
        assert first.inside() == second.inside()
        assert {path.rpartition("/")[2] for _, path in lab.written()} <= {"checkNameAvailability"}
        missing = [it["name"] for it in first.document["findings"] if it["required"] and not it["found"]]
        assert first.document["missing"] == missing
        assert first.exit_code == (3 if missing else 0)
        return first

    return visit


def test_a_subscription_with_everything_is_told_so(lab, doctor, capsys):
    visit = doctor(lab)
    assert (visit.exit_code, visit.document["missing"]) == (0, [])
    assert list(dict.fromkeys(each["check"] for each in visit.inside())) == [
        "identity", "regions", "providers", "budget", "quotas", "sizes", "names", "network-watchers"
    ]  # fmt: skip
    assert visit.one("identity")["detail"] == (
        f"enabled, of tenant {load_environment(lab.path).tenant_id}, asked as the sandbox's one application"
    )
    assert run(["doctor", str(lab.path)]) == 0
    out = capsys.readouterr().out
    assert f"      ok  environment {lab.path}: its file is in order\n" in out
    assert (
        "      ok  quota TotalLowPriorityCores in westeurope: 100,000 vCPUs, and 16 are wanted for its pools"
        in out
    )
    assert "      ok  size Standard_D16ds_v5 in westeurope: offered to clusters\n" in out
    assert (
        "not here  network watcher of westeurope: not there yet: Azure makes it with the region's first"
        in out
    )


def test_a_subscription_that_isnt_seen_is_all_that_is_told(lab, doctor):
    lab.refuse("GET", lab.home, 403, "AuthorizationFailed", "no such right", times=2)
    visit = doctor(lab)
    assert visit.document["missing"] == [f"subscription {lab.id}"]
    finding = visit.one("identity")
    assert finding["detail"].startswith(f"the subscription {lab.id} isn't to be seen: GET /subscriptions/")
    assert finding["detail"].endswith("AuthorizationFailed: no such right")
    assert finding["field"] == "subscription_id"
    assert "modelyard sandbox env" in finding["mend"]
    assert len(visit.inside()) == 1


def test_without_the_extra_nothing_is_asked(lab, doctor, monkeypatch):
    find = extras.find_spec
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "azure.identity" else find(name))
    visit = doctor(lab)
    finding = visit.one("identity")
    assert finding["detail"] == "can't be asked without azure.identity"
    assert "modelyard[azure]" in finding["mend"]
    assert len(visit.inside()) == 1
    assert lab.calls == []


def test_a_region_that_isnt_offered_is_told_and_not_looked_into(lab, doctor):
    lab.write("azure-prod")
    lab.manager.store.withheld.add((lab.id, "eastus", ""))
    visit = doctor(lab)
    finding = visit.one("regions", "eastus")
    assert finding["detail"] == "not offered to the subscription"
    assert finding["mend"].startswith("ask for access to it (portal: Help + support")
    assert finding["field"].startswith("regions.")
    looked = {each["name"].rpartition(" in ")[2] for each in visit.inside() if each["check"] == "quotas"}
    assert "eastus" not in looked
    assert looked


def test_a_provider_that_isnt_registered_is_told_with_what_registers_it(lab, doctor, capsys):
    del lab.manager.store.providers[lab.id, "Microsoft.MachineLearningServices"]
    visit = doctor(lab)
    finding = visit.one("providers", "MachineLearningServices")
    assert finding["detail"] == "not registered"
    assert finding["mend"] == (
        f"`modelyard bootstrap azure {lab.path}` registers it, or "
        "`az provider register --namespace Microsoft.MachineLearningServices`"
    )
    assert visit.document["missing"] == ["resource provider Microsoft.MachineLearningServices"]
    assert lab.applied() == 0
    capsys.readouterr()
    assert doctor(lab).exit_code == 0


def test_providers_of_a_customers_key_are_looked_for_where_it_is_asked_for(lab, doctor):
    for namespace in ("Microsoft.DocumentDB", "Microsoft.Search"):
        del lab.manager.store.providers[lab.id, namespace]
    assert doctor(lab).exit_code == 0
    lab.write(workspace={"customer_key": True, "cosmos_db_principal_id": SOMEBODY})
    visit = doctor(lab)
    assert visit.document["missing"] == [
        "resource provider Microsoft.DocumentDB", "resource provider Microsoft.Search"
    ]  # fmt: skip
    assert visit.one("providers", "DocumentDB")["field"] == "workspace.customer_key"
    finding = visit.one("database")
    assert not finding["required"]
    assert finding["detail"].startswith("can't be asked of the resource manager")
    assert "az ad sp show --id a232010e-820c-4083-83bb-3ace5fc29d0b --query id" in finding["mend"]


def test_a_quota_that_is_too_small_is_told(lab, doctor):
    store = lab.manager.store
    store.quotas[lab.id, "westeurope", "standardddsv5family"] = 63
    visit = doctor(lab)
    finding = visit.one("quotas", "standardDDSv5Family")
    assert finding["detail"] == (
        "63 vCPUs are granted, and 72 are wanted for its pools and what builds images"
    )
    assert "virtual machine quotas don't count" in finding["mend"]
    assert finding["field"] == "compute"
    assert visit.document["missing"] == ["quota standardDDSv5Family in westeurope"]
    store.quotas[lab.id, "westeurope", "standardddsv5family"] = 72
    assert doctor(lab).exit_code == 0


def test_a_quota_without_a_limit_suffices(lab, doctor):
    lab.write(quotas=[{"family": "standardDDSv5Family", "vcpus": 100}])
    lab.manager.store.quotas[lab.id, "westeurope", "standardddsv5family"] = -1
    visit = doctor(lab)
    assert visit.exit_code == 0
    assert visit.one("quotas", "standardDDSv5Family")["detail"] == (
        "no limit, and 72 are wanted for its pools and what builds images"
    )


def test_a_quota_that_the_yaml_states_too_high_is_told(lab, doctor):
    lab.write(quotas=[{"family": "standardDDSv5Family", "vcpus": 100_001}])
    visit = doctor(lab)
    finding = visit.one("quotas", "as stated")
    assert finding["detail"] == "the YAML states 100,001 vCPUs, and 100,000 vCPUs are granted"
    assert finding["field"] == "quotas[0].vcpus"
    assert finding["mend"].startswith("correct it to what is granted, or ask for more")
    lab.write(quotas=[{"family": "standardDDSv5Family", "vcpus": 100_000}])
    assert doctor(lab).exit_code == 0


def test_a_size_that_is_withheld_is_told_and_stops_nothing(lab, doctor):
    lab.manager.store.withheld.add((lab.id, "westeurope", "Standard_D16ds_v5"))
    lab.manager.store.withheld.add((lab.id, "northeurope", "Standard_NC4as_T4_v3"))
    visit = doctor(lab)
    finding = visit.one("sizes", "Standard_D16ds_v5")
    assert finding["detail"] == "withheld from the subscription: NotAvailableForSubscription"
    assert (finding["required"], finding["field"]) == (False, "compute[0].instance_type")
    assert visit.one("sizes", "Standard_NC4as_T4_v3")["found"]
    assert visit.exit_code == 0


def test_a_size_that_clusters_dont_have_there_is_told(lab, doctor, monkeypatch):
    import modelyard_sandbox.azure.manager.offered as offered

    kept = offered._sizes_in
    monkeypatch.setattr(
        offered, "_sizes_in", lambda region: [name for name in kept(region) if "T4" not in name]
    )
    finding = doctor(lab).one("sizes", "Standard_NC4as_T4_v3")
    assert finding["detail"] == "Machine Learning doesn't offer it there"
    assert "`az ml compute list-sizes --location westeurope`" in finding["mend"]
    assert finding["field"] == "compute[1].instance_type"


def vault_in(lab: Subscription, group: str, name: str) -> str:
    """A vault in a group; its id."""
    place = f"{lab.home}/resourceGroups/{group}"
    lab.arm("PUT", place, {"location": "westeurope"})
    properties = {
        "tenantId": TENANT_ID,
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
        "enablePurgeProtection": True,
    }
    id_ = f"{place}/providers/Microsoft.KeyVault/vaults/{name}"
    lab.arm("PUT", id_, {"location": "westeurope", "properties": properties})
    return id_


def named(visit: Visit, kind: str, at: int = 0) -> str:
    """The name that the environment has for a kind of thing."""
    found = [each["name"] for each in visit.inside() if each["name"].startswith(f"name of {kind} ")]
    return found[at].rpartition(" ")[2]


def test_a_deleted_vault_that_holds_a_name_is_told_with_the_next_generation(lab, doctor):
    name = named(doctor(lab), "key vault")
    id_ = vault_in(lab, "azure-dev-westeurope", name)
    assert doctor(lab).one("names", name)["detail"] == "stands in the environment's group"
    lab.arm("DELETE", id_)
    finding = doctor(lab).one("names", name)
    assert finding["detail"].startswith("a deleted vault has it until 20")
    assert finding["mend"] == (
        "raise generation in the environment to 2, or bring the old one back: "
        f"`az keyvault recover --name {name}`"
    )
    assert finding["field"] == "generation"
    lab.write(generation=2)
    assert doctor(lab).exit_code == 0


def test_a_name_that_somebody_else_has_is_told(lab, doctor):
    name = named(doctor(lab), "storage account")
    other = f"{lab.home}/resourceGroups/theirs"
    lab.arm("PUT", other, {"location": "westeurope"})
    lab.arm(
        "PUT",
        f"{other}/providers/Microsoft.Storage/storageAccounts/{name}",
        {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}},
    )
    finding = doctor(lab).one("names", name)
    assert finding["detail"] == f"taken: The storage account named {name} is already taken."
    assert finding["mend"] == "raise generation in the environment to 2"


def test_a_workspace_that_was_deleted_cant_be_asked_after(lab, doctor):
    finding = doctor(lab).one("names", "Machine Learning workspace")
    assert not finding["required"]
    assert finding["detail"].startswith("can't be asked: Azure doesn't tell whether one that was deleted")
    assert (
        finding["mend"]
        == "if the environment was destroyed of late, raise generation in the environment to 2"
    )


def log_workspace(lab: Subscription, group: str, name: str) -> str:
    """A Log Analytics workspace that was deleted there."""
    place = f"{lab.home}/resourceGroups/{group}"
    lab.arm("PUT", place, {"location": "westeurope"})
    id_ = f"{place}/providers/Microsoft.OperationalInsights/workspaces/{name}"
    lab.arm("PUT", id_, {"location": "westeurope", "properties": {"sku": {"name": "PerGB2018"}}})
    lab.arm("DELETE", id_)
    return id_


@pytest.mark.parametrize(
    ("group", "found", "detail"),
    [
        ("azure-dev-westeurope", True, "a deleted one has it, which `pulumi up` brings back with its logs"),
        ("theirs", False, "a deleted one in another group has it for 14 days"),
    ],
)
def test_a_deleted_log_workspace_is_told(lab, doctor, group, found, detail):
    workspace = named(doctor(lab), "Machine Learning workspace")
    name = workspace.replace("azure-dev-", "azure-dev-logs-")
    log_workspace(lab, group, name)
    finding = doctor(lab).one("names", "Log Analytics")
    assert (finding["found"], finding["detail"]) == (found, detail)
    assert finding["name"] == f"name of Log Analytics workspace {name}"


def watcher(lab: Subscription, group: str, name: str) -> None:
    lab.arm("PUT", f"{lab.home}/resourceGroups/{group}", {"location": "westeurope"})
    place = f"{lab.home}/resourceGroups/{group}/providers/Microsoft.Network/networkWatchers/{name}"
    lab.arm("PUT", place, {"location": "westeurope"})


def test_the_regions_network_watcher_is_looked_for(lab, doctor):
    watcher(lab, "NetworkWatcherRG", "NetworkWatcher_westeurope")
    finding = doctor(lab).one("network-watchers")
    assert (finding["found"], finding["detail"]) == (True, "NetworkWatcher_westeurope")


def test_a_network_watcher_under_another_name_stops_flow_logs(lab, doctor):
    watcher(lab, "theirs", "eyes")
    finding = doctor(lab).one("network-watchers")
    assert finding["required"]
    assert "flow logs are made at NetworkWatcherRG/NetworkWatcher_westeurope" in finding["detail"]
    assert "/resourceGroups/theirs/providers/Microsoft.Network/networkWatchers/eyes" in finding["detail"]
    assert "--enabled false" in finding["mend"]


def budget(start: str) -> dict[str, Any]:
    return {"monthly_usd": 2000, "start_month": start, "alert_emails": ["a@example.com"]}


def test_a_budget_that_starts_in_the_past_is_told_unless_it_stands(lab, doctor):
    lab.write(budget=budget("2024-01"))
    finding = doctor(lab).one("budget")
    assert finding["detail"] == "starts with 2024-01, which is over: Azure takes this month or a later one"
    assert finding["mend"].startswith('set start_month to "20')
    assert finding["field"] == "budget.start_month"
    lab.write(budget=budget("2099-01"))
    assert doctor(lab).one("budget")["detail"] == "starts with 2099-01"
    lab.write(budget={name: value for name, value in budget("").items() if name != "start_month"})
    assert doctor(lab).one("budget")["detail"] == f"starts with {datetime.now(UTC):%Y-%m}"
    lab.write(budget=budget("2024-01"))
    now = {"startDate": f"{datetime.now(UTC):%Y-%m}-01T00:00:00Z"}
    notice = {"enabled": True, "operator": "GreaterThan", "threshold": 80, "contactEmails": ["a@example.com"]}
    terms = {"amount": 1, "category": "Cost", "timeGrain": "Monthly", "timePeriod": now}
    body = {"properties": {**terms, "notifications": {"actual": notice}}}
    lab.arm("PUT", f"{lab.home}/providers/Microsoft.Consumption/budgets/azure-dev-monthly", body)
    assert doctor(lab).one("budget")["detail"] == "stands already"


def test_what_azure_refuses_to_tell_is_a_finding(lab, doctor):
    ending = "/locations/westeurope/usages"
    lab.refuse("GET", ending, 403, "AuthorizationFailed", "no right to look", times=2)
    visit = doctor(lab)
    finding = visit.one("quotas")
    assert finding["name"] == "quotas in westeurope"
    assert finding["detail"].startswith("can't be looked at: GET /subscriptions/")
    assert finding["detail"].endswith("AuthorizationFailed: no right to look")
    assert visit.one("sizes", "Standard_D16ds_v5")["found"]


def test_both_regions_of_an_environment_are_looked_at(lab, doctor):
    lab.write("azure-prod")
    visit = doctor(lab)
    regions = [each["name"].removeprefix("region ") for each in visit.inside() if each["check"] == "regions"]
    assert len(regions) == 2
    for region in regions:
        assert visit.one("quotas", f"standardNDSH100v5Family in {region}")["found"]
        assert visit.one("network-watchers", region)
