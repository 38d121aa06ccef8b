"""The way out of an environment, before anybody goes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from previewing import ROOT, dev_fields, preview_environment
from rich.console import Console

from modelyard.environment import parse_environment
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.environment.load import load_environment
from modelyard_cli.retirement.text import retirement
from modelyard_policies.graph import Graph
from modelyard_preview.environment import run_environment
from modelyard_preview.retirement import BucketFacts, Facts, Retirement, VaultFacts, plan_retirement
from modelyard_preview.retirement.order import kept, protected

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PROGRAM = ROOT / "stacks" / "__main__.py"


def graph_of(name: str) -> tuple[AwsEnvironment, Graph]:
    environment = load_environment(name, root=ROOT)
    return environment, run_environment(environment, program=PROGRAM).graph


@pytest.fixture(scope="module")
def prod() -> tuple[AwsEnvironment, Graph]:
    return graph_of("prod")


def titles(plan: Retirement) -> list[str]:
    return [step.title for step in plan.steps]


def test_without_the_account_everything_is_held_as_long_as_it_can_be(
    prod: tuple[AwsEnvironment, Graph],
) -> None:
    environment, graph = prod
    plan = plan_retirement(graph, environment, NOW)
    assert [(hold.subject, (hold.until - NOW).days, hold.asked) for hold in plan.holds] == [
        ("bucket prod-checkpoints-345678901234-us-east-1", 365, False),
        ("bucket prod-checkpoints-345678901234-us-west-2", 365, False),
        ("vault prod-backup in us-east-1", 35, False),
        ("vault prod-backup-copies in us-west-2", 35, False),
    ]
    assert titles(plan) == [
        "close the queues, and wait until no job runs",
        "empty the buckets",
        "empty the registries",
        "unprotect what holds data",
        "destroy what is not held",
        "empty the buckets whose locks have ended",
        "unprotect what was held",
        "destroy the rest",
        "forget the stack",
    ]
    later = [step for step in plan.steps if step.not_before is not None]
    assert {step.not_before for step in later} == {NOW + timedelta(days=365)}


def test_what_comes_from_another_is_unprotected_before_it(prod: tuple[AwsEnvironment, Graph]) -> None:
    _, graph = prod
    order = [node.urn for node in protected(graph)]
    assert len(order) == len({node.urn for node in graph.resources if node.protect}) > 20
    for place, urn in enumerate(order):
        assert not set(graph.by_urn[urn].dependencies) & set(order[:place]), urn


def test_what_is_held_keeps_its_settings_and_its_keys_and_nothing_else(
    prod: tuple[AwsEnvironment, Graph],
) -> None:
    _, graph = prod
    vault = next(node.urn for node in graph.of_type("aws:backup/vault:Vault"))
    assert [urn.rpartition("$")[2] for urn in kept(graph, [vault])] == [
        "aws:kms/key:Key::prod-keys-backup",
        "aws:backup/vault:Vault::prod-backup",
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration::prod-backup",
        "aws:backup/vaultPolicy:VaultPolicy::prod-backup",
    ]


def test_what_the_account_says_replaces_what_is_assumed(prod: tuple[AwsEnvironment, Graph]) -> None:
    environment, graph = prod
    bucket = ("us-east-1", "prod-checkpoints-345678901234-us-east-1")
    facts = Facts(
        NOW,
        buckets={bucket: BucketFacts(3, NOW + timedelta(days=10))},
        vaults={("us-east-1", "prod-backup"): VaultFacts(2, NOW + timedelta(days=20), locked_for_good=True)},
        images={("us-east-1", "prod/training"): 4},
    )
    plan = plan_retirement(graph, environment, NOW, facts)
    assert [(hold.subject, (hold.until - NOW).days, hold.asked) for hold in plan.holds] == [
        (f"bucket {bucket[1]}", 10, True),
        ("vault prod-backup in us-east-1", 20, True),
    ]
    assert "empty the buckets" not in titles(plan)
    [registries] = [step for step in plan.steps if step.title == "empty the registries"]
    assert len(registries.commands) == 1
    assert registries.commands[0].endswith(" prod/training us-east-1")


def test_a_lock_in_its_grace_is_taken_off_before_the_vault_is_emptied(
    prod: tuple[AwsEnvironment, Graph],
) -> None:
    environment, graph = prod
    vaults = {("us-east-1", "prod-backup"): VaultFacts(1, NOW + timedelta(days=20), locked_for_good=False)}
    plan = plan_retirement(graph, environment, NOW, Facts(NOW, vaults=vaults))
    [step] = [step for step in plan.steps if step.title == "delete the backups that can be deleted"]
    first, second, third = step.commands
    assert first.startswith(
        "aws backup delete-backup-vault-lock-configuration --backup-vault-name prod-backup"
    )
    assert second.startswith("aws backup delete-backup-vault-access-policy --backup-vault-name prod-backup")
    assert "aws backup delete-recovery-point" in third


def test_an_environment_that_holds_nothing_goes_at_once() -> None:
    environment = parse_environment(dev_fields())
    plan = plan_retirement(preview_environment(dev_fields()), environment, NOW, Facts(NOW))
    assert plan.holds == ()
    assert titles(plan) == [
        "close the queues, and wait until no job runs",
        "destroy what is not held",
        "forget the stack",
    ]
    assert plan.steps[1].commands == ("pulumi destroy --stack dev --yes",)


def test_what_remains_is_said_with_what_ends_it(prod: tuple[AwsEnvironment, Graph]) -> None:
    environment, graph = prod
    plan = plan_retirement(graph, environment, NOW, Facts(NOW))
    left = {remainder.subject: remainder.until for remainder in plan.remains}
    assert left["16 keys"] == "2026-12-26T12:00+00:00"
    assert left['the capacity of pool "h100"'] == "2026-12-29T11:30:00Z"
    assert "cancel-capacity-reservation" in left['the capacity of pool "h100-reserved"']


def test_the_text_says_all_of_it(prod: tuple[AwsEnvironment, Graph]) -> None:
    environment, graph = prod
    plan = plan_retirement(graph, environment, NOW)
    out = StringIO()
    for line in retirement(plan):
        Console(file=out, width=80).print(line, soft_wrap=True)
    text = out.getvalue()
    assert "the account was not asked" in text
    for step in plan.steps:
        assert step.title in text
        assert all(f"$ {command}" in text for command in step.commands)
    assert "8. destroy the rest (not before 2027-11-26 12:00 UTC)" in text
    assert "until 2026-12-31 12:00 UTC" in text
