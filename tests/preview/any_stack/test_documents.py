"""Files of Pulumi's: what is read of them, and what is said of those that are none."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from modelyard_policies.graph import SECRET, UNKNOWN
from modelyard_preview.documents import Document, read_document
from modelyard_preview.documents.sources import source_of
from modelyard_preview.subjects.file import from_file

STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
PROVIDER = "urn:pulumi:dev::shop::pulumi:providers:aws::default_7_51_1"
BUCKET = "urn:pulumi:dev::shop::aws:s3/bucket:Bucket::data"
SIGNATURE = "4dabf18193072939515e22adb298388d"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def bucket(**fields: Any) -> dict[str, Any]:
    given = {
        "urn": BUCKET,
        "custom": True,
        "type": "aws:s3/bucket:Bucket",
        "inputs": {"bucket": "data"},
        "parent": STACK,
        "provider": f"{PROVIDER}::{UNKNOWN_TEXT}",
    }
    return {**given, **fields}


def steps(*states: dict[str, Any], **fields: Any) -> dict[str, Any]:
    listed = [{"op": "create", "urn": state["urn"], "newState": state} for state in states]
    return {"config": {"aws:region": "eu-central-1"}, "steps": listed, **fields}


def state(*resources: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"version": 3, "deployment": {"manifest": {}, "resources": list(resources), **fields}}


def read(document: Any, tmp_path: Path, name: str = "file.json") -> Document:
    content = document if isinstance(document, bytes | str) else json.dumps(document)
    file = tmp_path / name
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(content)
    return read_document(str(file), path=file)


def one(document: Any, tmp_path: Path) -> Any:
    return read(document, tmp_path).graph.by_urn[BUCKET]


def test_a_preview_holds_what_there_will_be(tmp_path: Path) -> None:
    component = {
        "urn": "urn:pulumi:dev::shop::shop:index:Store::store",
        "custom": False,
        "type": "shop:index:Store",
    }
    found = bucket(
        parent=component["urn"],
        protect=True,
        dependencies=["b", "a"],
        propertyDependencies={"bucket": ["b", "a"], "tags": None},
        sourcePosition="project:///__main__.py#7",
    )
    document = read(
        steps({"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"}, component, found), tmp_path
    )
    assert (document.name, document.form, document.region) == (
        "shop/dev",
        "pulumi preview --json",
        "eu-central-1",
    )
    assert [node.name for node in document.graph.resources] == ["shop-dev", "store", "data"]
    node = document.graph.by_urn[BUCKET]
    assert (node.properties, node.custom, node.protect) == ({"bucket": "data"}, True, True)
    assert (node.parent, node.region, node.source) == (component["urn"], "eu-central-1", "__main__.py:7")
    assert (node.dependencies, node.property_dependencies) == (("a", "b"), {"bucket": ("a", "b"), "tags": ()})
    assert not document.graph.by_urn[component["urn"]].custom


def test_values_are_read_as_the_engine_writes_them(tmp_path: Path) -> None:
    archive = {SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7", "hash": "1", "assets": {}}
    inputs = {
        "unknown": UNKNOWN_TEXT,
        "secret": "[secret]",
        "encrypted": {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"},
        "plain": {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"hunter2"'},
        "list": [1, 2.5, True, None, {"a": "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"}],
        "asset": {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "hash": "1", "text": "hello"},
        "archive": {**archive, "assets": {"a": {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "b"}}},
        "reference": {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u", "id": "i"},
        "output": {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": 3},
        "later": {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"},
        "filled": "by the provider",
        "nested": {"own": 1, "filled": 2, "__defaults": ["filled"]},
        "__defaults": ["filled"],
        "__provider": "code",
    }
    node = one(steps(bucket(inputs=inputs)), tmp_path)
    assert node.properties == {
        "unknown": UNKNOWN,
        "secret": SECRET,
        "encrypted": SECRET,
        "plain": SECRET,
        "list": [1, 2.5, True, None, {"a": UNKNOWN}],
        "asset": {"asset": {"text": "hello"}},
        "archive": {"archive": {"assets": {"a": {"asset": {"text": "b"}}}}},
        "reference": "i",
        "output": 3,
        "later": UNKNOWN,
        "nested": {"own": 1},
    }


@pytest.mark.parametrize(
    "op", ["delete", "delete-replaced", "discard", "read", "read-replacement", "discard-replaced"]
)
def test_what_goes_and_what_is_only_read_is_left_out(op: str, tmp_path: Path) -> None:
    given = steps(bucket())
    given["steps"].append(
        {"op": op, "urn": "urn:x", "oldState": {}, "newState": bucket(urn="urn:x::y::z::other")}
    )
    assert [node.name for node in read(given, tmp_path).graph.resources] == ["data"]


@pytest.mark.parametrize("op", ["same", "update", "create", "replace", "create-replacement", "import"])
def test_what_stays_or_comes_is_there_once(op: str, tmp_path: Path) -> None:
    given = steps(bucket(inputs={"bucket": "old"}))
    given["steps"].append({"op": op, "urn": BUCKET, "newState": bucket()})
    assert one(given, tmp_path).properties == {"bucket": "data"}


@pytest.mark.parametrize("op", ["same", "update"])
def test_what_stands_keeps_its_id_and_names_in_a_preview(op: str, tmp_path: Path) -> None:
    outputs = {"arn": "arn:aws:s3:::data-1f3c", "bucket": "data-1f3c"}
    given = steps(bucket())
    old = bucket(id="data-1f3c", outputs=outputs)
    given["steps"] = [{"op": op, "urn": BUCKET, "oldState": old, "newState": bucket(inputs={"tags": {}})}]
    node = one(given, tmp_path)
    assert node.outputs == {**outputs, "id": "data-1f3c"}
    assert node.properties == {"tags": {}}


@pytest.mark.parametrize("op", ["replace", "create-replacement"])
def test_what_is_replaced_has_no_id_yet(op: str, tmp_path: Path) -> None:
    given = steps(bucket())
    given["steps"] = [{"op": op, "urn": BUCKET, "oldState": bucket(id="data-1f3c"), "newState": bucket()}]
    assert one(given, tmp_path).outputs == {}


def test_what_a_preview_leaves_out_is_noted(tmp_path: Path) -> None:
    given = steps(bucket(), changeSummary={"same": 41, "create": 1}, diagnostics=[{"severity": "error"}])
    given["steps"].append(
        {"op": "same", "urn": STACK, "newState": {"urn": STACK, "type": "pulumi:pulumi:Stack"}}
    )
    document = read(given, tmp_path)
    assert document.remarks == (
        (
            "40 resources that don't change aren't in the file, so they weren't judged: write it with "
            "`pulumi preview --json --show-sames`"
        ),
        "the preview that wrote the file failed: resources after the failure aren't in it",
    )
    assert document.graph.missing == "the rest of the stack isn't in the file"


def test_a_preview_of_all_lacks_nothing(tmp_path: Path) -> None:
    assert read(steps(bucket(), changeSummary={"create": 1}), tmp_path).graph.missing == ""


def test_a_preview_without_changes_is_one(tmp_path: Path) -> None:
    document = read({"config": {}, "changeSummary": {"same": 3}}, tmp_path)
    assert (len(document.graph.resources), len(document.remarks)) == (0, 1)


def test_default_tags_of_a_previews_configuration_are_the_default_providers(tmp_path: Path) -> None:
    given = steps(bucket(), config={"aws:region": "eu-west-1", "aws:defaultTags": {"tags": {"a": "b"}}})
    graph = read(given, tmp_path).graph
    provider = graph.provider_of(graph.by_urn[BUCKET])
    assert provider is not None
    assert (provider.urn, provider.name) == (PROVIDER, "default_7_51_1")
    assert provider.properties == {"region": "eu-west-1", "defaultTags": '{"tags": {"a": "b"}}'}


def test_a_state_holds_what_stands(tmp_path: Path) -> None:
    provider = {
        "urn": PROVIDER,
        "custom": True,
        "id": "1",
        "type": "pulumi:providers:aws",
        "inputs": {"region": "eu-west-3", "__internal": {}},
    }
    document = read(
        state(
            {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"},
            provider,
            bucket(provider=f"{PROVIDER}::1", outputs={"arn": "arn:aws:s3:::data", "id": "data"}),
            bucket(urn=f"{BUCKET}-theirs", external=True),
            bucket(urn=f"{BUCKET}-old", delete=True),
        ),
        tmp_path,
    )
    assert (document.name, document.form) == ("shop/dev", "pulumi stack export")
    assert [node.name for node in document.graph.resources] == ["shop-dev", "default_7_51_1", "data"]
    node = document.graph.by_urn[BUCKET]
    assert (node.region, node.outputs["arn"], node.provider) == (
        "eu-west-3",
        "arn:aws:s3:::data",
        f"{PROVIDER}::1",
    )
    assert document.graph.provider_of(node) is document.graph.by_urn[PROVIDER]


@pytest.mark.parametrize(
    ("fields", "region"),
    [
        ({"inputs": {"region": "us-east-1"}, "outputs": {"region": "us-east-2"}}, "us-east-1"),
        ({"outputs": {"region": "us-east-2"}}, "us-east-2"),
        ({"inputs": {"region": UNKNOWN_TEXT}}, None),
        (
            {"type": "azure-native:storage:StorageAccount", "inputs": {"location": "West Europe"}},
            "westeurope",
        ),
        ({"provider": None}, None),
    ],
)
def test_a_region_is_the_resources_own_first(
    fields: dict[str, Any], region: str | None, tmp_path: Path
) -> None:
    assert one(state(bucket(**fields)), tmp_path).region == region


def test_a_state_as_a_backend_keeps_it_is_read_and_what_is_pending_is_noted(tmp_path: Path) -> None:
    deployment = {"resources": [bucket()], "pending_operations": [{}, {}]}
    kept = {"version": 3, "checkpoint": {"stack": "organization/shop/dev", "latest": deployment}}
    document = read(kept, tmp_path)
    assert [node.name for node in document.graph.resources] == ["data"]
    assert document.remarks == (
        "2 operations are pending: an update was interrupted, and the state may lack what it made",
    )
    assert len(read({"version": 3, "checkpoint": {"stack": "a/b/c"}}, tmp_path).graph.resources) == 0


def test_an_empty_stack_is_a_state(tmp_path: Path) -> None:
    document = read({"version": 3, "deployment": {"manifest": {}}}, tmp_path)
    assert (document.graph.resources, document.name) == ((), "")


@pytest.mark.parametrize(
    ("frames", "source"),
    [
        (["project:///infra/net.py#12", "project:///__main__.py#3"], "infra/net.py:12"),
        (["project:///../.venv/lib/python3.11/site-packages/pulumi_aws/provider.py#805", "project:///__main__.py#6"], "__main__.py:6"),
        (["project:///../usr/lib/python3.11/asyncio/events.py#80", "project:///bin/pulumi-language-python-exec#232"], None),
        (["project:///node_modules/@pulumi/pulumi/resource.js#1,2", "project:///index.ts#9,14"], "index.ts:9"),
        (["project:///a%20b.py#1", None, "nonsense", "project:///c.py#x"], "a b.py:1"),
        ([], None),
    ],
)  # fmt: skip
def test_the_line_is_the_innermost_of_the_programs_own(frames: list[Any], source: str | None) -> None:
    assert source_of({"stackTrace": [{"sourcePosition": each} if each else {} for each in frames]}) == source


def test_without_a_trace_the_position_is_the_line() -> None:
    assert source_of({"sourcePosition": "project:///__main__.py#4"}) == "__main__.py:4"


def test_our_own_preview_is_read_again(tmp_path: Path) -> None:
    written = {
        "schema": "modelyard.preview/1",
        "program": {"project": "shop", "stack": "dev"},
        "cloud": "aws",
        "resources": [{"urn": BUCKET, "type": "aws:s3/bucket:Bucket", "name": "data", "properties": {"bucket": {"unknown": True}}}],
    }  # fmt: skip
    document = read(written, tmp_path)
    assert (document.name, document.form) == ("shop/dev", "modelyard preview --format json")
    assert document.graph.by_urn[BUCKET].properties == {"bucket": UNKNOWN}
    assert read({**written, "environment": "prod"}, tmp_path).name == "prod"


def test_standard_input_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO(json.dumps(steps(bucket())).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    subject = from_file("-")
    assert (subject.name, subject.kind, subject.cloud, subject.region) == (
        "shop/dev",
        "file",
        "aws",
        "eu-central-1",
    )
    assert subject.origin == {"path": "-", "form": "pulumi preview --json"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_may_say_its_encoding(encoding: str, tmp_path: Path) -> None:
    assert one(json.dumps(steps(bucket(inputs={"bucket": "dät"}))).encode(encoding), tmp_path).properties == {
        "bucket": "dät"
    }


def test_a_file_of_resources_in_several_regions_is_called_after_most(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    regions = ["us-east-1", "us-west-2", "us-west-2"]
    file.write_text(
        json.dumps(state(*(bucket(urn=f"{BUCKET}{i}", outputs={"region": r}) for i, r in enumerate(regions))))
    )
    assert from_file(str(file)).region == "us-west-2"
