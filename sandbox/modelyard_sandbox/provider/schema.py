"""The schema of a package, as Pulumi's tools ask a provider for it: `pulumi import` writes code by it, and
programs in YAML are read by it. Programs in other languages have the SDK's.

It is made of the table of inputs; outputs that are no inputs aren't in it. Source of the form: Pulumi's
metaschema (pulumi/pulumi, pkg/codegen/schema/pulumi.json, 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard_sandbox.provider.input_types import InputTypes, Kinds

MODULE_FORMAT = "(.*)(?:/[^/]*)"
"""How pulumi-aws's tokens name modules: `aws:ec2/vpc:Vpc` is in `ec2`."""
ANY = {"$ref": "pulumi.json#/Any"}


def schema_of(package: str, version: str, table: InputTypes | None) -> dict[str, Any]:
    """The schema; without a table it has no types."""
    schema: dict[str, Any] = {"name": package, "version": version, "meta": {"moduleFormat": MODULE_FORMAT}}
    if table is None:
        return schema
    return {
        **schema,
        "resources": {token: _resource(package, kinds) for token, kinds in table.types.items()},
        "types": {
            _token(package, name): {"type": "object", **_properties(package, kinds)}
            for name, kinds in table.objects.items()
        },
    }


def _resource(package: str, kinds: Kinds) -> dict[str, Any]:
    described = _properties(package, kinds)
    return {
        **described,
        "inputProperties": described["properties"],
        "requiredInputs": described["required"],
    }


def _properties(package: str, kinds: Kinds) -> dict[str, Any]:
    return {
        "properties": {name: _kind(package, kind.removesuffix("!")) for name, kind in kinds.items()},
        "required": [name for name, kind in kinds.items() if kind.endswith("!")],
    }


def _kind(package: str, kind: str) -> Mapping[str, Any]:
    if kind == "any":
        return ANY
    if kind[0] == "[":
        return {"type": "array", "items": _kind(package, kind[1:-1])}
    if kind[0] == "{":
        return {"type": "object", "additionalProperties": _kind(package, kind[1:-1])}
    if kind[0] == "#":
        return {"$ref": f"#/types/{_token(package, kind[1:])}"}
    return {"type": "string" if kind == "document" else kind}


def _token(package: str, name: str) -> str:
    """`s3.BucketLifecycleConfigurationRule` as the schema calls it."""
    module, _, bare = name.rpartition(".")
    return f"{package}:{module}/{bare}:{bare}"
