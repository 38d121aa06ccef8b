"""What a remedy sets passes the rule; what passes already isn't touched."""

import copy

import pytest

from modelyard_policies.engine import dispatch, judge
from modelyard_policies.errors import Unread
from modelyard_policies.graph import Graph
from modelyard_policies.reading import GraphView
from modelyard_policies.reading.paths import steps
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Verdict
from modelyard_policies.rules.common.tags.required_tags import RequiredTags

REMEDYING = [rule for rule in all_rules() if rule.has_remedy]
every_remedy = pytest.mark.parametrize("rule", REMEDYING, ids=lambda rule: rule.code)


OPTIONS = [RequiredTags(values=dict.fromkeys(RequiredTags().keys, "a value"))]
"""What remedies need to be told."""


def alone(graph, node):
    """The view that a remedy has: the resource and its provider, and nothing that it refers to."""
    provider = graph.provider_of(node)
    view = GraphView(Graph([provider, node] if provider else [node]), OPTIONS)
    return view.resource(node), view


def put(properties, path, value):
    *before, last = steps(path)
    here = properties
    for step, following in zip(before, [*before, last][1:], strict=True):
        if isinstance(step, str) and here.get(step) is None:
            assert isinstance(following, str)
            here[step] = {}
        here = here[step]
    here[last] = value


def cases(rule, tables, *kinds):
    for kind in kinds:
        for title, (resources, *_) in tables[rule.id][kind].items():
            yield kind, title, resources


@every_remedy
def test_a_remedy_passes_what_it_names_and_is_needed_once(rule, tables, build):
    remedied = 0
    for _, title, resources in cases(rule, tables, "bad"):
        graph = build(copy.deepcopy(resources))
        for node in graph.of_type(*dispatch([rule])):
            try:
                resource, view = alone(graph, node)
                values = rule.remedied(resource, view) if rule.concerns(resource, view) else {}
            except Unread:
                continue
            if not values:
                continue
            try:
                for path, value in values.items():
                    put(node.properties, path, value)
            except TypeError:  # a text where a mapping should be: nothing is changed there
                continue
            remedied += 1
            view = GraphView(graph)
            _, findings = judge(rule, view.resource(node), view)
            still = {
                finding.property
                for finding in findings
                if finding.verdict is Verdict.FAIL and finding.urn == node.urn
            }
            assert not still & values.keys(), title
            resource, view = alone(graph, node)
            assert rule.remedied(resource, view) == {}, title
    assert remedied > 0


@every_remedy
def test_a_remedy_leaves_alone_what_passes(rule, tables, build):
    for _, title, resources in cases(rule, tables, "good"):
        graph = build(resources)
        for node in graph.of_type(*dispatch([rule])):
            view = GraphView(graph)
            if judge(rule, view.resource(node), view)[0] is not Verdict.PASS:
                continue
            resource, view = alone(graph, node)
            if judge(rule, resource, view)[0] is Verdict.FAIL:  # it passes by what stands beside it
                continue
            try:
                assert rule.remedied(resource, view) == {}, title
            except Unread:
                continue


def test_there_are_remedies():
    assert {"EN1", "CO1"} <= {rule.code for rule in REMEDYING}
