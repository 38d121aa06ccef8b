"""What holds for every rule."""

import csv
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from modelyard_policies.engine import dispatch, judge
from modelyard_policies.errors import RuleDefinitionError
from modelyard_policies.graph import canonical
from modelyard_policies.reading import GraphView
from modelyard_policies.registry import all_rules, rule_of
from modelyard_policies.rule import ELSEWHERE, Severity


class Watching(GraphView):
    """A view that notes which types it is asked for."""

    def __init__(self, graph, asked):
        super().__init__(graph)
        self.asked = asked

    def ask(self, *types):
        for each in types:
            self.asked.update(map(canonical, [each] if isinstance(each, str) else each))

    def of_type(self, *types):
        self.ask(*types)
        return super().of_type(*types)

    def linked(self, resource, types, property):  # noqa: A002
        self.ask(types)
        return super().linked(resource, types, property)

    def linking(self, resource, types, property):  # noqa: A002
        self.ask(types)
        return super().linking(resource, types, property)

    def refers_to_any(self, block, key, types):
        self.ask(types)
        return super().refers_to_any(block, key, types)

    def any_target(self, block, key, types, test):
        self.ask(types)
        return super().any_target(block, key, types, test)

    def target(self, block, key, types):
        self.ask(types)
        return super().target(block, key, types)

    def candidates(self, block, key, types):
        self.ask(types)
        return super().candidates(block, key, types)


every_rule = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)


CATALOGUE = {
    row["code"]: row
    for row in csv.DictReader(
        Path(__file__).with_name("catalogue.csv").read_text(encoding="utf-8").splitlines()
    )
}
"""What there has to be a rule for, with the ids of its counterparts."""
OUR_OWN = {
    "BK13": "backup-vault-geo-redundant",
    "BK14": "backups-customer-key",
    "BK15": "blob-backup",
    "CT10": "container-registry-customer-key",
    "EN13": "volume-key-auto-scaling",
    "LM10": "alerts-tell-somebody",
    "LM11": "log-table-retention",
    "NW17": "firewall-no-open-egress",
    "NW18": "firewall-closed-to-internet",
    "NW19": "firewall-threat-intelligence",
}
"""Rules beyond the catalogue."""


def test_every_entry_of_the_catalogue_has_a_rule_and_no_rule_is_without_an_entry():
    codes = {rule.code: rule.id for rule in all_rules()}
    assert sorted(CATALOGUE.keys() | OUR_OWN.keys()) == sorted(codes)
    assert codes | OUR_OWN == codes


@every_rule
def test_a_rule_names_its_counterparts(rule):
    entry = CATALOGUE.get(rule.code, {})
    wanted = {source: set(entry.get(source, "").split()) for source in ELSEWHERE}
    assert {source: ids - set(rule.maps_to.get(source, ())) for source, ids in wanted.items()} == {
        source: set() for source in ELSEWHERE
    }


@every_rule
def test_a_rule_has_cases_of_every_kind(rule, tables):
    cases = tables[rule.id]
    assert set(cases) == {"bad", "good", "unknown", "not applicable"}
    assert all(cases.values())


@every_rule
def test_a_rule_says_all_about_itself(rule):
    assert isinstance(rule.severity, Severity)
    assert rule.title
    assert rule.resources
    assert rule.why.endswith(".")
    assert rule.mend.endswith(".")
    assert rule.maps_to.keys() <= ELSEWHERE.keys()
    assert all(rule.maps_to.values())
    assert rule.snippet[:1].isalnum()  # it begins with its first line
    assert re.fullmatch(r"[A-Z]{2}\d+", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.id)


@every_rule
def test_a_rule_of_one_resource_reads_no_other_and_one_of_the_stack_says_which(rule, build, tables):
    asked = set()
    for rows in tables[rule.id].values():
        for resources, *_ in rows.values():
            graph = build(resources)
            view = Watching(graph, asked)
            for node in graph.of_type(*dispatch([rule])):
                judge(rule, view.resource(node), view)
    assert asked <= {canonical(token) for token in (*rule.reads, *rule.resources)}
    assert bool(asked) == bool(rule.reads)


def test_a_module_without_a_rule_is_refused():
    with pytest.raises(RuleDefinitionError, match="holds no RULE"):
        rule_of(SimpleNamespace(__name__="modelyard_policies.rules.x"))


def test_a_module_that_is_not_named_after_its_rule_is_refused():
    rule = all_rules()[0]
    with pytest.raises(RuleDefinitionError, match=f"name it {rule.id.replace('-', '_')}.py"):
        rule_of(SimpleNamespace(__name__="modelyard_policies.rules.x", RULE=rule))
