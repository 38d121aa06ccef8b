from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from malformed_environments import MALFORMED, STACK
from strategies import environments

from modelyard.environment.schema import (
    account_schema,
    environment_schema,
    schema_text,
    stack_schema,
    write_schemas,
)
from modelyard.yaml_lines import parse_yaml, read_yaml

REPOSITORY = Path(__file__).parents[3]
STACKS = sorted((REPOSITORY / "stacks").glob("Pulumi.*.yaml"))


def mistakes_in(text: str) -> list[str]:
    data: Any = parse_yaml(text, "stack").data
    return [error.message for error in jsonschema.Draft202012Validator(stack_schema()).iter_errors(data)]


@pytest.mark.parametrize(
    ("name", "schema"),
    [("environment", environment_schema()), ("account", account_schema()), ("stack", stack_schema())],
)
def test_the_schemas_of_the_repository_are_current(name: str, schema: dict[str, Any]) -> None:
    kept = (REPOSITORY / "schemas" / f"{name}.schema.json").read_text()
    assert kept == schema_text(schema), "run: python -m modelyard.environment.schema"


@pytest.mark.parametrize("schema", [environment_schema(), account_schema(), stack_schema()])
def test_the_schemas_are_schemas(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schemas_are_written_into_a_folder(tmp_path: Path) -> None:
    paths = write_schemas(tmp_path / "new")
    assert [path.name for path in paths] == [
        f"{name}.schema.json" for name in ("environment", "account", "stack")
    ]
    assert json.loads(paths[0].read_text()) == environment_schema()


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_every_stack_of_the_repository_follows_the_schema_that_it_names(path: Path) -> None:
    first, _, _ = path.read_text().partition("\n")
    schema = path.parent / first.removeprefix("# yaml-language-server: $schema=")
    jsonschema.validate(read_yaml(path).data, json.loads(schema.read_text()))


@settings(max_examples=50)
@given(environments())
def test_random_valid_environments_follow_the_schema(data: dict[str, Any]) -> None:
    jsonschema.validate(data, environment_schema())


SEEN_BY_EDITORS = (
    "an unknown field",
    "a field that is missing",
    "a part that is empty",
    "an account id without quotes",
    "a name with capitals",
    "a number out of bounds",
    "a choice that isn't one",
    "an unknown kind of capacity",
    "a capacity block without its reservation",
    "an unknown kind of store",
    "a list without entries",
    "a zone by its name",
)


@pytest.mark.parametrize("name", SEEN_BY_EDITORS)
def test_what_one_field_shows_to_be_wrong_is_seen_by_editors_too(name: str) -> None:
    [mistake] = [mistake for mistake in MALFORMED if mistake.name == name]
    assert mistakes_in(STACK) == []
    assert mistakes_in(mistake.text)


def test_every_field_is_described() -> None:
    schema = environment_schema()
    parts = schema["$defs"]
    assert {"AwsEnvironment", "AzureEnvironment"} <= set(parts)
    bare = [
        f"{part}.{name}"
        for part, model in parts.items()
        for name, field in model["properties"].items()
        if not field.get("description")
    ]
    assert bare == []
    assert [part for part, model in parts.items() if not model.get("description")] == []


def test_no_word_meant_for_messages_is_left() -> None:
    assert not {'"mend":', '"allowed":', '"discriminator":'} & set(schema_text(stack_schema()).split())
