import pytest

from modelyard_policies.errors import Unread
from modelyard_policies.graph import SECRET, UNKNOWN, Node
from modelyard_policies.reading import Block, Resource


def resource(**properties):
    return Resource(Node(urn="urn", type="type", name="name", properties=properties))


def test_a_mapping_in_a_list_knows_its_path():
    template = resource(mappings=[{"ebs": {"size": 8}}, {"ebs": {"size": 9.0}}])
    blocks = list(template.list("mappings"))
    assert [block.block("ebs").text("size") for block in blocks] == ["8", "9"]
    failure = blocks[1].block("ebs").failure("size", "too small")
    assert (failure.urn, failure.property, failure.message) == ("urn", "mappings[1].ebs.size", "too small")
    assert blocks[1].failure("", "wrong").property == "mappings[1]"


def test_get_answers_defaults_mappings_and_lists():
    block = resource(a=None, b={"c": 1}, d=[1, {"e": 2}])
    assert block.get("a", "default") == block.get("z", "default") == "default"
    assert isinstance(block.get("b"), Block)
    assert block["b"]["c"] == 1
    first, second = block.get("d")
    assert (first, second.path, second["e"]) == (1, "d[1]", 2)


def test_indexing_what_is_absent_is_a_key_error():
    with pytest.raises(KeyError, match=r"b\.z"):
        resource(b={}).block("b")["z"]


@pytest.mark.parametrize(
    ("value", "why"), [(UNKNOWN, "not known before the deployment"), (SECRET, "a secret")]
)
def test_reading_what_is_not_known_raises_with_its_path(value, why):
    readers = (
        lambda: resource(b={"c": value}).block("b").get("c"),
        lambda: resource(b={"c": value}).block("b")["c"],
        lambda: resource(b={"c": value}).block("b").text("c"),
        lambda: resource(b={"c": value}).block("b").number("c"),
        lambda: resource(b={"c": value}).block("b").is_true("c"),
        lambda: list(resource(b={"c": value}).block("b").list("c")),
        lambda: resource(b={"c": value}).block("b").document("c"),
    )
    for read in readers:
        with pytest.raises(Unread) as signal:
            read()
        assert (signal.value.urn, signal.value.path, signal.value.why) == ("urn", "b.c", why)


def test_known_items_come_before_the_unknown_one():
    found = []
    with pytest.raises(Unread) as signal:
        found.extend(resource(a=[UNKNOWN, "x", SECRET, "y"]).strings("a"))
    assert (found, signal.value.path) == (["x", "y"], "a[0]")


def test_whether_something_is_set_can_be_asked_of_what_is_not_known():
    block = resource(a=UNKNOWN, b=None, c=0)
    assert (block.has("a"), block.has("b"), block.has("c"), block.has("z")) == (True, False, True, False)
    assert block.keys() == ["a", "c"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), ("true", True), (" True ", True), (1.0, True), (False, False), ("no", False), ([], False)],
)
def test_truth_is_read_from_text_and_numbers(value, expected):
    assert resource(a=value).is_true("a") is expected


@pytest.mark.parametrize(
    ("value", "expected"), [(22.0, 22), ("22", 22), (True, None), ("x", None), ({}, None), (None, None)]
)
def test_numbers_are_read_from_text(value, expected):
    assert resource(a=value).number("a") == expected


@pytest.mark.parametrize("odd", ["text", 3, True, [], None, ["text"], [[{}]]])
def test_an_odd_type_where_a_mapping_should_be_reads_as_nothing(odd):
    block = resource(a=odd)
    assert block.block("a").get("b") is None
    assert [item.keys() for item in block.list("a")] in ([], [[]])


def test_a_single_mapping_or_text_counts_as_a_list_of_one():
    block = resource(a={"b": 1}, c="x")
    assert [(item.path, item["b"]) for item in block.list("a")] == [("a", 1)]
    assert list(block.strings("c")) == ["x"]


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '"x"', "[" * 100_000])
def test_text_that_holds_no_json_mapping_is_an_empty_document(text):
    assert resource(policy=text).document("policy").keys() == []


def test_what_is_shown_keeps_secrets():
    block = resource(a=SECRET, b=UNKNOWN, c=True)
    assert [block.shown(key) for key in "abcd"] == ["secret", "unknown", "true", "unset"]
