"""No rule fails what it doesn't know: hiding values from a rule never makes it find a fault that isn't there.

A graph of a rule's own cases is changed at random, with odd values too, and judged. Then some of its values are
hidden, as values are that a deployment will only know later, and it is judged again. What fails then can't pass in
the open. 20,000 graphs in all, spread over the rules.
"""

import copy
import random

import pytest

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
    """Set a value, unless a change before it took its place away; whether it is of the kind that stood there."""
    here = properties
    try:
        for step in path[:-1]:
            here = here[step]
        was, here[path[-1]] = here[path[-1]], value
    except (IndexError, KeyError, TypeError):
        return True
    return kind(was) is kind(value)


def kind(value):
    """A value's type. What isn't known is taken for a text, as most of it is."""
    return str if value is UNKNOWN or value is SECRET else type(value)


def spots_of(nodes):
    return [(node, path) for node in nodes for path in places(node.properties)]


def judged(rule, nodes):
    report = evaluate(Graph(nodes), [rule])
    assert [each for each in report.findings if each.verdict is Verdict.ERROR] == []
    return report.verdicts


# Drawn by a seed for each graph and not by hypothesis, which takes nine tenths of the time: a graph is changed in
# at most five places, so that there is little to shrink, and what was done to it stands in the failure.
@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_what_fails_in_the_dark_does_not_pass_in_the_open(rule, tables, build):
    graphs = [row[0] for rows in tables[rule.id].values() for row in rows.values()]
    for number in range(EACH):
        draw, done, impossible = random.Random(f"{rule.code} {number}"), [], []
        nodes = copy.deepcopy(build(draw.choice(graphs)).resources)
        spots = spots_of(nodes)
        for node, path in draw.choices(spots, k=draw.randint(0, 2)) if spots else ():
            value = draw.choice(ODD)
            done.append(f"{node.name} {path} = {value!r}")
            if not put(node.properties, path, copy.deepcopy(value)):
                impossible.append((node.urn, path))
        in_the_open = judged(rule, nodes)
        dark = copy.deepcopy(nodes)
        # What no cloud can send can't be what is hidden: it stays in the open.
        spots = [(node, path) for node, path in spots_of(dark) if (node.urn, path) not in impossible]
        for node, path in draw.choices(spots, k=draw.randint(1, 3)) if spots else ():
            done.append(f"hidden: {node.name} {path}")
            put(node.properties, path, draw.choice(HIDDEN))
        for key, verdict in judged(rule, dark).items():
            if verdict is Verdict.FAIL:
                assert in_the_open[key] in (Verdict.FAIL, Verdict.UNKNOWN), (number, key, done)


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
