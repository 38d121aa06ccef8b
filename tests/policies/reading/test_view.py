"""The graph as rules read it."""

import pytest

from modelyard_policies.aws.types import BUCKET, BUCKET_POLICY, KMS_KEY, LAUNCH_TEMPLATE, PLACEMENT_GROUP
from modelyard_policies.errors import Unread
from modelyard_policies.graph import UNKNOWN, Graph
from modelyard_policies.reading import GraphView, Resource, total


def named(graph: Graph, name: str) -> Resource:
    return GraphView(graph).resource(next(node for node in graph.resources if node.name == name))


def holder(value, links=()):
    """A launch template that names a placement group."""
    return {
        "a": (PLACEMENT_GROUP, {"name": "a"}),
        "b": (PLACEMENT_GROUP, {"name": "b"}),
        "holder": (LAUNCH_TEMPLATE, {"groups": value}, {"groups": list(links)}),
    }


def found(graph: Graph):
    target = GraphView(graph).target(named(graph, "holder"), "groups", PLACEMENT_GROUP)
    return None if target is None else target.name


@pytest.mark.parametrize(
    ("value", "links", "expected"),
    [(None, (), None), ("b", (), "b"), (UNKNOWN, ("a",), "a"), ("b", ("a", "b"), "b")],
    ids=["nothing set", "by name", "by dependency", "by name, of two"],
)
def test_a_target_is_the_one_that_is_meant(value, links, expected, build):
    assert found(build(holder(value, links))) == expected


@pytest.mark.parametrize(
    ("value", "links", "why"),
    [
        ("c", (), "names a resource that isn't in the graph"),
        (UNKNOWN, (), "names a resource that isn't in the graph"),
        (UNKNOWN, ("a", "b"), "may be one of several"),
    ],
)
def test_a_target_that_cannot_be_told_is_unknown(value, links, why, build):
    with pytest.raises(Unread) as signal:
        found(build(holder(value, links)))
    assert (signal.value.path, signal.value.why) == ("groups", why)


def test_candidates_are_all_that_may_be_meant(build):
    graph = build(holder([UNKNOWN, "b"], ("a", "b")))
    candidates = GraphView(graph).candidates(named(graph, "holder"), "groups", PLACEMENT_GROUP)
    assert sorted(candidate.name for candidate in candidates) == ["a", "b"]
    assert GraphView(graph).candidates(named(graph, "a"), "groups", PLACEMENT_GROUP) == []


def test_what_came_from_nowhere_known_may_refer_to_anything(build):
    graph = build(holder(UNKNOWN))
    view = GraphView(graph)
    with pytest.raises(Unread):
        view.refers_to(named(graph, "holder"), "groups", named(graph, "a"))
    other = build(holder(UNKNOWN, ("b",)))
    assert not GraphView(other).refers_to(named(other, "holder"), "groups", named(other, "a"))


def test_what_is_asked_once_is_worked_out_once(build):
    view, asked = GraphView(build(holder("a"))), []

    def count(graph):
        asked.append(graph)
        return len(graph.of_type(PLACEMENT_GROUP))

    assert [view.once(count), view.once(count)] == [2, 2]
    assert asked == [view]


def test_a_region_that_is_not_known_is_unknown(build):
    graph = build(
        {"key": (KMS_KEY, {}), "there": (KMS_KEY, {}, {}, {"region": "eu-west-1", "protect": True})}
    )
    assert named(graph, "there").region == "eu-west-1"
    assert (named(graph, "key").protected, named(graph, "there").protected) == (False, True)
    with pytest.raises(Unread) as signal:
        _ = named(graph, "key").region
    assert signal.value.path == "region"


@pytest.mark.parametrize(
    ("region", "partition"),
    [(None, "aws"), ("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_a_bucket_is_known_by_the_arn_that_follows_from_its_name(region, partition, build):
    graph = build(
        {
            "data": (BUCKET, {"bucket": "data"}, {}, {"region": region}),
            "policy": (BUCKET_POLICY, {"bucket": f"arn:{partition}:s3:::data"}),
        }
    )
    linked = GraphView(graph).linked(named(graph, "data"), BUCKET_POLICY, "bucket")
    assert [node.name for node in linked] == ["policy"]


def measure(item):
    if item is UNKNOWN:
        raise Unread("urn", "path", "not known")
    return item


def test_a_total_is_the_sum_of_what_is_known():
    assert total([1, 2, 3], measure, 10) == 6
    assert total([], measure, 0) == 0


def test_a_total_that_is_enough_needs_nothing_more():
    assert total([UNKNOWN, 8, 3], measure, 10) == 11


def test_a_total_that_may_be_more_is_unknown():
    with pytest.raises(Unread):
        total([UNKNOWN, 8], measure, 10)


def test_what_many_share_is_worked_out_once_for_each_subject():
    asked = []

    def work(graph: GraphView, subject: str) -> int:
        assert isinstance(graph, GraphView)
        asked.append(subject)
        return len(subject)

    view = GraphView(Graph([]))
    assert [view.once(work, subject) for subject in ("a", "bc", "a")] == [1, 2, 1]
    assert asked == ["a", "bc"]


def test_what_cannot_be_told_is_looked_at_once_and_said_each_time():
    asked = []

    def work(_: GraphView) -> int:
        asked.append(True)
        raise Unread("urn", "path", "why")

    view = GraphView(Graph([]))
    for _ in range(2):
        with pytest.raises(Unread) as signal:
            view.once(work)
        assert (signal.value.urn, signal.value.path, signal.value.why) == ("urn", "path", "why")
    assert asked == [True]
