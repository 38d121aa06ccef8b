"""The way out of an environment on Azure, before anybody goes it."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from previewing import ROOT

from modelyard.environment import parse_environment
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.environment.load import load_environment
from modelyard.environment.only import azure_only
from modelyard_cli.main import run
from modelyard_cli.retirement.text import retirement
from modelyard_policies.graph import Graph
from modelyard_preview.environment import run_environment
from modelyard_preview.retirement import Retirement
from modelyard_preview.retirement.azure.commands import EMPTY
from modelyard_preview.retirement.azure.plan import plan_azure_retirement

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
Plan = Callable[..., Retirement]


def environment_with(change: Callable[[dict[str, Any]], object] = lambda _: None) -> AzureEnvironment:
    fields = load_environment("azure-prod", root=ROOT).model_dump(mode="json", exclude_unset=True)
    change(fields)
    return azure_only(parse_environment(fields), "this test")


@pytest.fixture(scope="module")
def graph() -> Graph:
    return run_environment(environment_with(), program=ROOT / "stacks" / "__main__.py").graph


@pytest.fixture
def plan(graph: Graph) -> Plan:
    """The way out of azure-prod, as it is changed."""
    return lambda change=lambda _: None: plan_azure_retirement(graph, environment_with(change), NOW)


def titles(plan: Retirement) -> list[str]:
    return [step.title for step in plan.steps]


def weaken(fields: dict[str, Any]) -> None:
    fields["stage"] = "development"
    fields["backup"]["lock"] = {"mode": "governance"}
    fields["storage"]["checkpoints"]["promotion"]["lock_mode"] = "governance"


def test_what_is_locked_for_good_is_held_as_long_as_it_can_be(plan: Plan, graph: Graph) -> None:
    way = plan()
    assert [(hold.subject, (hold.until - NOW).days, hold.asked) for hold in way.holds] == [
        ("account azureprodckptulurqn1", 365, False),
        ("account azureprodckptgarpf51", 365, False),
        ("backup vault azure-prod-backup-ulurqn1", 35 + 14, False),
    ]
    assert way.holds[2].reason == (
        "backups in it are under a compliance lock, and kept for 35 days, then soft-deleted for 14"
    )
    assert titles(way) == [
        "see that no job runs",
        "take no more backups",
        "unprotect what holds data",
        "destroy what is not held",
        "delete the backups whose lock has ended",
        "empty the containers whose locks have ended",
        "unprotect what was held",
        "destroy the rest",
        "forget the stack",
    ]
    assert [step.not_before for step in way.steps[4:8]] == [
        NOW + timedelta(days=35), *[NOW + timedelta(days=365)] * 3
    ]  # fmt: skip
    assert "it takes a role on the resource guard" in way.steps[1].why
    [command] = way.steps[1].commands
    assert command == (
        "az dataprotection backup-instance suspend-backup --name datasets "
        "--vault-name azure-prod-backup-ulurqn1 --resource-group azure-prod-westus3"
    )


def test_what_is_held_stays_with_its_settings_keys_and_group_and_the_lock_goes(
    plan: Plan, graph: Graph
) -> None:
    [command] = plan().steps[3].commands
    stays = {node.name for node in graph.resources if node.custom and f"'{node.urn}'" in command}
    assert {
        "azure-prod-group",
        "azure-prod-keys",
        "azure-prod-keys-backup",
        "azure-prod-keys-checkpoints",
        "azure-prod-storage-checkpoints",
        "azure-prod-storage-checkpoints-checkpoints",
        "azure-prod-backup",
        "azure-prod-backup-datasets",
    } <= stays
    kinds = {node.type for node in graph.resources if f"'{node.urn}'" in command}
    assert "azure-native:authorization:ManagementLockByScope" not in kinds
    assert "azure-native:dataprotection:DppResourceGuardProxy" not in kinds
    assert "azure-native:machinelearningservices:Workspace" not in kinds


def test_what_is_unprotected_at_once_and_what_later_is_all_that_is_protected(
    plan: Plan, graph: Graph
) -> None:
    way = plan()
    said = [command for step in way.steps if "unprotect" in step.title for command in step.commands]
    protected = {node.urn for node in graph.resources if node.protect}
    assert len(said) == len(protected)
    assert all(any(urn in command for command in said) for urn in protected)


def test_what_people_can_unlock_is_opened_and_emptied_at_once(plan: Plan) -> None:
    way = plan(weaken)
    assert way.holds == ()
    assert titles(way) == [
        "see that no job runs",
        "let the backups be deleted",
        "empty what may hold what was promoted",
        "unprotect what holds data",
        "destroy what is not held",
        "forget the stack",
    ]
    assert way.steps[1].commands[0].endswith("--immutability-state Disabled --soft-delete-state Off")
    assert [command.rpartition("' ")[2] for command in way.steps[2].commands] == [
        "azureprodckptulurqn1 checkpoints", "azureprodckptgarpf51 checkpoints"
    ]  # fmt: skip
    assert way.steps[4].why.startswith("accounts and registries go with what is in them")


def test_a_workspace_with_a_key_of_its_own_is_purged_and_others_remain_for_a_while(plan: Plan) -> None:
    def customer_key(fields: dict[str, Any]) -> None:
        fields["workspace"] |= {
            "customer_key": True,
            "cosmos_db_principal_id": "8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f",
        }

    kept = [left.subject for left in plan().remains if "Machine Learning" in left.subject]
    assert kept == [
        "deleted Machine Learning workspace azure-prod-ulurqn1",
        "deleted Machine Learning workspace azure-prod-garpf51",
    ]
    way = plan(customer_key)
    [purged] = [step for step in way.steps if step.title == "delete the workspaces for good"]
    assert purged.commands[0] == (
        "az ml workspace delete --name azure-prod-ulurqn1 --resource-group azure-prod-westus3 "
        "--permanently-delete --yes"
    )
    assert not any("Machine Learning" in left.subject for left in way.remains)


def test_deleted_vaults_remain_ninety_days_after_the_last_destroy(plan: Plan) -> None:
    vaults = [left for left in plan().remains if left.subject.startswith("deleted key vault")]
    assert [left.subject.rpartition(" ")[2] for left in vaults] == [
        "kv-azureprod-ulurqn1", "ml-azureprod-ulurqn1", "kv-azureprod-garpf51", "ml-azureprod-garpf51"
    ]  # fmt: skip
    assert {left.until for left in vaults} == {(NOW + timedelta(days=365 + 90)).isoformat(timespec="minutes")}


def test_the_text_says_that_the_subscription_was_not_asked(plan: Plan) -> None:
    text = "\n".join(line.plain for line in retirement(plan()))
    assert "the subscription was not asked: everything counts as full" in text
    assert "aws " not in text.lower()


def test_what_empties_a_container_is_python() -> None:
    ast.parse(EMPTY)


def test_the_command_answers_with_and_without_asking(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    documents = []
    for arguments in ([], ["--offline"]):
        assert run(["retire", "azure-dev", *arguments, "--format", "json"]) == 0
        documents.append(json.loads(capsys.readouterr().out))
    assert documents[0]["steps"] == documents[1]["steps"]
    assert (documents[0]["schema"], documents[0]["asked"]) == ("modelyard.retirement/1", False)
