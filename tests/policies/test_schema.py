"""The JSON Schemas of suppressions and configuration: current, and of one mind with the readers."""

from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_policies.configuration.reading import read_configuration
from modelyard_policies.errors import SettingsError
from modelyard_policies.registry import all_rules
from modelyard_policies.schema import schema_text, schemas, write_schemas
from modelyard_policies.settings import Source, read
from modelyard_policies.suppressions.reading import read_suppressions

REPOSITORY = Path(__file__).parents[2]
SCHEMAS = schemas()


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_of_the_repository_are_current(name):
    kept = (REPOSITORY / "schemas" / f"{name}.schema.json").read_text()
    assert kept == schema_text(SCHEMAS[name]), "run: python -m modelyard_policies.schema"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_are_schemas(name):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


def test_the_schemas_are_written_into_a_folder(tmp_path):
    assert [path.name for path in write_schemas(tmp_path / "new")] == [
        "suppressions.schema.json",
        "policies.schema.json",
    ]


def allowed(name, text):
    """Whether the schema lets a text pass, and whether the reader does."""
    by_schema = jsonschema.Draft202012Validator(SCHEMAS[name]).is_valid(read(Source(text, "f")).data)
    reader = {"suppressions": read_suppressions, "policies": read_configuration}[name]
    by_reader = True
    try:
        reader(Source(text, "f"), all_rules())
    except SettingsError:
        by_reader = False
    return by_schema, by_reader


ENTRY = {
    "rule": ("ST4", "bucket-versioning", "nope", "3"),
    "resource": ("'*'", "''", "[a]"),
    "reason": ("because", "' '"),
    "owner": ("me", "7"),
    "expires": ("2026-12-31", "31.12.2026", "20261231"),
    "property": ("p", "''"),
    "since": ("2026-01-01",),
}


@given(st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in ENTRY.items()}))
def test_schema_and_reader_agree_on_suppressions(fields):
    lines = [f"    {name}: {value}" for name, value in fields.items()] or ["    {}"]
    text = "\n".join(["schema: modelyard.suppressions/1", "suppressions:", "  -", *lines])
    by_schema, by_reader = allowed("suppressions", text)
    assert by_schema == by_reader


VALUES = ("mandatory", "remediate", "advisory", "disabled", "off", "{}", "[]", "{enforcementLevel: disabled}")
VALUES += ("{accelerators: 3}", "{accelerators: many, enforcementLevel: advisory}", "{x: 1}")


@given(
    st.dictionaries(
        st.sampled_from(("all", "unknown-verdicts", "accelerator-cap", "bucket-versioning", "ST4")),
        st.sampled_from(VALUES),
        min_size=1,
    )
)
def test_schema_and_reader_agree_on_the_configuration(policies):
    lines = [f"  {name}: {value}" for name, value in policies.items()]
    by_schema, by_reader = allowed(
        "policies", "\n".join(["schema: modelyard.policies/1", "policies:", *lines])
    )
    assert by_schema == by_reader


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("suppressions", "schema: modelyard.suppressions/1\nsuppressions:\n"),
        ("policies", "schema: modelyard.policies/1\npolicies:\n"),
        ("policies", "schema: modelyard.policies/1\n"),
    ],
)
def test_a_file_that_says_nothing_is_fine(name, text):
    assert allowed(name, text) == (True, True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("suppressions", "schema: modelyard.policies/1"),
        ("policies", "policies: {}"),
        ("policies", "schema: modelyard.policies/1\nx: 1"),
    ],
)
def test_another_form_is_refused(name, text):
    assert allowed(name, text) == (False, False)
