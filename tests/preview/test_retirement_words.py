"""What the way out says, word by word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from previewing import ROOT

from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.environment.load import load_environment
from modelyard_cli.retirement.text import retirement
from modelyard_policies.graph import Graph
from modelyard_preview.environment import run_environment
from modelyard_preview.retirement import Facts, VaultFacts, plan_retirement

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
Prod = tuple[AwsEnvironment, Graph]


@pytest.fixture(scope="module")
def prod() -> Prod:
    environment = load_environment("prod", root=ROOT)
    return environment, run_environment(environment, program=ROOT / "stacks" / "__main__.py").graph


def said(prod: Prod, now: datetime = NOW, facts: Facts | None = None) -> str:
    environment, graph = prod
    return "\n".join(line.plain for line in retirement(plan_retirement(graph, environment, now, facts)))


def test_the_stack_is_forgotten_and_its_file_stays(prod: Prod) -> None:
    # Without the flag Pulumi deletes the environment's YAML with the stack.
    assert "$ pulumi stack rm prod --preserve-config --yes" in said(prod)


def test_moments_are_written_in_one_way(prod: Prod) -> None:
    text = said(prod, facts=Facts(NOW))
    assert "brings it back until then; until 2026-12-26 12:00 UTC" in text
    assert "can't be given back; until 2026-12-29 11:30 UTC" in text
    assert "until it is cancelled: `aws ec2 cancel-capacity-reservation" in text


def test_a_capacity_block_that_has_ended_remains_no_more(prod: Prod) -> None:
    later = NOW + timedelta(days=60)
    text = said(prod, later, Facts(later))
    assert "a capacity block is paid as a whole" not in text
    assert 'the capacity of pool "h100-reserved"' in text


@pytest.mark.parametrize(("backups", "words"), [(1, "1 backup in it is"), (2, "2 backups in it are")])
def test_one_backup_is_one(prod: Prod, backups: int, words: str) -> None:
    vault = VaultFacts(backups, NOW + timedelta(days=20), locked_for_good=True)
    text = said(prod, facts=Facts(NOW, vaults={("us-east-1", "prod-backup"): vault}))
    assert (
        f"vault prod-backup in us-east-1: {words} under a compliance lock; until 2026-12-16 12:00 UTC" in text
    )
