"""A program whose resources are made for real while it runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from modelyard_policies.graph import SECRET, Graph, Node
from modelyard_preview.engine import Realized, Registration, RunResult

Run = Callable[..., RunResult]
Find = Callable[[Graph, str], Node]


class Toy:
    """Numbers what it makes."""

    def __init__(self, refuses: str | None = None) -> None:
        self.made: list[Registration] = []
        self.refuses = refuses

    def register(self, registration: Registration) -> Realized:
        if registration.name == self.refuses:
            raise ConnectionError(f"no room for {registration.name}")
        self.made.append(registration)
        number = len(self.made)
        return Realized(f"id-{number}", {**registration.inputs, "arn": f"arn:{registration.name}"})

    def invoke(self, token: str, args: dict[str, Any], region: str | None) -> dict[str, Any]:
        return {"accountId": "1", "arn": "a", "id": token, "userId": region or "nowhere"}

    def read(self, type: str, name: str, id: str, inputs: dict[str, Any]) -> Realized:  # noqa: A002
        return Realized(id, {"bucket": id, "arn": f"arn:{type}:{name}"})


def real(run: Run, program: Callable[[], Any], toy: Toy | None = None) -> tuple[RunResult, Toy]:
    toy = toy or Toy()
    return run(program, dry_run=False, realizer=toy), toy


def test_what_depends_on_a_resource_gets_its_real_values(run: Run, node: Find) -> None:
    def program() -> None:
        key = aws.kms.Key("key", description="data")
        bucket = aws.s3.Bucket("data", tags={"key": key.arn, "id": key.id, "upper": key.arn.apply(str.upper)})
        pulumi.export("bucket", bucket.arn)
        pulumi.export("id", bucket.id)

    result, toy = real(run, program)
    assert [made.name for made in toy.made] == ["key", "data"]
    assert toy.made[1].inputs == {"tags": {"id": "id-1", "key": "arn:key", "upper": "ARN:KEY"}}
    assert result.outputs == {"bucket": "arn:data", "id": "id-2"}
    assert node(result.graph, "data").outputs == {
        "arn": "arn:data",
        "id": "id-2",
        "tags": {"id": "id-1", "key": "arn:key", "upper": "ARN:KEY"},
    }


def test_the_order_is_that_of_dependencies_not_of_the_program(run: Run) -> None:
    def program() -> None:
        late: pulumi.Output[str] = pulumi.Output.from_input("x")
        last = aws.kms.Key("last")
        for name in ("c", "b", "a"):
            last = aws.s3.Bucket(name, tags={"before": late}, opts=pulumi.ResourceOptions(depends_on=[last]))
            late = last.arn
        aws.s3.Bucket("free")

    _, toy = real(run, program)
    names = [made.name for made in toy.made]
    assert sorted(names) == ["a", "b", "c", "free", "last"]
    chain = [name for name in names if name != "free"]
    assert chain == ["last", "c", "b", "a"]
    made: set[str] = set()
    for registration in toy.made:
        assert set(registration.dependencies) <= made
        made.add(registration.urn)


def test_secrets_reach_the_realizer_and_stay_out_of_the_graph(run: Run, node: Find) -> None:
    def program() -> None:
        password = pulumi.Output.secret("hunter2")
        key = aws.kms.Key("key", description=password, tags={"deep": password, "open": "o"})
        aws.s3.Bucket("data", tags={"of": key.description})

    result, toy = real(run, program)
    assert toy.made[0].inputs == {"description": "hunter2", "tags": {"deep": "hunter2", "open": "o"}}
    assert toy.made[1].inputs == {"tags": {"of": "hunter2"}}
    assert node(result.graph, "key").outputs["description"] is SECRET
    assert node(result.graph, "data").properties == {"tags": {"of": SECRET}}
    assert "hunter2" not in json.dumps(result.graph.as_json()) + repr(result.graph.resources)


def test_components_and_providers_are_not_asked_for(run: Run, node: Find) -> None:
    def program() -> None:
        provider = aws.Provider("ireland", region="eu-west-1")
        component = pulumi.ComponentResource(
            "shop:index:Group", "group", {}, pulumi.ResourceOptions(provider=provider)
        )
        aws.s3.Bucket(
            "data",
            opts=pulumi.ResourceOptions(parent=component, retain_on_delete=True, ignore_changes=["tags"]),
        )

    result, toy = real(run, program)
    (made,) = toy.made
    assert (made.name, made.region, made.provider) == ("data", "eu-west-1", node(result.graph, "ireland").urn)
    assert made.parent == node(result.graph, "group").urn
    assert made.opts.retain_on_delete
    assert made.opts.ignore_changes == ("tags",)
    assert made.source is not None
    assert made.source.startswith(str(Path(__file__)))


def test_options_reach_the_realizer_as_transforms_leave_them(run: Run, node: Find) -> None:
    def change(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        opts = args.opts
        if args.name == "changed":
            opts.replace_on_changes, opts.delete_before_replace = ["tags"], True
        return pulumi.ResourceTransformResult(args.props, opts)

    def program() -> None:
        pulumi.runtime.register_resource_transform(change)
        key = aws.kms.Key("key", opts=pulumi.ResourceOptions(import_="key-1"))
        options = pulumi.ResourceOptions(
            deleted_with=key, replace_on_changes=["tags[*].a"], delete_before_replace=False
        )
        aws.s3.Bucket("kept", opts=options)
        aws.s3.Bucket("changed")

    result, toy = real(run, program)
    made = {each.name: each.opts for each in toy.made}
    key, kept, changed = made["key"], made["kept"], made["changed"]
    assert (key.import_id, key.deleted_with, key.delete_before_replace) == ("key-1", None, None)
    assert (kept.deleted_with, kept.import_id) == (node(result.graph, "key").urn, None)
    # (the SDK's answer of a transform leaves out a false)
    assert (kept.replace_on_changes, kept.delete_before_replace) == (("tags[*].a",), None)
    assert (changed.replace_on_changes, changed.delete_before_replace) == (("tags",), True)


def test_an_error_of_the_realizer_is_raised_as_it_was_and_says_for_what(run: Run) -> None:
    def program() -> None:
        key = aws.kms.Key("key")
        data = aws.s3.Bucket("data", tags={"key": key.arn})
        aws.s3.Bucket("after", tags={"data": data.arn})
        pulumi.export("data", data.arn)

    toy = Toy(refuses="data")
    with pytest.raises(ConnectionError, match="no room for data") as caught:
        real(run, program, toy)
    assert [made.name for made in toy.made] == ["key"]
    assert str(caught.value) == "no room for data"
    (note,) = caught.value.__notes__
    assert note.startswith("while the program asked for aws:s3/bucket:Bucket 'data' at ")
    assert "test_engine_realizer.py" in note
    assert caught.value.__cause__ is None


def test_data_sources_and_reads_are_answered_by_the_realizer(run: Run) -> None:
    def program() -> None:
        provider = aws.Provider("ireland", region="eu-west-1")
        identity = aws.get_caller_identity(opts=pulumi.InvokeOptions(provider=provider))
        found = aws.s3.Bucket.get("found", "somebodys")
        pulumi.export("region", identity.user_id)
        pulumi.export("plain", aws.get_caller_identity_output().account_id)
        pulumi.export("found", [found.id, found.bucket, found.arn])

    result, toy = real(run, program)
    assert toy.made == []
    assert result.outputs == {
        "found": ["somebodys", "somebodys", "arn:aws:s3/bucket:Bucket:found"],
        "plain": "1",
        "region": "eu-west-1",
    }


def test_a_program_that_fails_after_some_resources_fails_as_itself(run: Run) -> None:
    def program() -> None:
        aws.kms.Key("key")
        raise LookupError("halfway")

    toy = Toy()
    with pytest.raises(LookupError, match="halfway"):
        real(run, program, toy)
    assert [made.name for made in toy.made] == ["key"]


def test_an_output_that_is_no_json_is_an_error_of_its_resource(run: Run) -> None:
    class Odd(Toy):
        def register(self, registration: Registration) -> Realized:
            return Realized("id", {"when": object()})

    with pytest.raises(TypeError, match="object can't be a property"):
        real(run, lambda: aws.kms.Key("key"), Odd())
