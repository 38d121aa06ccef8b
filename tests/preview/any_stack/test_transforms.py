"""Functions of a program that change its resources as they are registered."""

from __future__ import annotations

from collections.abc import Callable

from modelyard.errors import Problem
from modelyard_policies.graph import SECRET, UNKNOWN, Node

Nodes = Callable[..., dict[str, Node]]
HEAD = """\
import pulumi, pulumi_aws as aws
from pulumi import ResourceOptions, ResourceTransformArgs, ResourceTransformResult
"""


def test_a_stacks_transform_changes_every_resource_after_it(nodes: Nodes) -> None:
    found = nodes(
        HEAD
        + """\
aws.s3.Bucket("before", bucket="a")

def tagged(args):
    if not args.type_.startswith("aws:s3/"):
        return None
    return ResourceTransformResult({**args.props, "tags": {"owner": "me"}}, args.opts)

pulumi.runtime.register_resource_transform(tagged)
aws.s3.Bucket("after", bucket="b")
aws.kms.Key("key", description="c")
"""
    )
    assert found["before"].properties == {"bucket": "a"}
    assert found["after"].properties == {"bucket": "b", "tags": {"owner": "me"}}
    assert found["key"].properties == {"description": "c"}


def test_those_of_a_resource_come_before_its_parents_and_theirs_before_the_stacks(nodes: Nodes) -> None:
    found = nodes(
        HEAD
        + """\
def adding(word):
    def change(args):
        if args.custom:
            return ResourceTransformResult({**args.props, "description": args.props["description"] + word}, args.opts)
    return change

class Group(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("shop:index:Group", name, {}, opts)

pulumi.runtime.register_resource_transform(adding(" stack"))
outer = Group("outer", ResourceOptions(transforms=[adding(" outer")]))
inner = Group("inner", ResourceOptions(parent=outer, transforms=[adding(" inner")]))
aws.kms.Key("key", description="own", opts=ResourceOptions(parent=inner, transforms=[adding(" 1"), adding(" 2")]))
"""
    )
    assert found["key"].properties["description"] == "own 1 2 inner outer stack"
    assert found["key"].parent == found["inner"].urn


def test_unknowns_secrets_and_dependencies_outlive_a_transform(nodes: Nodes) -> None:
    found = nodes(
        HEAD
        + """\
key = aws.kms.Key("key")
same = lambda args: ResourceTransformResult({**args.props, "acl": "private"}, args.opts)
nothing = lambda args: None
for name, transforms in (("changed", [same]), ("left", [nothing]), ("both", [nothing, same])):
    aws.s3.Bucket(
        name,
        bucket=key.arn,
        policy=pulumi.Output.secret("hidden"),
        tags={"key": key.arn, "secret": pulumi.Output.secret("hidden"), "plain": "x"},
        opts=ResourceOptions(transforms=transforms),
    )
"""
    )
    for name in ("changed", "left", "both"):
        properties = dict(found[name].properties)
        assert properties.pop("acl", None) == (None if name == "left" else "private")
        # (a mapping with something unknown in it is unknown as a whole, once the SDK has handed it over)
        parts = {"key": UNKNOWN, "plain": "x", "secret": SECRET}
        assert properties.pop("tags") == (parts if name == "left" else UNKNOWN)
        assert properties == {"bucket": UNKNOWN, "policy": SECRET}
        assert found[name].property_dependencies["bucket"] == (found["key"].urn,)


def test_a_transform_changes_options_as_well(nodes: Nodes) -> None:
    found = nodes(
        HEAD
        + """\
west = aws.Provider("west", region="us-west-2")
first = aws.kms.Key("first")

def change(args):
    if args.name == "second":
        opts = ResourceOptions.merge(args.opts, ResourceOptions(protect=True, provider=west, depends_on=[first]))
        return ResourceTransformResult(args.props, opts)

pulumi.runtime.register_resource_transform(change)
aws.kms.Key("second")
"""
    )
    second = found["second"]
    assert (second.protect, second.region, second.provider) == (True, "us-west-2", found["west"].urn)
    assert second.dependencies == (found["first"].urn,)


def test_an_asynchronous_transform_is_waited_for(nodes: Nodes) -> None:
    found = nodes(
        HEAD
        + """\
import asyncio

async def later(args):
    await asyncio.sleep(0)
    return ResourceTransformResult({"description": "later"}, args.opts)

aws.kms.Key("key", opts=ResourceOptions(transforms=[later]))
"""
    )
    assert found["key"].properties == {"description": "later"}


def test_a_transform_of_data_sources_changes_what_is_asked_for(nodes: Nodes) -> None:
    found = nodes(
        HEAD
        + """\
def elsewhere(args):
    return pulumi.InvokeTransformResult({**args.args, "region": "us-east-1"}, args.opts)

pulumi.runtime.register_invoke_transform(elsewhere)
aws.s3.Bucket("bucket", tags={"region": aws.get_region_output().region, "plain": aws.get_region().region})
"""
    )
    assert found["bucket"].properties["tags"] == {"plain": "us-east-1", "region": "us-east-1"}


def test_what_a_transform_raises_is_told_at_its_line(problem: Callable[..., Problem]) -> None:
    found = problem(HEAD + "aws.kms.Key('key', opts=ResourceOptions(transforms=[lambda args: 1 / 0]))\n")
    assert (found.file, found.line) == ("shop/__main__.py", 3)
    assert found.message == "the program raises ZeroDivisionError: division by zero"


def test_the_older_transformations_run_too(nodes: Nodes) -> None:
    found = nodes(
        HEAD
        + """\
def change(args):
    return pulumi.ResourceTransformationResult({**args.props, "description": "changed"}, args.opts)

pulumi.runtime.register_stack_transformation(change)
aws.kms.Key("key")
"""
    )
    assert found["key"].properties == {"description": "changed"}
