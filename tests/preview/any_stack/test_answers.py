"""Data sources: answered from the catalog, by the configuration, from the user's file, or named."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from modelyard.errors import Problem
from modelyard_policies.graph import SECRET, UNKNOWN, Node
from modelyard_preview.answers.registry import COMPUTED
from modelyard_preview.engine import Call
from modelyard_preview.subjects import DataSourceNote, Subject

Load = Callable[..., Subject]
Nodes = Callable[..., dict[str, Node]]
AWS = "import pulumi, pulumi_aws as aws\n"
AMI = "aws:ec2/getAmi:getAmi"


def asked(token: str, region: str | None = "eu-central-1", provider: Any = None, **args: Any) -> Any:
    return COMPUTED[token](Call(token, args, region, provider or {}, {}))


def test_partition_region_and_principal_are_the_regions() -> None:
    assert asked("aws:index/getPartition:getPartition") == {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }
    assert asked("aws:index/getRegion:getRegion", name="us-east-1") == {
        "id": "us-east-1",
        "name": "us-east-1",
        "region": "us-east-1",
        "endpoint": "ec2.us-east-1.amazonaws.com",
        "description": UNKNOWN,
    }
    assert asked("aws:index/getServicePrincipal:getServicePrincipal", serviceName="s3") == {
        "id": "s3.eu-central-1.amazonaws.com",
        "name": "s3.amazonaws.com",
        "region": "eu-central-1",
        "serviceName": "s3",
        "suffix": "amazonaws.com",
    }


@pytest.mark.parametrize(
    "token", ["getPartition", "getRegion", "getServicePrincipal", "getAvailabilityZones"]
)
@pytest.mark.parametrize("region", [None, "mars-north-1"])
def test_without_a_region_that_is_known_there_is_no_answer(token: str, region: str | None) -> None:
    assert asked(f"aws:index/{token}:{token}", region, serviceName="s3") is None


ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"


def test_zones_are_those_of_the_catalog() -> None:
    found = asked(ZONES, "us-east-1", state="available")
    assert found["names"] == [f"us-east-1{letter}" for letter in "abcdef"]
    assert found["zoneIds"] == [f"use1-az{number}" for number in range(1, 7)]
    assert (found["id"], found["region"], found["groupNames"]) == ("us-east-1", "us-east-1", [UNKNOWN])


def test_which_ids_are_left_without_some_names_is_not_known() -> None:
    found = asked(ZONES, excludeNames=["eu-central-1b", "other"])
    assert (found["names"], found["zoneIds"]) == (["eu-central-1a", "eu-central-1c"], [UNKNOWN, UNKNOWN])


@pytest.mark.parametrize(
    ("args", "is_answered"),
    [
        ({"filters": [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]}, True),
        ({"filters": [{"name": "opt-in-status", "values": ["opted-in"]}]}, False),
        (
            {
                "filters": [{"name": "zone-type", "values": ["availability-zone"]}],
                "allAvailabilityZones": True,
            },
            True,
        ),
        ({"filters": [{"name": "region-name", "values": ["eu-central-1"]}]}, True),
        ({"filters": [{"name": "zone-id", "values": ["euc1-az1"]}]}, False),
        ({"allAvailabilityZones": True}, False),
        ({"state": "impaired"}, False),
        ({"excludeZoneIds": ["euc1-az1"]}, False),
    ],
)
def test_zones_are_answered_where_all_are_asked_for(args: dict[str, Any], is_answered: bool) -> None:
    assert (asked(ZONES, **args) is not None) is is_answered


@pytest.mark.parametrize("region", ["ap-northeast-1", "us-west-1", "ca-central-1"])
def test_zones_whose_letters_have_gaps_are_not_named(region: str) -> None:
    assert asked(ZONES, region) is None


def test_the_account_is_the_only_one_that_the_provider_allows() -> None:
    token = "aws:index/getCallerIdentity:getCallerIdentity"
    found = {"accountId": "123456789012", "id": "123456789012", "arn": UNKNOWN, "userId": UNKNOWN}
    assert asked(token, provider={"allowedAccountIds": '["123456789012"]'}) == found
    for setting in (None, "[]", '["1","2"]', "{", UNKNOWN):
        assert asked(token, provider={"allowedAccountIds": setting}) is None


def test_default_tags_are_those_of_the_provider() -> None:
    token = "aws:index/getDefaultTags:getDefaultTags"
    assert asked(token) == {"id": UNKNOWN, "tags": {}}
    assert asked(token, provider={"defaultTags": '{"tags": {"a": "b"}}'}) == {
        "id": UNKNOWN,
        "tags": {"a": "b"},
    }
    assert asked(token, provider={"defaultTags": UNKNOWN}) is None


def test_an_arn_is_taken_apart() -> None:
    arn = "arn:aws:iam::123456789012:role/a:b"
    found = asked("aws:index/getArn:getArn", arn=arn)
    assert (found["service"], found["region"], found["account"], found["resource"]) == (
        "iam",
        "",
        "123456789012",
        "role/a:b",
    )
    assert asked("aws:index/getArn:getArn", arn="s3") is None


def test_an_instance_type_is_the_catalogs() -> None:
    token = "aws:ec2/getInstanceType:getInstanceType"
    found = asked(token, instanceType="p5.48xlarge")
    assert (found["defaultVcpus"], found["efaMaximumInterfaces"], found["totalGpuMemory"]) == (
        192,
        32,
        655360,
    )
    assert found["gpuses"] == [{"name": "H100", "count": 8, "manufacturer": "NVIDIA", "memorySize": 81920}]
    assert "gpuses" not in asked(token, instanceType="c5.2xlarge")
    assert asked(token, instanceType="x99.large") is None


def test_offerings_are_the_catalogs_by_region_and_zone_id() -> None:
    token = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings"
    wanted = [{"name": "instance-type", "values": ["c5.2xlarge", "c5.12xlarge"]}]
    found = asked(token, filters=wanted)
    assert (found["instanceTypes"], found["locations"]) == (
        ["c5.12xlarge", "c5.2xlarge"],
        ["eu-central-1"] * 2,
    )
    by_zone = asked(token, filters=wanted[:1], locationType="availability-zone-id", region="eu-central-1")
    assert set(by_zone["locations"]) == {"euc1-az1", "euc1-az2", "euc1-az3"}
    assert asked(token, filters=wanted, locationType="availability-zone") is None
    assert asked(token, filters=[]) is None
    assert asked(token, filters=[{"name": "instance-type", "values": ["c5.*"]}]) is None
    one = "aws:ec2/getInstanceTypeOffering:getInstanceTypeOffering"
    assert (
        asked(one, filters=wanted, preferredInstanceTypes=["p9.large", "c5.2xlarge"])["instanceType"]
        == "c5.2xlarge"
    )
    assert asked(one, filters=wanted) is None


def test_on_azure_the_configured_subscription_is_answered(nodes: Nodes) -> None:
    program = """\
        import pulumi, pulumi_azure_native as azure
        client = azure.authorization.get_client_config()
        azure.resources.ResourceGroup("group", tags={
            "subscription": client.subscription_id, "tenant": client.tenant_id, "object": client.object_id,
        })
        """
    stack = "config:\n  azure-native:subscriptionId: s-1\n  azure-native:tenantId: t-1\n  azure-native:location: westeurope\n"
    found = nodes(program, {"Pulumi.dev.yaml": stack})["group"]
    assert found.properties["tags"] == {"object": UNKNOWN, "subscription": "s-1", "tenant": "t-1"}
    assert found.region == "westeurope"
    assert asked("azure-native:authorization:getClientConfig", provider={"tenantId": "t-1"}) is None


def test_a_plain_data_source_without_an_answer_is_named_with_how_to_answer_it(
    problem: Callable[..., Problem],
) -> None:
    assert str(problem(AWS + "aws.ec2.get_vpc(default=True)\n")) == (
        "shop/__main__.py:2: aws:ec2/getVpc:getVpc\n"
        "  a preview can't know the answer of this data source: it is offline\n"
        "  given: a call of the data source aws:ec2/getVpc:getVpc\n"
        "  allowed here: data sources whose answers are given, and the `_output` forms, which stay unknown\n"
        "  mend: answer it in a file that `--answers` names: `{schema: modelyard.answers/1, data_sources: "
        '{"aws:ec2/getVpc:getVpc": [{result: {id: ..., arn: ..., cidrBlock: ..., ...}}]}}`; or pass the value in '
        "by configuration, or call the `_output` form"
    )


def test_a_program_that_catches_the_error_is_told_all_the_same(problem: Callable[..., Problem]) -> None:
    found = problem(AWS + "try:\n    aws.ec2.get_vpc(default=True)\nexcept Exception:\n    pass\n")
    assert (found.line, found.field) == (3, "aws:ec2/getVpc:getVpc")


@pytest.mark.parametrize("argument", ["key.arn", "[key.arn]", "{'a': [key.arn]}"])
def test_a_plain_data_source_with_unknown_arguments_is_named(
    argument: str, problem: Callable[..., Problem]
) -> None:
    found = problem(AWS + f"key = aws.kms.Key('key')\npulumi.runtime.invoke('a:b:c', {{'x': {argument}}})\n")
    assert (found.line, found.field) == (3, "a:b:c")
    assert (
        found.message
        == "the arguments of this data source are known only once it is deployed, and so its answer"
    )
    assert found.mend == "pass the value in by configuration, or call the `_output` form"


def test_output_forms_stay_unknown_and_are_listed_with_their_lines(load: Load) -> None:
    subject = load(
        AWS
        + """\
ami = aws.ec2.get_ami_output(owners=["amazon"])
more = [aws.ec2.get_ami_output(owners=[owner]) for owner in ("a", "b")]
key = aws.kms.Key("key")
document = aws.iam.get_policy_document_output(statements=[{"resources": [key.arn]}])
aws.ec2.Instance("machine", ami=ami.id, user_data=document.json)
"""
    )
    [machine] = [node for node in subject.graph.resources if node.name == "machine"]
    assert machine.properties == {"ami": UNKNOWN, "userData": UNKNOWN}
    assert subject.notes.unanswered == (DataSourceNote(AMI, "no answer", ("__main__.py:2", "__main__.py:3")),)
    token = "aws:iam/getPolicyDocument:getPolicyDocument"
    assert subject.notes.waiting == (DataSourceNote(token, "unknown arguments", ("__main__.py:5",)),)


def test_a_document_is_computed_although_its_bucket_is_not_made_yet(nodes: Nodes) -> None:
    found = nodes(
        AWS
        + """\
bucket = aws.s3.Bucket("bucket", bucket="data")
arn = bucket.bucket.apply(lambda name: f"arn:aws:s3:::{name}/*")
document = aws.iam.get_policy_document_output(statements=[{"actions": ["s3:*"], "resources": [arn]}])
aws.s3.BucketPolicy("policy", bucket=bucket.id, policy=document.json)
secret = aws.iam.get_policy_document_output(policy_id=pulumi.Output.secret("hidden"))
aws.s3.BucketPolicy("secret", bucket=bucket.id, policy=secret.json)
"""
    )
    policy = found["policy"]
    assert json.loads(policy.properties["policy"])["Statement"][0]["Resource"] == "arn:aws:s3:::data/*"
    assert policy.property_dependencies["policy"] == (found["bucket"].urn,)
    assert found["secret"].properties["policy"] is SECRET


def test_what_a_partial_answer_leaves_open_is_unknown_wherever_it_ends_up(nodes: Nodes) -> None:
    stack = 'config:\n  aws:region: eu-central-1\n  aws:allowedAccountIds: ["123456789012"]\n'
    program = (
        AWS
        + """\
plain = aws.get_caller_identity()
later = aws.get_caller_identity_output()
aws.s3.Bucket("bucket", bucket=f"data-{plain.account_id}", tags={
    "plain": f"by {plain.arn}", "later": later.arn.apply(lambda arn: f"{arn}/x"), "account": later.account_id,
})
"""
    )
    bucket = nodes(program, {"Pulumi.dev.yaml": stack})["bucket"]
    assert bucket.properties["bucket"] == "data-123456789012"
    assert bucket.properties["tags"] == {"account": "123456789012", "later": UNKNOWN, "plain": UNKNOWN}


def test_an_explicit_providers_settings_answer_for_it(nodes: Nodes) -> None:
    program = (
        AWS
        + """\
west = aws.Provider("west", region="us-west-2", allowed_account_ids=["210987654321"])
opts = pulumi.InvokeOptions(provider=west)
aws.s3.Bucket("bucket", tags={
    "region": aws.get_region_output(opts=opts).region,
    "account": aws.get_caller_identity_output(opts=opts).account_id,
})
"""
    )
    assert nodes(program)["bucket"].properties["tags"] == {"account": "210987654321", "region": "us-west-2"}


def test_a_reservation_about_an_answer_is_noted(load: Load) -> None:
    notes = load(
        AWS + "aws.get_availability_zones()\naws.ec2.get_instance_type(instance_type='c5.2xlarge')\n"
    ).notes
    assert [(note.token, note.reason) for note in notes.assumed] == [
        (
            ZONES,
            (
                "zones of the catalog, named by letters from a on; which name stands for which zone is the "
                "account's own"
            ),
        ),
        ("aws:ec2/getInstanceType:getInstanceType", "the fields that the catalog has; the others are empty"),
    ]


def test_what_the_provider_would_refuse_is_told_at_its_line(problem: Callable[..., Problem]) -> None:
    found = problem(AWS + "aws.iam.get_policy_document(statements=[{'effect': 'Maybe'}])\n")
    assert (found.file, found.line) == ("shop/__main__.py", 2)
    assert "expected effect to be one of Allow, Deny, got Maybe" in found.message
