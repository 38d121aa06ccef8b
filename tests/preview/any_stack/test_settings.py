"""The configuration of a stack, as its program gets it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.errors import InputError, Problem
from modelyard_policies.graph import SECRET, UNKNOWN, Node
from modelyard_preview.engine.values import PLACEHOLDER
from modelyard_preview.projects import StackSettings, choose_stack, read_project, read_settings
from modelyard_preview.subjects import Subject

Nodes = Callable[..., dict[str, Node]]
READS = """\
import pulumi, pulumi_aws as aws
config = pulumi.Config()
"""


@pytest.fixture
def settings(write: Callable[..., Path]) -> Callable[..., StackSettings]:
    """The configuration of the stack dev, by what the project and the stack say."""

    def call(stack: str | None, project: str = "") -> StackSettings:
        text = f"name: shop\nruntime: python\n{project}"
        read = read_project(write("x = 1", {"Pulumi.yaml": text, "Pulumi.dev.yaml": stack}))
        return read_settings(read, choose_stack(read, "dev"))

    return call


def test_values_reach_the_program_as_pulumi_writes_them(settings: Callable[..., StackSettings]) -> None:
    found = settings("""\
        config:
          shop:text: yes
          shop:number: 3
          shop:share: 1.50
          shop:whole: 2.0
          shop:flag: true
          shop:nothing:
          shop:list: [b, 1]
          shop:object: {b: 1, a: {c: true}}
          shop:config:old: x
          aws:region: eu-west-1
        """)
    assert found.config == {
        "shop:text": "yes",
        "shop:number": "3",
        "shop:share": "1.5",
        "shop:whole": "2",
        "shop:flag": "true",
        "shop:nothing": "",
        "shop:list": '["b",1]',
        "shop:object": '{"a":{"c":true},"b":1}',
        "shop:old": "x",
        "aws:region": "eu-west-1",
    }
    assert (found.secret_keys, found.imports) == (frozenset(), ())


def test_secrets_are_never_decrypted_at_any_depth(settings: Callable[..., StackSettings]) -> None:
    found = settings("""\
        encryptionsalt: v1:abc
        config:
          shop:password: {secure: v1:xyz}
          shop:database: {user: me, password: {secure: v1:xyz}, hosts: [{secure: v1:xyz}]}
          shop:other: {secure: v1:xyz, insecure: 1}
        """)
    assert found.config["shop:password"] == PLACEHOLDER
    assert (
        found.config["shop:database"]
        == f'{{"hosts":["{PLACEHOLDER}"],"password":"{PLACEHOLDER}","user":"me"}}'
    )
    assert found.config["shop:other"] == '{"insecure":1,"secure":"v1:xyz"}'
    assert found.secret_keys == {"shop:password", "shop:database"}
    assert "v1:abc" not in str(found)


def test_a_projects_defaults_and_values_are_there_unless_the_stack_says_otherwise(
    settings: Callable[..., StackSettings],
) -> None:
    project = """\
config:
  size: 3
  shop:kind: {type: string, default: small, description: how large it is}
  zones: [a, b]
  tags: {type: object, default: {owner: me}}
  token: {default: open, secret: true}
  aws:region: eu-central-1
  aws:allowedAccountIds: {value: ["1"]}
"""
    found = settings("config:\n  shop:kind: large\n", project)
    assert found.config == {
        "shop:size": "3",
        "shop:kind": "large",
        "shop:zones": '["a","b"]',
        "shop:tags": '{"owner":"me"}',
        "shop:token": "open",
        "aws:region": "eu-central-1",
        "aws:allowedAccountIds": '["1"]',
    }
    assert found.secret_keys == {"shop:token"}


@pytest.mark.parametrize("text", [None, "", "\n", "encryptionsalt: v1:abc\n", "config:\n"])
def test_a_stack_may_have_no_configuration_at_all(
    text: str | None, settings: Callable[..., StackSettings]
) -> None:
    assert settings(text).config == {}


def test_what_comes_from_elsewhere_is_named(settings: Callable[..., StackSettings]) -> None:
    project = "config:\n  size: {type: integer}\n"
    assert settings("environment: [aws/dev, base]\n", project).imports == ("aws/dev", "base")
    assert settings("environment: {imports: [base]}\n", project).imports == ("base",)
    assert settings("environment: {values: {a: 1}}\n", project).imports == ("written in the stack's file",)


TYPED = "config:\n  size: {type: %s}\n"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", "x"),
        ("integer", "3"),
        ("integer", '"-3"'),
        ("integer", "3.0"),
        ("boolean", "true"),
        ("boolean", '"false"'),
        ("object", "{a: 1}"),
        ("array, items: {type: integer}", "[1, 2]"),
        ("array, items: {type: array, items: {type: string}}", "[[a]]"),
        ("integer", "{secure: v1:xyz}"),
    ],
)
def test_a_value_of_the_declared_type_is_taken(
    kind: str, value: str, settings: Callable[..., StackSettings]
) -> None:
    settings(f"config:\n  shop:size: {value}\n", TYPED % kind)


@pytest.mark.parametrize(
    ("kind", "value", "message", "given"),
    [
        ("integer", "x", "shop:size has to be of type integer", '"x"'),
        ("integer", "true", "shop:size has to be of type integer", "true"),
        ("integer", "3.5", "shop:size has to be of type integer", "3.5"),
        ("boolean", "1", "shop:size has to be of type boolean", "1"),
        ("string", "1", "shop:size has to be of type string", "1"),
        ("object", "[1]", "shop:size has to be of type object", "a list of 1"),
        (
            "array, items: {type: integer}",
            "[1, x]",
            "shop:size has to be of type array of integer",
            "a list of 2",
        ),
        ("array, items: {type: integer}", "1", "shop:size has to be of type array of integer", "1"),
    ],
)
def test_a_value_of_another_type_is_refused_at_its_line(
    kind: str, value: str, message: str, given: str, settings: Callable[..., StackSettings]
) -> None:
    with pytest.raises(InputError) as caught:
        settings(f"config:\n  aws:region: x\n  shop:size: {value}\n", TYPED % kind)
    [found] = caught.value.problems
    assert (found.file, found.line, found.field) == ("shop/Pulumi.dev.yaml", 3, 'config["shop:size"]')
    assert (found.message, found.given, found.mend) == (message, given, "change the value")


def test_a_missing_value_is_refused_with_where_to_write_it(settings: Callable[..., StackSettings]) -> None:
    project = "config:\n  size: {type: integer}\n  kind: {description: what}\n"
    with pytest.raises(InputError) as caught:
        settings("config:\n  aws:region: x\n", project)
    assert [str(found) for found in caught.value.problems] == [
        (
            f'shop/Pulumi.dev.yaml:1: config["shop:{name}"]\n'
            f"  the stack dev has no value for shop:{name}, which its project asks of every stack\n"
            "  given: nothing\n"
            f"  allowed here: {allowed}\n"
            f"  mend: write shop:{name}: with a value under config: in shop/Pulumi.dev.yaml"
        )
        for name, allowed in (("size", "a value of type integer"), ("kind", "a value"))
    ]


def test_a_secret_in_the_open_is_refused_and_not_shown(settings: Callable[..., StackSettings]) -> None:
    with pytest.raises(InputError) as caught:
        settings("config:\n  shop:token: hunter2\n", "config:\n  token: {type: string, secret: true}\n")
    assert str(caught.value) == (
        'shop/Pulumi.dev.yaml:2: config["shop:token"]\n'
        "  shop:token is a secret by its project, and stands here in the open\n"
        "  given: a value that isn't shown\n"
        "  allowed here: an encrypted value\n"
        "  mend: encrypt it: pulumi config set --secret shop:token --stack dev"
    )


@pytest.mark.parametrize(
    ("text", "line", "field", "message", "mend"),
    [
        ("config: 3\n", 1, "config", "config has to be a mapping", "write one `namespace:key: value` a line"),
        ("config:\n  size: 3\n", 2, "config.size", "a key needs a namespace", "write shop:size"),
        (
            "config:\n  a:b:c: 3\n",
            2,
            'config["a:b:c"]',
            "a key needs a namespace",
            "write one namespace and one name",
        ),
    ],
)
def test_a_stacks_file_that_is_not_one_is_refused(
    text: str, line: int, field: str, message: str, mend: str, settings: Callable[..., StackSettings]
) -> None:
    with pytest.raises(InputError) as caught:
        settings(text)
    [found] = caught.value.problems
    assert (found.file, found.line, found.field) == ("shop/Pulumi.dev.yaml", line, field)
    assert (found.message, found.mend) == (message, mend)


@pytest.mark.parametrize(
    ("text", "message", "mend"),
    [
        (
            "size: {type: number}",
            '"number" is no type',
            "write one of string, integer, boolean, array or object",
        ),
        (
            "size: {type: array}",
            "an array needs the type of its entries",
            "write items: with a type: under it",
        ),
        (
            "size: {type: integer, default: x}",
            "shop:size has to be of type integer",
            "change the default, or the type",
        ),
        ("size: {default: 1, value: 2}", "default and value can't both be given", "keep one of the two"),
        ("size: {defualt: 1}", "defualt is none of its fields", "remove defualt"),
        (
            "aws:region: {default: x}",
            "only keys of the project itself have a type or a default",
            "write value: instead",
        ),
        ("aws:region: {description: x}", "a key of another namespace needs a value", "write value:"),
    ],
)
def test_a_declaration_that_is_none_is_refused_at_its_line(
    text: str, message: str, mend: str, settings: Callable[..., StackSettings]
) -> None:
    with pytest.raises(InputError) as caught:
        settings(None, f"config:\n  {text}\n")
    [found] = caught.value.problems
    assert (found.file, found.line, found.message, found.mend) == ("shop/Pulumi.yaml", 4, message, mend)


def test_a_configuration_that_is_no_mapping_is_refused(settings: Callable[..., StackSettings]) -> None:
    with pytest.raises(InputError, match="config has to be a mapping"):
        settings(None, "config: [a]\n")


SECRET_STACK = """\
config:
  shop:password: {secure: v1:xyz}
  shop:count: {secure: v1:xyz}
  shop:database: {user: me, password: {secure: v1:xyz}}
"""


def test_a_secret_is_unknown_and_secret_in_every_form(nodes: Nodes) -> None:
    program = (
        READS
        + """\
aws.ssm.Parameter("whole", type="String", value=config.require_secret("password"))
aws.s3.Bucket("bucket", tags={
    "count": config.require_secret_int("count").apply(lambda count: str(count * 2)),
    "flag": config.get_secret_bool("count").apply(str),
    "plain": f"postgres://{config.require('password')}@host",
    "inside": config.require_object("database")["password"],
    "user": config.require_object("database")["user"],
    "object": config.require_secret_object("database").apply(lambda database: database["user"]),
    "absent": config.get_secret("nowhere") or "none",
})
"""
    )
    found = nodes(program, {"Pulumi.dev.yaml": SECRET_STACK})
    assert found["whole"].properties["value"] is SECRET
    tags = found["bucket"].properties["tags"]
    assert {name for name, value in tags.items() if value is SECRET} == {"count", "flag", "object"}
    assert {name for name, value in tags.items() if value is UNKNOWN} == {"plain", "inside"}
    assert (tags["user"], tags["absent"]) == ("me", "none")


@pytest.mark.parametrize(
    ("reads", "method"),
    [
        ("config.require_int('count')", "require_secret_int"),
        ("config.get_bool('count')", "get_secret_bool"),
        ("config.get_float('count')", "get_secret_float"),
        ("config.require_object('count')", "require_secret_object"),
    ],
)
def test_a_secret_read_as_something_else_than_text_is_refused(
    reads: str, method: str, problem: Callable[..., Problem]
) -> None:
    assert str(problem(READS + reads, {"Pulumi.dev.yaml": SECRET_STACK})) == (
        "shop/__main__.py:3: shop:count\n"
        "  secrets of the configuration are never decrypted here, so this value isn't known\n"
        f"  given: {method.replace('_secret', '')} of a secret\n"
        f"  allowed here: {method}, which stays unknown\n"
        f"  mend: read it with {method}"
    )


def test_a_value_that_the_program_misses_is_told_with_the_stacks_file(
    problem: Callable[..., Problem],
) -> None:
    assert str(problem(READS + "config.require('size')")) == (
        "shop/__main__.py:3: shop:size\n"
        "  the program needs the configuration value shop:size, which the stack dev doesn't have\n"
        "  given: config.require('size')\n"
        "  allowed here: a value of the stack, or a default of the project\n"
        "  mend: write shop:size: with a value under config: in shop/Pulumi.dev.yaml"
    )


def test_a_value_that_may_come_from_elsewhere_is_told_so(
    problem: Callable[..., Problem], load: Callable[..., Subject]
) -> None:
    files = {"Pulumi.dev.yaml": "environment: [base]\n"}
    found = problem(READS + "config.require('size')", files)
    assert found.message.endswith("doesn't have; values from Pulumi ESC aren't known here")
    remarks = load("", files).notes.remarks
    assert remarks == ("the stack takes values from Pulumi ESC (base), which are known to its cloud only",)
