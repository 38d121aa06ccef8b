"""The editors' schema on Azure: what one field shows to be wrong is marked at that field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from malformed_environments_azure import STACK, MalformedAzure
from malformed_environments_azure_backups import BACKUPS
from malformed_environments_azure_fields import FIELDS
from malformed_environments_azure_machines import MACHINES
from malformed_environments_azure_names import NAMES, SPELLINGS
from malformed_environments_azure_places import PLACES

from modelyard.environment.clouds import CLOUDS
from modelyard.environment.schema import environment_schema, environment_schema_of, stack_schema
from modelyard.yaml_lines import parse_yaml

AZURE = jsonschema.Draft202012Validator(environment_schema_of("azure"))
STACKS = jsonschema.Draft202012Validator(stack_schema())

NEEDS_SEVERAL_FIELDS = (*NAMES, *PLACES, *MACHINES, *BACKUPS)


def stack(text: str) -> Any:
    return parse_yaml(text, "stack").data


def leaves(error: jsonschema.ValidationError) -> Iterator[jsonschema.ValidationError]:
    """The errors that an error comes of: of a choice between parts, those of each part."""
    if not error.context:
        yield error
    for inner in error.context or ():
        yield from leaves(inner)


def marked(environment: dict[str, Any]) -> set[str]:
    """Every field that an editor marks; for one that is missing, or that isn't known, its own name."""
    fields: set[str] = set()
    for error in AZURE.iter_errors(environment):
        for leaf in leaves(error):
            path = "".join(
                f"[{step}]" if isinstance(step, int) else f".{step}" for step in leaf.absolute_path
            )
            names: list[str] = []
            if leaf.validator == "required":
                names = [name for name in leaf.validator_value if name not in leaf.instance]
            elif leaf.validator == "additionalProperties":
                names = [name for name in leaf.instance if name not in leaf.schema["properties"]]
            fields |= {f"{path}.{name}" for name in names} if names else {path}
    return {field.removeprefix(".") for field in fields}


def told(mistake: MalformedAzure) -> set[str]:
    """The fields that our own messages name."""
    heads = [line for line in mistake.said.splitlines() if line.startswith("stacks/")]
    return {head.partition(": ")[2] for head in heads}


def test_the_stack_without_a_mistake_follows_the_schema() -> None:
    assert list(STACKS.iter_errors(stack(STACK))) == []
    assert marked(stack(STACK)["config"]["modelyard:environment"]) == set()


@pytest.mark.parametrize("mistake", [*FIELDS, *SPELLINGS], ids=lambda mistake: mistake.name)
def test_what_one_field_shows_to_be_wrong_is_seen_by_editors_too(mistake: MalformedAzure) -> None:
    assert list(STACKS.iter_errors(stack(mistake.text)))


@pytest.mark.parametrize("mistake", [*FIELDS, *SPELLINGS], ids=lambda mistake: mistake.name)
def test_editors_mark_the_field_that_messages_name(mistake: MalformedAzure) -> None:
    assert told(mistake) <= marked(stack(mistake.text)["config"]["modelyard:environment"])


@pytest.mark.parametrize("mistake", NEEDS_SEVERAL_FIELDS, ids=lambda mistake: mistake.name)
def test_what_takes_several_fields_to_see_is_left_to_the_rules(mistake: MalformedAzure) -> None:
    assert list(STACKS.iter_errors(stack(mistake.text))) == []


@pytest.mark.parametrize("cloud", CLOUDS)
def test_an_environment_is_of_one_cloud_only(cloud: str) -> None:
    schema = environment_schema()
    [definition] = [
        schema["$defs"][kind["$ref"].rpartition("/")[2]]
        for kind in schema["oneOf"]
        if kind["$ref"].endswith(f"{cloud.capitalize()}Environment")
    ]
    assert definition["properties"]["cloud"]["const"] == cloud
    assert "cloud" in definition["required"]
    assert definition["additionalProperties"] is False


@pytest.mark.parametrize("cloud", CLOUDS)
def test_parts_of_one_cloud_lead_to_no_part_of_the_other(cloud: str) -> None:
    schema = environment_schema_of(cloud, prefix=cloud.capitalize())
    text = str(schema)
    other = {"aws": "Azure", "azure": "Aws"}[cloud]
    assert f"#/$defs/{other}" not in text
    assert all(name.startswith(cloud.capitalize()) for name in schema["$defs"])
