"""What the real engine does with the schema of the sandbox's provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rehearsing import Rehearsal, rehearse_toy

if TYPE_CHECKING:
    from conftest import Engine


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        yield rehearsal


@pytest.mark.parametrize(
    ("package", "type_", "input_", "kind"),
    [
        ("aws", "aws:ec2/vpc:Vpc", "cidrBlock", {"type": "string"}),
        (
            "azure-native",
            "azure-native:network:VirtualNetwork",
            "addressSpace",
            {"$ref": "#/types/azure-native:network:AddressSpace"},
        ),
    ],
)
def test_the_engine_takes_the_schema(
    toy: Rehearsal, package: str, type_: str, input_: str, kind: dict[str, str]
) -> None:
    (plugin,) = (toy.sandbox.directory / "pulumi-home" / "plugins").glob(
        f"resource-{package}-v*/pulumi-resource-{package}"
    )
    command = ["package", "get-schema", str(plugin)]
    schema = json.loads(toy.engine.run(command, toy.project, toy.variables).stdout)
    assert schema["resources"][type_]["inputProperties"][input_] == kind


def test_code_can_be_written_for_what_is_imported(toy: Rehearsal) -> None:
    client = toy.client("s3")
    client.create_bucket(
        Bucket="theirs", CreateBucketConfiguration={"LocationConstraint": client.meta.region_name}
    )
    client.put_bucket_versioning(Bucket="theirs", VersioningConfiguration={"Status": "Enabled"})
    done = toy.pulumi("import", "aws:s3/bucketVersioning:BucketVersioning", "it", "theirs", "--yes")
    said = done.stdout + done.stderr
    assert "1 imported" in said
    # Pulumi's own host for Python has written it; the small one for closed machines says that it can't.
    assert "Please copy the following code" in said or "code generation" in said
    assert "unknown resource type" not in said
