"""No rule fails what it doesn't know: hiding values from a rule never makes it find a fault that isn't there.

A graph of a rule's own cases is changed at random, with odd values too, and judged. Then some of its values are
hidden, as values are that a deployment will only know later, and it is judged again. What fails then can't pass in
the open. 20,000 graphs in all, spread over the rules.
"""

import copy

import pytest
from hypothesis import currently_in_test_context, given, note, settings
from hypothesis import strategies as st

from modelyard_policies.engine import evaluate
from modelyard_policies.graph import SECRET, UNKNOWN, Graph
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Verdict

GRAPHS = 20_000
EACH = GRAPHS // len(all_rules()) + 1

ODD = (
    *(None, True, False, "true", "false", 0, 1, -1, 22, 3389, 65_535, 1e308, 10**400, float("nan")),
    *("", " ", "*", "0.0.0.0/0", "::/0", "Internet", "Enabled", "Disabled", "Allow", "Deny", "aws:kms", "{"),
    *([], {}, [[]], [{}], [None], ["*"], {"Ref": "x"}, '{"Statement": []}', "arn:aws:iam::aws:policy/x"),
    '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}',
)
HIDDEN = (UNKNOWN, UNKNOWN, UNKNOWN, SECRET)


def places(value, path=()):
    """Every place at which something is set."""
    if path and value is not None:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*path, key))


def put(properties, path, value):
    """Set a value, unless a change before it took its place away."""
    here = properties
    try:
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = value
    except (IndexError, KeyError, TypeError):
        return


def spots_of(nodes):
    return [(node, path) for node in nodes for path in places(node.properties)]


def judged(rule, nodes):
    report = evaluate(Graph(nodes), [rule])
    say = [(each.verdict.value, each.property, each.message) for each in report.findings]
    if currently_in_test_context():
        note(f"{say}")
    assert [each for each in report.findings if each.verdict is Verdict.ERROR] == []
    return report.verdicts


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_what_fails_in_the_dark_does_not_pass_in_the_open(rule, tables, build):
    graphs = [row[0] for rows in tables[rule.id].values() for row in rows.values()]

    @settings(max_examples=EACH)
    @given(data=st.data())
    def hidden_values_make_no_fault(data):
        nodes = copy.deepcopy(build(data.draw(st.sampled_from(graphs))).resources)
        spots = spots_of(nodes)
        for node, path in data.draw(st.lists(st.sampled_from(spots), max_size=2)) if spots else ():
            value = copy.deepcopy(data.draw(st.sampled_from(ODD)))
            note(f"{node.name} {path} = {value!r}")
            put(node.properties, path, value)
        in_the_open = judged(rule, nodes)
        dark = copy.deepcopy(nodes)
        spots = spots_of(dark)
        for node, path in (
            data.draw(st.lists(st.sampled_from(spots), min_size=1, max_size=3)) if spots else ()
        ):
            note(f"hidden: {node.name} {path}")
            put(node.properties, path, data.draw(st.sampled_from(HIDDEN)))
        for key, verdict in judged(rule, dark).items():
            if verdict is Verdict.FAIL:
                assert in_the_open[key] in (Verdict.FAIL, Verdict.UNKNOWN)

    hidden_values_make_no_fault()


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_nothing_fails_of_which_nothing_is_known(rule, tables, build):
    for kind in tables[rule.id].values():
        for title, (resources, *_) in kind.items():
            nodes = copy.deepcopy(build(resources).resources)
            before = judged(rule, nodes)
            for node in nodes:
                set_ = (key for key, value in node.properties.items() if value is not None)
                node.properties = dict.fromkeys(set_, UNKNOWN)
            for key, verdict in judged(rule, nodes).items():
                assert verdict is not Verdict.FAIL or before[key] in (Verdict.FAIL, Verdict.UNKNOWN), title
