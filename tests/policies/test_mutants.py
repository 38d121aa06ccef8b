"""Each rule is broken by a mutant of a shipped stack, there and nowhere else; as they are shipped, stacks are
clean.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from mutating import Added, Change, Mutant, named, place, with_changes
from previewing import ROOT

from modelyard_policies.declared import SCOPE
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import Graph, canonical
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Finding, Report, Verdict
from modelyard_policies.rule import Rule
from modelyard_policies.rules.common.cost.low_carbon_region import LowCarbonRegions
from modelyard_preview.subjects.environment import from_environment

ON_AZURE = ("azure-dev", "azure-prod")
STACKS = ("dev", "staging", "prod", "account", *ON_AZURE)
CODES = {rule.code: rule.id for rule in all_rules()}

KEYS_AND_WATCHER = (
    *("backup-keys", "cluster-roles-job-keys", "cluster-roles-submitter-keys", "watcher"),
    *("watcher-keys", "watcher-nodes", "watcher-schedule-keys"),
)
IN_RECOVERY = (
    *("recovery-cluster-roles-job-keys", "recovery-cluster-roles-submitter-keys", "recovery-watcher"),
    *("recovery-watcher-keys", "recovery-watcher-nodes", "recovery-watcher-schedule-keys"),
)
UNTOLD_POLICIES = {
    "dev": KEYS_AND_WATCHER,
    "staging": (
        *(*KEYS_AND_WATCHER, *IN_RECOVERY, "replication-keys"),
        *("hours", "hours-keys", "recovery-hours", "recovery-hours-keys"),
    ),
    "prod": (*KEYS_AND_WATCHER, *IN_RECOVERY, "replication-keys"),
    "account": (),
    **dict.fromkeys(ON_AZURE, ()),
}
"""Policies of IAM that name keys, queues and topics, which have no ARN before they exist."""


def load_mutants() -> Iterator[tuple[str, Mutant]]:
    """The mutants of each file, each with its rule's code."""
    for path in sorted((Path(__file__).parent / "mutants").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"mutants_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for code, mutants in module.MUTANTS.items():
            for mutant in mutants:
                yield code, mutant


MUTANTS = tuple(load_mutants())


@cache
def shipped(stack: str) -> Graph:
    """The graph of a shipped stack: its program is run once, and only if a test needs it."""
    return from_environment(ROOT / "stacks" / f"Pulumi.{stack}.yaml").graph


@cache
def before(stack: str, given: tuple[Change | Added, ...]) -> tuple[Graph, Report]:
    """A shipped stack with what a mutant needs beside it, and how it is judged."""
    graph = with_changes(shipped(stack), given)
    return graph, evaluate(graph, all_rules())


def said(finding: Finding, graph: Graph) -> str:
    """Where a finding is."""
    return place(named(graph.by_urn[finding.urn]), finding.property)


def of_verdict(report: Report, verdict: Verdict) -> list[Finding]:
    """The findings of a verdict."""
    return [finding for finding in report.findings if finding.verdict is verdict]


def rules_about(mutant: Mutant, *graphs: Graph) -> list[Rule]:
    """The rules that judge or look at what a mutant changes: no others can come to another verdict. What says of
    a whole stack what it is, every rule may ask for.
    """
    names = {change.resource if isinstance(change, Change) else change.name for change in mutant.changes}
    nodes = [node for graph in graphs for node in graph.resources if {named(node), node.name} & names]
    if any(node.type.startswith("pulumi:") or SCOPE in node.properties.get("tags", ()) for node in nodes):
        return list(all_rules())
    kinds = {canonical(node.type) for node in nodes}
    return [
        rule for rule in all_rules() if not kinds.isdisjoint(map(canonical, (*rule.resources, *rule.reads)))
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_a_shipped_stack_fails_nothing_and_what_cannot_be_told_of_it_is_expected(stack: str) -> None:
    graph, report = before(stack, ())
    failed = of_verdict(report, Verdict.FAIL) + of_verdict(report, Verdict.ERROR)
    assert [f"{each.code} {said(each, graph)}: {each.message}" for each in failed] == []
    assert {
        (each.code, named(graph.by_urn[each.urn]).split()[1], each.property)
        for each in of_verdict(report, Verdict.UNKNOWN)
    } == {
        (code, f"{stack}-{name}", "policy")
        for code in ("EN4", "IA1", "IA3")
        for name in UNTOLD_POLICIES[stack]
    }


@pytest.mark.parametrize(
    ("code", "mutant"), MUTANTS, ids=[f"{code}: {mutant.title}" for code, mutant in MUTANTS]
)
def test_a_mutant_fails_by_its_rule_and_its_kin_and_nowhere_else(code: str, mutant: Mutant) -> None:
    healthy, passed = before(mutant.stack, mutant.given)
    graph = with_changes(healthy, mutant.changes)
    report = evaluate(graph, rules_about(mutant, healthy, graph))
    failed = of_verdict(report, Verdict.FAIL)
    assert of_verdict(report, Verdict.ERROR) == []
    assert sorted(f"{finding.code} {said(finding, graph)}" for finding in failed) == sorted(
        [*(f"{code} {where}" for where in mutant.fails), *mutant.kin]
    )
    assert all(finding.message for finding in failed)
    judged = {finding.judged for finding in failed if finding.code == code}
    # What fails has passed before, unless it wasn't there.
    assert {passed.verdicts[CODES[code], urn] for urn in judged if urn in healthy.by_urn} <= {Verdict.PASS}


def test_every_rule_has_a_mutant() -> None:
    assert sorted({code for code, _ in MUTANTS}) == sorted(CODES)


def test_every_rule_that_passes_in_an_environment_on_azure_has_a_mutant_of_one() -> None:
    passed = {
        rule
        for stack in ON_AZURE
        for (rule, _), verdict in before(stack, ())[1].verdicts.items()
        if verdict is Verdict.PASS
    }
    weakened = {CODES[code] for code, mutant in MUTANTS if mutant.stack in ON_AZURE}
    # No region of Azure whose power is known is dirty enough for the rule's option: the next test lowers it.
    assert passed - weakened == {"low-carbon-region"}


def test_nodes_on_azure_fail_where_less_carbon_is_allowed_than_their_region_emits() -> None:
    graph, limit = shipped("azure-prod"), LowCarbonRegions(grams_co2e_per_kwh=100)
    report = evaluate(graph, all_rules(), select=["CE5"], options=[limit])
    assert {(said(each, graph), each.verdict) for each in report.findings} == {
        (f"Compute azure-prod-{cluster}-h100: location", Verdict.FAIL)
        for cluster in ("cluster", "recovery-cluster")
    }
    assert all(each.message.endswith("at most 100 are allowed") for each in report.findings)


def test_mutants_of_a_rule_are_told_apart() -> None:
    titles = Counter((code, mutant.title) for code, mutant in MUTANTS)
    assert [key for key, times in titles.items() if times > 1] == []


@pytest.mark.parametrize(
    ("stack", "given"),
    dict.fromkeys((mutant.stack, mutant.given) for _, mutant in MUTANTS),
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} more",
)
def test_what_mutants_are_made_of_is_clean(stack: str, given: tuple[Change | Added, ...]) -> None:
    graph, report = before(stack, given)
    failed = of_verdict(report, Verdict.FAIL) + of_verdict(report, Verdict.ERROR)
    assert [f"{each.code} {said(each, graph)}: {each.message}" for each in failed] == []
