"""What the engine takes into the graph."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from modelyard_policies.graph import SECRET, UNKNOWN, Graph, Node
from modelyard_preview.engine import DuplicateResourceError, RunResult
from modelyard_preview.engine.values import SENTINEL

Run = Callable[..., RunResult]
Find = Callable[[Graph, str], Node]
PREFIX = "urn:pulumi:dev::shop::"


class Pair(pulumi.ComponentResource):
    """A key and a bucket."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Pair", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.key = aws.kms.Key(f"{name}-key", enable_key_rotation=True, opts=child)
        self.bucket = aws.s3.Bucket(f"{name}-bucket", tags={"key": self.key.arn}, opts=child)
        self.register_outputs({"arn": self.key.arn, "purpose": "data"})


def test_urns_and_parents_are_those_of_pulumi(run: Run) -> None:
    graph = run(lambda: Pair("data")).graph
    assert [node.urn for node in graph.resources] == [
        f"{PREFIX}pulumi:pulumi:Stack::shop-dev",
        f"{PREFIX}shop:index:Pair::data",
        f"{PREFIX}shop:index:Pair$aws:kms/key:Key::data-key",
        f"{PREFIX}shop:index:Pair$aws:s3/bucket:Bucket::data-bucket",
    ]
    assert [node.parent for node in graph.resources] == [
        None,
        f"{PREFIX}pulumi:pulumi:Stack::shop-dev",
        f"{PREFIX}shop:index:Pair::data",
        f"{PREFIX}shop:index:Pair::data",
    ]
    assert [node.custom for node in graph.resources] == [False, False, True, True]


def test_a_child_of_a_bucket_bears_both_types_in_its_urn(run: Run) -> None:
    def program() -> None:
        bucket = aws.s3.Bucket("data")
        aws.s3.BucketVersioning(
            "versions",
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=pulumi.ResourceOptions(parent=bucket),
        )

    urn = run(program).graph.resources[-1].urn
    assert urn == f"{PREFIX}aws:s3/bucket:Bucket$aws:s3/bucketVersioning:BucketVersioning::versions"


def test_inputs_are_camel_case_and_whole_numbers_are_ints(run: Run, node: Find) -> None:
    def program() -> None:
        aws.kms.Key("key", enable_key_rotation=True, rotation_period_in_days=365)
        aws.ec2.LaunchTemplate("nodes", block_device_mappings=[{"ebs": {"volume_size": 200}}])

    graph = run(program).graph
    assert node(graph, "key").properties == {"enableKeyRotation": True, "rotationPeriodInDays": 365}
    assert node(graph, "nodes").properties == {"blockDeviceMappings": [{"ebs": {"volumeSize": 200}}]}
    assert isinstance(node(graph, "key").properties["rotationPeriodInDays"], int)


def test_dependencies_are_kept_whole_and_by_property(run: Run, node: Find) -> None:
    def program() -> None:
        first, second = aws.kms.Key("first"), aws.kms.Key("second")
        aws.s3.Bucket("plain", opts=pulumi.ResourceOptions(depends_on=[second]))
        aws.s3.Bucket(
            "tagged", bucket="b", tags={"key": first.arn}, opts=pulumi.ResourceOptions(depends_on=[second])
        )

    graph = run(program).graph
    first, second = node(graph, "first").urn, node(graph, "second").urn
    assert node(graph, "plain").dependencies == (second,)
    assert node(graph, "plain").property_dependencies == {}
    assert node(graph, "tagged").dependencies == tuple(sorted((first, second)))
    assert node(graph, "tagged").property_dependencies == {"bucket": (), "tags": (first,)}


def test_dependence_on_a_component_is_dependence_on_its_children(run: Run, node: Find) -> None:
    def program() -> None:
        pair = Pair("data")
        aws.s3.Bucket("after", opts=pulumi.ResourceOptions(depends_on=[pair]))

    graph = run(program).graph
    expected = {node(graph, name).urn for name in ("data-key", "data-bucket")}
    assert set(node(graph, "after").dependencies) == expected


def test_an_id_and_what_is_made_from_it_are_unknown(run: Run, node: Find) -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
        aws.ec2.Subnet(
            "sub", vpc_id=vpc.id, cidr_block=vpc.cidr_block.apply(lambda cidr: cidr.replace("16", "24"))
        )
        arn = vpc.arn.apply(lambda arn: arn.upper()).apply(lambda arn: f"{arn}/x")
        aws.ec2.SecurityGroup(
            "group", vpc_id=vpc.id, description=pulumi.Output.concat("of ", arn), tags={"a": arn, "b": "b"}
        )
        pulumi.export("arn", arn)
        pulumi.export("nested", {"arn": [vpc.arn], "cidr": vpc.cidr_block})

    result = run(program)
    subnet, group = node(result.graph, "sub"), node(result.graph, "group")
    assert subnet.properties == {"cidrBlock": "10.0.0.0/24", "vpcId": UNKNOWN}
    assert group.properties == {"description": UNKNOWN, "tags": {"a": UNKNOWN, "b": "b"}, "vpcId": UNKNOWN}
    assert result.outputs == {"arn": UNKNOWN, "nested": {"arn": [UNKNOWN], "cidr": "10.0.0.0/16"}}
    assert SENTINEL not in json.dumps(result.graph.as_json())


def test_secrets_never_reach_the_graph_or_the_outputs(run: Run, node: Find) -> None:
    def program() -> None:
        password = pulumi.Config().require_secret("password")
        key = aws.kms.Key("key", description=password.apply(lambda text: f"it is {text}"))
        aws.ssm.Parameter("joined", type="String", value=pulumi.Output.all(password, "x").apply("-".join))
        aws.s3.Bucket("data", tags={"pass": password, "arn": pulumi.Output.secret(key.arn)})
        aws.s3.Bucket("echo", tags={"of": key.description})
        pulumi.export("password", password)
        pulumi.export("inside", {"deep": [password]})

    result = run(program, config={"shop:password": "hunter2"}, secret_keys=["shop:password"])
    graph = result.graph
    assert node(graph, "key").properties == {"description": SECRET}
    assert node(graph, "joined").properties == {"type": "String", "value": SECRET}
    assert node(graph, "data").properties == {"tags": {"arn": SECRET, "pass": SECRET}}
    assert node(graph, "echo").properties == {"tags": {"of": SECRET}}
    assert result.outputs == {"inside": {"deep": [SECRET]}, "password": SECRET}
    assert "hunter2" not in json.dumps(graph.as_json()) + repr(graph.resources) + repr(result)


def test_additional_secret_outputs_are_secret_to_whoever_uses_them(run: Run, node: Find) -> None:
    def program() -> None:
        key = aws.kms.Key(
            "key",
            description="plain",
            opts=pulumi.ResourceOptions(additional_secret_outputs=["description", "arn"]),
        )
        aws.s3.Bucket("data", tags={"description": key.description, "arn": key.arn, "id": key.id})

    tags = node(run(program).graph, "data").properties["tags"]
    assert tags == {"arn": SECRET, "description": SECRET, "id": UNKNOWN}


def test_a_region_comes_from_the_resource_its_provider_or_the_configuration(run: Run, node: Find) -> None:
    def program() -> None:
        ireland = aws.Provider("ireland", region="eu-west-1")
        aws.s3.Bucket("own", region="eu-north-1", opts=pulumi.ResourceOptions(provider=ireland))
        aws.s3.Bucket("by-provider", opts=pulumi.ResourceOptions(provider=ireland))
        aws.s3.Bucket("by-configuration")
        Pair("inherits", pulumi.ResourceOptions(providers=[ireland]))

    graph = run(program, config={"aws:region": "us-east-1"}).graph
    regions = {
        name: node(graph, name).region for name in ("own", "by-provider", "by-configuration", "inherits-key")
    }
    assert regions == {
        "own": "eu-north-1",
        "by-provider": "eu-west-1",
        "by-configuration": "us-east-1",
        "inherits-key": "eu-west-1",
    }
    assert node(graph, "by-provider").provider == node(graph, "ireland").urn
    assert graph.provider_of(node(graph, "inherits-key")) is node(graph, "ireland")
    assert node(graph, "by-configuration").provider is None


def test_without_any_region_the_region_is_not_made_up(run: Run, node: Find) -> None:
    assert node(run(lambda: aws.s3.Bucket("data")).graph, "data").region is None


def test_protection_is_kept(run: Run, node: Find) -> None:
    graph = run(lambda: aws.s3.Bucket("data", opts=pulumi.ResourceOptions(protect=True))).graph
    assert node(graph, "data").protect


def test_the_outputs_of_a_component_are_kept(run: Run, node: Find) -> None:
    graph = run(lambda: Pair("data")).graph
    assert node(graph, "data").outputs == {"arn": UNKNOWN, "purpose": "data"}


def test_two_resources_of_one_urn_are_refused_with_both_lines(run: Run, write: Callable[[str], Path]) -> None:
    program = write("import pulumi_aws as aws\naws.kms.Key('key')\naws.kms.Key('key')\n")
    with pytest.raises(DuplicateResourceError) as caught:
        run(program)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("__main__.py", 3)
    assert problem.given == "a second resource of that URN; the first is at __main__.py:2"
    assert problem.field == f"{PREFIX}aws:kms/key:Key::key"


def test_what_is_only_read_is_no_resource_of_the_graph(run: Run, node: Find) -> None:
    def program() -> None:
        found = aws.s3.Bucket.get("found", "somebodys-bucket")
        aws.s3.BucketVersioning("versions", bucket=found.id, versioning_configuration={"status": "Enabled"})
        aws.s3.Bucket("data", tags={"arn": found.arn})

    graph = run(program).graph
    assert [resource.name for resource in graph.resources] == ["shop-dev", "versions", "data"]
    assert node(graph, "versions").properties["bucket"] == "somebodys-bucket"
    assert node(graph, "data").properties == {"tags": {"arn": UNKNOWN}}


def test_what_is_read_by_an_unknown_id_is_unknown(run: Run, node: Find) -> None:
    def program() -> None:
        found = aws.ec2.Vpc.get("found", aws.ec2.Vpc("made").id)
        aws.s3.Bucket("data", bucket=found.id.apply(lambda known: f"b-{known}"))

    assert node(run(program).graph, "data").properties == {"bucket": UNKNOWN}


def test_another_stacks_outputs_are_unknown_until_they_are_given(run: Run, node: Find) -> None:
    def program() -> None:
        other = pulumi.StackReference("org/net/prod")
        aws.ec2.SecurityGroup("group", vpc_id=other.get_output("vpc"))

    assert node(run(program).graph, "group").properties["vpcId"] is UNKNOWN
    given = run(program, stacks={"org/net/prod": {"vpc": "vpc-1"}})
    assert node(given.graph, "group").properties["vpcId"] == "vpc-1"


def test_assets_are_plain_data(run: Run, node: Find) -> None:
    def program() -> None:
        aws.s3.BucketObjectv2("text", bucket="b", key="k", source=pulumi.StringAsset("hello"))
        aws.s3.BucketObjectv2("file", bucket="b", key="k", source=pulumi.FileAsset("a.txt"))

    graph = run(program).graph
    assert node(graph, "text").properties["source"] == {"asset": {"text": "hello"}}
    assert node(graph, "file").properties["source"] == {"asset": {"path": "a.txt"}}


def test_what_a_program_logs_is_kept(run: Run) -> None:
    def program() -> None:
        pulumi.log.debug("not this")
        pulumi.log.info("made it")
        pulumi.log.warn("take care")

    messages = run(program).messages
    assert [(message.severity, message.text) for message in messages] == [
        ("info", "made it"),
        ("warning", "take care"),
    ]


def test_an_asynchronous_program_runs_to_its_end(run: Run) -> None:
    async def program() -> None:
        key = aws.kms.Key("key")
        await key.urn.future()
        aws.s3.Bucket("after")

    assert [resource.name for resource in run(program).graph.resources] == ["shop-dev", "key", "after"]


def test_the_graph_reads_back_from_its_json(run: Run) -> None:
    def program() -> None:
        pair = Pair("data")
        aws.s3.Bucket("more", tags={"secret": pulumi.Output.secret("s"), "arn": pair.key.arn})

    written: list[dict[str, Any]] = json.loads(json.dumps(run(program).graph.as_json()))
    assert Graph.from_json(written).as_json() == written
    tags = written[-1]["properties"]["tags"]
    assert tags == {"arn": {"unknown": True}, "secret": {"secret": True}}
