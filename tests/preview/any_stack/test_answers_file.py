"""The file in which the user answers for a cloud and for other stacks."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.errors import InputError, Problem
from modelyard_policies.graph import UNKNOWN
from modelyard_preview.subjects import Subject

Load = Callable[..., Subject]
AWS = "import pulumi, pulumi_aws as aws\n"
AMI = "aws:ec2/getAmi:getAmi"

ANSWERS = f"""\
schema: modelyard.answers/1
data_sources:
  {AMI}:
    - args: {{owners: [amazon], filters: [{{name: name}}]}}
      result: {{id: ami-1, root_snapshot_id: snap-1}}
    - args: {{most_recent: true}}
      result: {{id: ami-2}}
    - result: {{id: ami-3}}
  aws:index/getCallerIdentity:getCallerIdentity:
    - result: {{accountId: 123456789012}}
stacks:
  organization/network/dev: {{vpcId: vpc-1, subnets: [subnet-1]}}
"""


@pytest.mark.parametrize("name", ["answers.yaml", "answers.json"])
def test_answers_come_from_the_users_file(name: str, load: Load, tmp_path: Path) -> None:
    file = tmp_path / name
    if name.endswith("json"):
        import yaml

        file.write_text(json.dumps(yaml.safe_load(ANSWERS)))
    else:
        file.write_text(ANSWERS)
    subject = load(
        AWS
        + """\
filters = [{"name": "name", "values": ["a*"]}]
network = pulumi.StackReference("organization/network/dev")
first = aws.ec2.get_ami(owners=["amazon"], filters=filters)
aws.s3.Bucket("bucket", tags={
    "first": first.id, "snapshot": first.root_snapshot_id, "arn": first.arn,
    "second": aws.ec2.get_ami(owners=["amazon"], most_recent=True).id,
    "third": aws.ec2.get_ami_output(owners=["self"]).id,
    "account": aws.get_caller_identity().account_id,
    "vpc": network.require_output("vpcId"), "subnet": network.get_output("subnets").apply(lambda all: all[0]),
    "nothing": network.get_output("other").apply(str),
})
""",
        answers=file,
    )
    [bucket] = [node for node in subject.graph.resources if node.name == "bucket"]
    assert bucket.properties["tags"] == {
        "account": "123456789012",
        "arn": UNKNOWN,
        "first": "ami-1",
        "nothing": "None",
        "second": "ami-2",
        "snapshot": "snap-1",
        "subnet": "subnet-1",
        "third": "ami-3",
        "vpc": "vpc-1",
    }
    assert (subject.notes.unused_answers, subject.notes.stacks, subject.notes.unanswered) == ((), (), ())


@pytest.mark.filterwarnings("ignore:coroutine 'Output:RuntimeWarning")
def test_an_output_that_the_answers_lack_is_named(problem: Callable[..., Problem], tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("schema: modelyard.answers/1\nstacks: {organization/network/dev: {vpcId: vpc-1}}\n")
    program = (
        AWS + "network = pulumi.StackReference('organization/network/dev')\n"
        "aws.s3.Bucket('bucket', tags={'subnet': network.require_output('subnetId')})\n"
    )
    found = problem(program, answers=file)
    assert (found.field, found.message) == (
        "subnetId",
        "the program requires the output subnetId of another stack, which the answers don't have",
    )
    assert found.mend == "write subnetId: with a value under its stack in the file that --answers names"
    gc.collect()  # what the SDK didn't await any more says so now, and in no other test


def test_answers_that_nothing_asks_for_are_told(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(ANSWERS)
    subject = load(
        AWS + "aws.ec2.get_ami_output(owners=['self'])\npulumi.StackReference('a/b/c')\n", answers=file
    )
    assert subject.notes.unused_answers == (
        f"data_sources.{AMI}[0]",
        f"data_sources.{AMI}[1]",
        "data_sources.aws:index/getCallerIdentity:getCallerIdentity[0]",
        "stacks.organization/network/dev",
    )
    assert subject.notes.stacks == ("a/b/c",)


def test_an_answer_comes_before_what_is_computed(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    token = "aws:index/getPartition:getPartition"
    file.write_text(
        f"schema: modelyard.answers/1\ndata_sources: {{{token}: [{{result: {{partition: aws-cn}}}}]}}\n"
    )
    program = AWS + "aws.s3.Bucket('bucket', bucket=aws.get_partition().partition)\n"
    [bucket] = [node for node in load(program, answers=file).graph.resources if node.name == "bucket"]
    assert bucket.properties["bucket"] == "aws-cn"


@pytest.mark.parametrize(
    ("text", "line", "field", "message", "mend"),
    [
        ("data_sources: {}\n", 1, "schema", "schema is missing: the form of the file", "add it, as schema: modelyard.answers/1"),
        ("schema: modelyard.answers/2\n", 1, "schema", '"modelyard.answers/2" is none of the choices', "write modelyard.answers/1"),
        ("schema: modelyard.answers/1\ndatasources: {}\n", 2, "datasources", 'there is no field "datasources" here', "did you mean data_sources?"),
        (f"schema: modelyard.answers/1\ndata_sources: {{{AMI}: [{{resutl: {{}}}}]}}\n", 2, f'data_sources["{AMI}"][0].resutl', 'there is no field "resutl" here', "did you mean result?"),
        (f"schema: modelyard.answers/1\ndata_sources: {{{AMI}: {{}}}}\n", 2, f'data_sources["{AMI}"]', "an empty mapping isn't a list", "write one entry a line, each after a dash"),
        ("schema: modelyard.answers/1\nstacks: {a/b/c: 3}\n", 2, 'stacks["a/b/c"]', "3 isn't a mapping", 'write the fields of ["a/b/c"] one a line, each as `name: value`'),
    ],
)  # fmt: skip
def test_a_file_of_answers_that_is_none_is_refused_at_its_line(
    text: str, line: int, field: str, message: str, mend: str, load: Load, tmp_path: Path
) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load("", answers=file)
    [found] = caught.value.problems
    assert (found.file, found.line, found.field) == ("answers.yaml", line, field)
    assert (found.message, found.mend) == (message, mend)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", None, "the file can't be read: no such file or directory"),
        ("a.json", "{", "this isn't JSON: Expecting property name"),
        ("a.json", "[]", "an empty list isn't a mapping"),
        ("a.yaml", None, "there is no such file"),
        ("a.yaml", "- a\n", "the file holds no mapping"),
    ],
)
def test_a_file_of_answers_that_cannot_be_read_is_named(
    name: str, content: str | None, message: str, load: Load, tmp_path: Path
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content)
    with pytest.raises(InputError) as caught:
        load("", answers=file)
    [found] = caught.value.problems
    assert found.file == name
    assert message in str(found)
