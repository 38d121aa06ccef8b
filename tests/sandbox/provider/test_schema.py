"""The schema by which Pulumi's tools know the types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from modelyard_sandbox.aws.registry import handlers
from modelyard_sandbox.azure import registry as azure
from modelyard_sandbox.provider.packages import package_named, version_of
from modelyard_sandbox.provider.servicer import SandboxProvider


def asked(package: str) -> dict[str, Any]:
    provider = SandboxProvider(package_named(package), lambda message, urn: None)
    context: Any = None
    return json.loads(provider.GetSchema(pb.GetSchemaRequest(), context).schema)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return asked("aws")


def references(value: Any) -> Iterator[str]:
    """Every reference to a type of the schema's own."""
    if isinstance(value, dict):
        if str(value.get("$ref", "")).startswith("#/types/"):
            yield value["$ref"].removeprefix("#/types/")
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_every_type_is_described(schema: dict[str, Any]) -> None:
    assert (schema["name"], schema["version"]) == ("aws", version_of("aws"))
    assert schema["resources"].keys() == handlers().keys()
    assert set(references(schema)) == schema["types"].keys()


def test_inputs_have_their_kinds_and_say_which_are_required(schema: dict[str, Any]) -> None:
    rules = schema["resources"]["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"]
    rule = "aws:s3/BucketLifecycleConfigurationRule:BucketLifecycleConfigurationRule"
    assert rules["requiredInputs"] == ["bucket"]
    assert rules["inputProperties"]["rules"] == {"type": "array", "items": {"$ref": f"#/types/{rule}"}}
    assert rules["properties"] == rules["inputProperties"]
    assert schema["types"][rule]["properties"]["id"] == {"type": "string"}
    assert {"id", "status"} <= set(schema["types"][rule]["required"])
    key = schema["resources"]["aws:kms/key:Key"]["inputProperties"]
    assert key["tags"] == {"type": "object", "additionalProperties": {"type": "string"}}
    assert (key["deletionWindowInDays"], key["policy"]) == ({"type": "integer"}, {"type": "string"})


def test_azures_types_are_described_by_the_names_that_its_own_provider_has() -> None:
    described = asked("azure-native")
    assert (described["name"], described["version"]) == ("azure-native", version_of("azure-native"))
    assert described["meta"] == {"moduleFormat": "(.*)"}
    assert described["resources"].keys() == azure.handlers().keys()
    assert set(references(described)) == described["types"].keys()
    account = described["resources"]["azure-native:storage:StorageAccount"]
    assert account["requiredInputs"] == ["kind", "resourceGroupName", "sku"]
    assert account["inputProperties"]["sku"] == {"$ref": "#/types/azure-native:storage:Sku"}
    assert account["inputProperties"]["accessTier"] == {"type": "string"}
    assert described["types"]["azure-native:storage:Sku"]["required"] == ["name"]
