"""No property, however odd or unknown, makes a rule break.

Random properties seldom look enough like a resource to get past a rule's first question. So the graphs
of the rules' own cases are taken, and values in them are replaced.
"""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard_policies.engine import evaluate
from modelyard_policies.graph import SECRET, UNKNOWN, Graph
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Verdict

ODD = (
    *(UNKNOWN, SECRET, None, True, False, 0, -1, 22, 22.0, 1e308, float("inf"), float("nan"), 10**400),
    *("", " ", "true", "22", "alias/aws/s3", "{", "[" * 10_000, "0.0.0.0/0", "not an address", "\ud800"),
    *([], {}, [[]], [{}], [None], [UNKNOWN], [UNKNOWN, "x"], [SECRET, {}], {"x": UNKNOWN}, {"AWS": 3}),
    *('{"Statement": 3}', '{"Statement": [{"Effect": ["Deny"]}]}', '{"Statement": {"Action": {}}}'),
)
odd = st.sampled_from(ODD) | st.text(max_size=4)


def paths(value, path=()):
    """Every place in `value` that can be replaced; of a list the first two, as the others are alike."""
    if path:
        yield path
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    )
    for key, item in inner:
        yield from paths(item, (*path, key))


def found(value, path):
    for key in path:
        value = value[key]
    return value


def replace(value, path, new):
    found(value, path[:-1])[path[-1]] = new


def errors(report):
    return [finding for finding in report.findings if finding.verdict is Verdict.ERROR]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_no_single_odd_or_unknown_value_breaks_a_rule(rule, tables, build):
    broken = []
    for kind in ("good", "bad"):
        for title, (resources, *_) in tables[rule.id][kind].items():
            nodes = copy.deepcopy(build(resources).resources)
            for node in nodes:
                for path in list(paths(node.properties)):
                    before = found(node.properties, path)
                    for value in ODD:
                        replace(node.properties, path, value)
                        report = evaluate(Graph(nodes), [rule])
                        broken += [(title, path, value, item.message) for item in errors(report)]
                    replace(node.properties, path, before)
    assert broken == []


@settings(max_examples=300)
@given(data=st.data())
def test_odd_and_unknown_values_together_never_break_a_rule(data, tables, build):
    rule = data.draw(st.sampled_from(sorted(tables)))
    cases = [row for rows in tables[rule].values() for row in rows.values()]
    nodes = copy.deepcopy(build(data.draw(st.sampled_from(cases))[0]).resources)
    for node in data.draw(st.lists(st.sampled_from(nodes), min_size=2, max_size=6)):
        places = list(paths(node.properties))
        if places:
            replace(node.properties, data.draw(st.sampled_from(places)), copy.deepcopy(data.draw(odd)))
        if data.draw(st.booleans()):
            node.property_dependencies = {}
    report = evaluate(Graph(nodes), all_rules())
    assert errors(report) == []
    assert report.as_json()["rules"]["errors"] == 0
