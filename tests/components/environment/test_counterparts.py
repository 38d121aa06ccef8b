"""What only one cloud has: the tables of words are held against the two schemas, field by field."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest
from malformed_environments import STACK as AWS_STACK
from malformed_environments_azure import STACK as AZURE_STACK

from modelyard.environment import parse_environment
from modelyard.environment.clouds import CLOUDS
from modelyard.environment.counterparts import FIELDS, VALUES, counterpart
from modelyard.environment.schema import environment_schema_of
from modelyard.errors import InputError, Problem
from modelyard.yaml_lines import parse_yaml

OTHER = {"aws": "azure", "azure": "aws"}
SHOWN = {"aws": "AWS", "azure": "Azure"}

AZURES_OWN_WORDS = {("compute.capacity.mode", "low_priority"), ("compute.capacity.mode", "dedicated")}
"""Values that are no cloud's here: what Azure itself calls what is told in our words."""

EXISTING = {
    "aws": {"kind": "existing_s3", "bucket": "open-images"},
    "azure": {
        "kind": "existing_blob",
        "account_id": "/subscriptions/9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834/resourceGroups/data"
        "/providers/Microsoft.Storage/storageAccounts/opendata01",
        "container": "corpus",
    },
}


@cache
def fields_and_values(cloud: str) -> tuple[frozenset[str], frozenset[tuple[str, Any]]]:
    """Every field of an environment on a cloud with its path, and every choice that a field has there. Pools
    of both regions are one, as the tables have it.
    """
    root = environment_schema_of(cloud)
    fields: set[str] = set()
    values: set[tuple[str, Any]] = set()

    def walk(part: dict[str, Any], path: str) -> None:
        if "$ref" in part:
            walk(root["$defs"][part["$ref"].rpartition("/")[2]], path)
        for kind in (*part.get("anyOf", ()), *part.get("oneOf", ()), *part.get("allOf", ())):
            walk(kind, path)
        if "items" in part:
            walk(part["items"], path)
        values.update((path, choice) for choice in part.get("enum", ()))
        if "const" in part:
            values.add((path, part["const"]))
        for name, field in part.get("properties", {}).items():
            inner = f"{path}.{name}".removeprefix(".").replace("recovery.compute", "compute")
            fields.add(inner)
            walk(field, inner)

    walk(root, "")
    return frozenset(fields), frozenset(values)


def only_on(cloud: str) -> set[str]:
    """Fields that the other cloud lacks: the outermost of each part."""
    lacking = fields_and_values(cloud)[0] - fields_and_values(OTHER[cloud])[0]
    return {field for field in lacking if not any(field.startswith(f"{other}.") for other in lacking)}


def values_only_on(cloud: str) -> set[tuple[str, str]]:
    """Words that a field of both clouds takes on one alone."""
    fields, values = fields_and_values(OTHER[cloud])
    lacking = fields_and_values(cloud)[1] - values
    return {(field, value) for field, value in lacking if field in fields and isinstance(value, str)}


def test_the_walk_sees_every_part_of_an_environment() -> None:
    fields, values = fields_and_values("azure")
    assert {"compute.capacity.mode", "jobs.submitters.kind", "backup.multi_user.guard_id"} <= fields
    assert {"storage.datasets.container", "recovery.network.cidr", "quotas.family"} <= fields
    assert ("compute.capacity.mode", "spot") in values
    assert ("monitoring.defender_plans", "containers") in values


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_the_other_cloud_alone_has_is_in_the_table_and_nothing_else(cloud: str) -> None:
    assert set(FIELDS[cloud]) == only_on(OTHER[cloud])


@pytest.mark.parametrize("cloud", CLOUDS)
def test_words_that_the_other_cloud_alone_has_are_in_the_table_and_nothing_else(cloud: str) -> None:
    # An environment's cloud is what tells the two apart.
    other = values_only_on(OTHER[cloud]) - {("cloud", OTHER[cloud])}
    assert set(VALUES[cloud]) - AZURES_OWN_WORDS == other


def test_azures_own_words_are_no_choices_anywhere() -> None:
    assert set(VALUES["azure"]) >= AZURES_OWN_WORDS
    for cloud in CLOUDS:
        assert not AZURES_OWN_WORDS & fields_and_values(cloud)[1]


def environment(cloud: str) -> dict[str, Any]:
    """A valid environment with every part that a field of the tables stands in."""
    stack: Any = parse_yaml(AWS_STACK if cloud == "aws" else AZURE_STACK, "stack").data
    fields: dict[str, Any] = copy.deepcopy(stack["config"]["modelyard:environment"])
    if cloud == "aws":
        fields["regions"]["recovery"] = "eu-west-1"
        fields["recovery"] = {"network": {"cidr": "10.48.0.0/20"}}
        lock = {"min_retention_days": 1, "max_retention_days": 35}
        fields |= {"encryption": {}, "jobs": {}, "monitoring": {}}
    else:
        lock = {}
    fields["backup"]["lock"] = {"mode": "governance", **lock}
    return fields


def written(cloud: str, field: str, value: object) -> dict[str, Any]:
    """An environment on a cloud in which a field is written as on the other one."""
    fields = environment(cloud)
    if field in {"storage.datasets.bucket", "storage.datasets.kms_key_arn"} or (
        cloud == "aws" and field in {"storage.datasets.account_id", "storage.datasets.container"}
    ):
        fields["storage"]["datasets"] = dict(EXISTING[cloud])
        fields.pop("backup")
    around: Any = fields
    *path, name = field.split(".")
    for step in path:
        around = around[step]
        if isinstance(around, list):
            around = around[0]
    around[name] = value
    return fields


def problems(fields: dict[str, Any]) -> dict[str, Problem]:
    with pytest.raises(InputError) as refused:
        parse_environment(fields)
    return {problem.field.replace("[0]", ""): problem for problem in refused.value.problems}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_environments_that_fields_are_written_into_are_valid(cloud: str) -> None:
    assert parse_environment(environment(cloud)).cloud == cloud


@pytest.mark.parametrize(("cloud", "field"), [(cloud, field) for cloud in CLOUDS for field in FIELDS[cloud]])
def test_a_field_of_the_other_cloud_is_told_with_what_to_write_instead(cloud: str, field: str) -> None:
    found = problems(written(cloud, field, 1))
    why, mend = FIELDS[cloud][field]
    assert set(found) == {field}
    assert found[field].message == f"there is no such field on {SHOWN[cloud]}: {why}"
    assert (found[field].allowed, found[field].mend) == ("nothing here", mend)


@pytest.mark.parametrize(
    ("cloud", "field", "value"), [(cloud, *key) for cloud in CLOUDS for key in VALUES[cloud]]
)
def test_a_word_of_the_other_cloud_is_told_with_what_to_write_instead(
    cloud: str, field: str, value: str
) -> None:
    found = problems(written(cloud, field, value))
    why, mend = VALUES[cloud][field, value]
    assert set(found) == {field}
    assert found[field].message == f"{value} is nothing that {SHOWN[cloud]} has: {why}"
    assert found[field].mend == mend
    assert found[field].given == f'"{value}"'
    choices = {choice for place, choice in fields_and_values(cloud)[1] if place == field}
    assert set(found[field].allowed.split(", ")) == choices


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_a_message_tells_to_write_is_there(cloud: str) -> None:
    fields, values = fields_and_values(cloud)
    names = {step for field in fields for step in field.split(".")} | {str(choice) for _, choice in values}
    for why, mend in (*FIELDS[cloud].values(), *VALUES[cloud].values()):
        assert why
        # `modelyard:account`, with its own fields, is a stack of its own.
        if "write " not in mend or "modelyard:account" in mend:
            continue
        words = mend.partition("write ")[2].partition(",")[0].partition(":")[0]
        for name in words.split(" and "):
            assert name.split(".")[-1] in names, (cloud, mend)


def test_pools_of_the_recovery_region_are_told_as_those_of_the_primary_one() -> None:
    there = counterpart("azure", ("recovery", "compute", 0, "zone_id"), "x")
    assert there == counterpart("azure", ("compute", 3, "zone_id"), "x")
    assert there is not None


def test_what_no_cloud_has_has_no_counterpart() -> None:
    assert counterpart("azure", ("network", "cidrs"), "10.0.0.0/16") is None
    assert counterpart("aws", ("compute", 0, "capacity", "mode"), "spott") is None
    assert counterpart("azure", ("network", "egress"), 7) is None
