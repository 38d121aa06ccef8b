import json

import pytest

from modelyard_policies.graph import SECRET, UNKNOWN, Graph, Node

BUCKET = "aws:s3/bucket:Bucket"
BUCKET_V2 = "aws:s3/bucketV2:BucketV2"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
TABLE = "aws:ec2/routeTable:RouteTable"


def node(name, token=BUCKET, **fields):
    return Node(urn=name, type=token, name=name, **fields)


def versioning(name, bucket, *sources):
    return node(
        name,
        VERSIONING,
        properties={"bucket": bucket},
        property_dependencies={"bucket": sources} if sources else {},
    )


def names(nodes):
    return [item.name for item in nodes]


def test_the_graph_comes_back_from_json_as_it_was():
    full = node(
        "data",
        custom=True,
        parent="storage",
        properties={"tags": {"owner": UNKNOWN}, "policy": SECRET, "list": [1, 2.5, None]},
        dependencies=("key",),
        property_dependencies={"tags": ("key",)},
        protect=True,
        region="eu-west-1",
        source="stacks/__main__.py:12",
    )
    graph = Graph([full, node("storage", "modelyard-aws:index:Storage", custom=False)])
    text = json.dumps(graph.as_json())
    assert list(Graph.from_json(json.loads(text)).resources) == list(graph.resources)


def test_the_json_has_the_keys_of_the_contract():
    assert list(Graph([node("data")]).as_json()[0]) == [
        "urn",
        "type",
        "name",
        "custom",
        "parent",
        "properties",
        "dependencies",
        "propertyDependencies",
        "protect",
        "region",
        "source",
        "provider",
    ]


def test_resources_keep_their_order():
    graph = Graph([node("b"), node("a"), node("c")])
    assert names(graph.resources) == ["b", "a", "c"]


def test_a_type_and_its_v2_twin_are_one():
    graph = Graph([node("old", BUCKET_V2), node("new")])
    assert names(graph.of_type(BUCKET)) == names(graph.of_type(BUCKET_V2)) == ["old", "new"]
    assert names(graph.of_type(BUCKET, BUCKET_V2)) == ["old", "new"]


def test_v2_outside_s3_is_another_type():
    graph = Graph([node("hub", "aws:securityhub/accountV2:AccountV2")])
    assert graph.of_type("aws:securityhub/account:Account") == []


def test_children_are_found_by_their_parent():
    graph = Graph([node("parent"), node("a", parent="parent"), node("b", parent="parent"), node("c")])
    assert names(graph.children("parent")) == ["a", "b"]


@pytest.mark.parametrize("value", [UNKNOWN, SECRET, "whatever"])
def test_a_property_dependency_links_whatever_the_value(value):
    graph = Graph([node("data"), node("other"), versioning("v", value, "data")])
    assert names(graph.linked(graph.by_urn["data"], VERSIONING, "bucket")) == ["v"]
    assert graph.linked(graph.by_urn["other"], VERSIONING, "bucket") == []


@pytest.mark.parametrize(
    "fields",
    [
        {"properties": {"bucket": "x"}},
        {"outputs": {"id": "x"}},
        {"outputs": {"arn": "x"}},
        {"properties": {"name": "x"}},
    ],
)
def test_a_name_an_id_or_an_arn_links(fields):
    graph = Graph([node("data", **fields), node("other"), versioning("v", "x")])
    assert names(graph.linked(graph.by_urn["data"], VERSIONING, "bucket")) == ["v"]
    assert graph.linked(graph.by_urn["other"], VERSIONING, "bucket") == []


def test_the_name_in_the_program_does_not_link():
    graph = Graph([node("data"), versioning("v", "data")])
    assert graph.linked(graph.by_urn["data"], VERSIONING, "bucket") == []


def test_a_link_by_dependency_and_by_name_is_found_once():
    graph = Graph([node("data", properties={"bucket": "x"}), versioning("v", "x", "data")])
    assert names(graph.linked(graph.by_urn["data"], VERSIONING, "bucket")) == ["v"]


def test_a_known_value_decides_between_two_dependencies():
    graph = Graph(
        [
            node("a", properties={"bucket": "a"}),
            node("b", properties={"bucket": "b"}),
            versioning("v", "b", "a", "b"),
        ]
    )
    assert graph.references_to(graph.by_urn["a"], VERSIONING, "bucket").possible == []
    assert graph.linked(graph.by_urn["a"], VERSIONING, "bucket") == []
    assert names(graph.linked(graph.by_urn["b"], VERSIONING, "bucket")) == ["v"]


def test_an_unknown_value_from_two_resources_links_neither_for_certain():
    graph = Graph([node("a"), node("b"), versioning("v", UNKNOWN, "a", "b")])
    match = graph.references_to(graph.by_urn["a"], VERSIONING, "bucket")
    assert (match.certain, names(match.possible)) == ([], ["v"])


def test_an_unknown_value_from_nowhere_may_link_to_anything():
    graph = Graph([node("a"), versioning("v", UNKNOWN)])
    match = graph.references_to(graph.by_urn["a"], VERSIONING, "bucket")
    assert (match.certain, names(match.possible)) == ([], ["v"])


def test_a_list_links_to_as_many_as_it_holds():
    endpoint = node(
        "s3",
        ENDPOINT,
        properties={"routeTableIds": [UNKNOWN, UNKNOWN]},
        property_dependencies={"routeTableIds": ("a", "b")},
    )
    graph = Graph([node("a", TABLE), node("b", TABLE), endpoint])
    assert names(graph.linked(graph.by_urn["a"], ENDPOINT, "routeTableIds")) == ["s3"]


def test_targets_are_found_by_dependency_of_the_right_type():
    template = node("t", "template", property_dependencies={"interfaces": ("subnet", "group", "gone")})
    graph = Graph([node("subnet", "subnet"), node("group", "group"), template])
    assert names(graph.targets(template, "interfaces", UNKNOWN, "group").certain) == ["group"]


def test_targets_are_found_by_value_before_dependency():
    template = node("t", "template", property_dependencies={"interfaces": ("a", "b")})
    graph = Graph(
        [node("a", "group", outputs={"id": "sg-a"}), node("b", "group", outputs={"id": "sg-b"}), template]
    )
    assert names(graph.targets(template, "interfaces", "sg-b", "group").certain) == ["b"]
    assert graph.targets(template, "interfaces", "sg-c", "group").possible == []
    assert names(graph.targets(template, "interfaces", UNKNOWN, "group").possible) == ["a", "b"]
    assert graph.targets(template, "interfaces", None, "group").certain == []


def test_of_several_of_one_name_the_one_that_the_value_came_from_is_meant():
    here, there = (node(name, properties={"bucket": "data"}) for name in ("here", "there"))
    by_source, by_name = versioning("v-here", "data", "here"), versioning("v-any", "data")
    graph = Graph([here, there, by_source, by_name])
    assert names(graph.linked(here, VERSIONING, "bucket")) == ["v-here", "v-any"]
    assert names(graph.linked(there, VERSIONING, "bucket")) == ["v-any"]
    assert names(graph.targets(by_source, "bucket", "data", BUCKET).certain) == ["here"]
    assert names(graph.targets(by_name, "bucket", "data", BUCKET).certain) == ["here", "there"]


@pytest.mark.parametrize("reference", ["urn:p::aws", "urn:p::aws::some-id"])
def test_the_provider_is_found_with_and_without_its_id(reference):
    provider = node("urn:p::aws", "pulumi:providers:aws")
    data = node("data", provider=reference)
    assert Graph([provider, data]).provider_of(data) is provider


def test_a_resource_without_an_explicit_provider_has_none():
    data = node("data")
    assert Graph([data]).provider_of(data) is None


def test_a_literal_name_may_be_that_of_a_resource_whose_name_is_not_known():
    bucket = Node(urn="urn:a", type="aws:s3/bucket:Bucket", name="a", properties={"bucket": UNKNOWN})
    named = Node(urn="urn:b", type="aws:s3/bucket:Bucket", name="b", properties={"bucket": "other"})
    block = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    of_it = Node(urn="urn:c", type=block, name="c", properties={"bucket": "mine"})
    of_other = Node(urn="urn:d", type=block, name="d", properties={"bucket": "other"})
    graph = Graph([bucket, named, of_it, of_other])
    match = graph.references_to(bucket, block, "bucket")
    assert (match.certain, match.possible) == ([], [of_it])
    assert graph.references_to(named, block, "bucket").certain == [of_other]
