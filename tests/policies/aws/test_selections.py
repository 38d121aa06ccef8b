"""Which backup selections take a store, found without asking each of them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modelyard_policies.aws.selections import is_taken, selections_for, takes
from modelyard_policies.aws.types import BACKUP_SELECTION, EFS_FILE_SYSTEM, VOLUME
from modelyard_policies.errors import Unread
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_policies.reading import GraphView, Resource, some

ARN = "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-"
VALUES = st.sampled_from(["a", "b", UNKNOWN])
TAGS = st.dictionaries(st.sampled_from(["x", "y"]), VALUES, max_size=2)
TAGGED = st.fixed_dictionaries({"key": st.sampled_from(["x", "aws:ResourceTag/y"]), "value": VALUES})
NAMED = st.lists(
    st.sampled_from([f"{ARN}1", f"{ARN}2", f"{ARN}*", "arn:aws:ec2:*:*:volume/*", "*", UNKNOWN]), max_size=2
)
OPERATORS = st.sampled_from(["stringEquals", "stringLikes", "stringNotEquals"])
SELECTED = st.fixed_dictionaries(
    {},
    optional={
        "resources": NAMED,
        "notResources": NAMED,
        "selectionTags": st.lists(TAGGED, max_size=2),
        "conditions": st.lists(st.dictionaries(OPERATORS, st.lists(TAGGED, max_size=1)), max_size=2),
    },
)
REGIONS = st.sampled_from(["eu-west-1", "us-east-1", None])


@st.composite
def stacks(draw: st.DrawFn) -> Graph:
    """A few stores, and selections that may name them, tag them, or come from them."""
    stores = [
        Node(
            urn=f"store-{number}",
            type=draw(st.sampled_from([EFS_FILE_SYSTEM, VOLUME])),
            name=f"store-{number}",
            properties={"tags": draw(TAGS)},
            outputs=draw(st.sampled_from([{}, {"arn": f"{ARN}{number}"}])),
            region=draw(REGIONS),
        )
        for number in range(3)
    ]
    selections = [
        Node(
            urn=f"selection-{number}",
            type=BACKUP_SELECTION,
            name=f"selection-{number}",
            properties=draw(SELECTED),
            property_dependencies={
                "resources": tuple(draw(st.sets(st.sampled_from(["store-0", "store-1"]), max_size=2)))
            },
            region=draw(REGIONS),
        )
        for number in range(draw(st.integers(0, 4)))
    ]
    return Graph([*stores, *selections])


def told(question: Any) -> object:
    """An answer, or that there is none."""
    try:
        return question()
    except Unread:
        return None


def stores_of(graph: Graph, view: GraphView) -> list[Resource]:
    return [view.resource(node) for node in graph.resources if node.type != BACKUP_SELECTION]


@given(stacks())
def test_what_is_found_is_what_asking_each_selection_finds(graph: Graph) -> None:
    view = GraphView(graph)
    every = view.of_type(BACKUP_SELECTION)
    for store in stores_of(graph, view):
        by_each = told(lambda: some(every, lambda selection: takes(selection, store, view)))  # noqa: B023
        assert told(lambda: is_taken(store, view)) == by_each  # noqa: B023


@given(stacks())
def test_selections_that_are_alike_take_the_same(graph: Graph) -> None:
    view = GraphView(graph)
    for store in stores_of(graph, view):
        for alike in selections_for(store, view):
            answers = {told(lambda: takes(selection, store, view)) for selection in alike}  # noqa: B023
            assert len(answers) == 1


def test_selections_of_one_arn_from_different_stores_are_asked_apart() -> None:
    store = Node("store", EFS_FILE_SYSTEM, "store", properties={})
    selections = [
        Node(
            f"selection-of-{source}",
            BACKUP_SELECTION,
            "s",
            properties={"resources": [f"{ARN}1"]},
            property_dependencies={"resources": (source,)},
        )
        for source in ("another", "store")
    ]
    view = GraphView(Graph([store, *selections]))
    assert is_taken(view.resource(store), view)


def test_selections_of_other_tags_are_not_asked() -> None:
    tags = [{"key": "backup", "value": f"plan-{number}"} for number in range(9)]
    graph = Graph(
        [
            Node("store", EFS_FILE_SYSTEM, "store", properties={"tags": {"backup": "plan-3"}}),
            *(
                Node(f"selection-{number}", BACKUP_SELECTION, "s", properties={"selectionTags": [wanted]})
                for number, wanted in enumerate(tags)
            ),
        ]
    )
    view = GraphView(graph)
    (store,) = stores_of(graph, view)
    assert [alike[0].urn for alike in selections_for(store, view)] == ["selection-3"]
