"""The schema of a package, as Pulumi's tools ask a provider for it: `pulumi import` writes code by it, and
programs in YAML are read by it. Programs in other languages have the SDK's.

It is made of the table of inputs; outputs that are no inputs aren't in it. Source of the form: Pulumi's
metaschema (pulumi/pulumi, pkg/codegen/schema/pulumi.json, 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelyard_sandbox.provider.input_types import BRIDGED, InputTypes, Kinds

BRIDGED_MODULES = "(.*)(?:/[^/]*)"
"""How tokens name modules where Pulumi's bridge to Terraform made them: `aws:ec2/vpc:Vpc` is in `ec2`."""
PLAIN_MODULES = "(.*)"
"""How those of other packages do: `azure-native:keyvault:Vault` is in `keyvault`."""
ANY = {"$ref": "pulumi.json#/Any"}


def schema_of(package: str, version: str, table: InputTypes) -> dict[str, Any]:
    """The schema of a package's table."""
    writer = _Writer(package, bridged=table.sdk in BRIDGED)
    return {
        "name": package,
        "version": version,
        "meta": {"moduleFormat": BRIDGED_MODULES if writer.bridged else PLAIN_MODULES},
        "resources": {token: writer.resource(kinds) for token, kinds in table.types.items()},
        "types": {
            writer.token(name): {"type": "object", **writer.properties(kinds)}
            for name, kinds in table.objects.items()
        },
    }


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes kinds as the schema words them."""

    package: str
    bridged: bool

    def resource(self, kinds: Kinds) -> dict[str, Any]:
        described = self.properties(kinds)
        return {
            **described,
            "inputProperties": described["properties"],
            "requiredInputs": described["required"],
        }

    def properties(self, kinds: Kinds) -> dict[str, Any]:
        return {
            "properties": {name: self.kind(kind.removesuffix("!")) for name, kind in kinds.items()},
            "required": [name for name, kind in kinds.items() if kind.endswith("!")],
        }

    def kind(self, kind: str) -> Mapping[str, Any]:
        if kind == "any":
            return ANY
        if kind[0] == "[":
            return {"type": "array", "items": self.kind(kind[1:-1])}
        if kind[0] == "{":
            return {"type": "object", "additionalProperties": self.kind(kind[1:-1])}
        if kind[0] == "#":
            return {"$ref": f"#/types/{self.token(kind[1:])}"}
        return {"type": "string" if kind == "document" else kind}

    def token(self, name: str) -> str:
        """`s3.BucketLifecycleConfigurationRule` as the schema calls it."""
        module, _, bare = name.rpartition(".")
        return f"{self.package}:{module}/{bare}:{bare}" if self.bridged else f"{self.package}:{module}:{bare}"
