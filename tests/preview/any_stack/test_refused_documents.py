"""Files that are none of Pulumi's, or not whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modelyard.errors import InputError, Problem
from modelyard_preview.documents import read_document

WRITE = "write it with `pulumi preview --json > preview.json` or `pulumi stack export --file state.json`"
REFUSED = {
    "empty": ("  \n", "it is empty: the command that wrote it may have failed", WRITE),
    "cut off": ('{"version": 3,\n"deployment": {"resou', "it is no JSON: unterminated string starting at in line 2", "write it anew: it may have been cut off"),
    "words": ("error: no stack named 'dev'\n", "it is no JSON: words of the command stand in it, or it is another file", f"keep standard error apart; {WRITE}"),
    "two documents": ('{"a": 1}\n{"b": 2}\n', "it holds more than one JSON document", f"give one file of one stack; {WRITE}"),
    "no text": (b"\xff\x00\x80", "it is no text in UTF-8", WRITE),
    "packed": (b"\x1f\x8b\x08\x00data", "it is packed by gzip", "unpack it, as by `gzip -dc FILE | modelyard check --file -`"),
    "failed": ('{"config": {}, "diagnostics": [{"severity": "warning", "message": "old"}, {"severity": "error", "message": "error: no module\\n  named x"}]}', "the preview that wrote it failed before its first resource: error: no module named x", WRITE),
    "nested": ("[" * 100_000, "its values are nested too deep", "check that it is the right file"),
    "a list": ("[]", "it holds a list, and an object is wanted", WRITE),
    "a value": ("3", "it holds a single value, and an object is wanted", WRITE),
    "a plan of Terraform": ('{"format_version": "1.2", "planned_values": {}}', "it is a plan of Terraform", WRITE),
    "a state of Terraform": ('{"version": 4, "terraform_version": "1.9", "resources": []}', "it is a state or a plan of Terraform", WRITE),
    "CloudFormation": ('{"Resources": {}}', "it is a template of CloudFormation", WRITE),
    "Azure": ('{"$schema": "x", "resources": []}', "it is a template of Azure", WRITE),
    "Kubernetes": ('{"apiVersion": "v1", "kind": "Pod"}', "it is an object of Kubernetes", WRITE),
    "anything": ('{"a": 1}', "it is neither a preview nor a state of Pulumi's", WRITE),
    "a verdict": ('{"schema": "modelyard.check/1"}', "it is of the form modelyard.check/1, which has no resources", "write it with `modelyard preview --format json`"),
}  # fmt: skip


def refused(document: Any, tmp_path: Path) -> Problem:
    content = document if isinstance(document, bytes | str) else json.dumps(document)
    file = tmp_path / "file.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        read_document(str(file))
    [found] = caught.value.problems
    return found


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_none_is_refused_with_what_it_is(case: str, tmp_path: Path) -> None:
    content, message, mend = REFUSED[case]
    found = refused(content, tmp_path)
    assert found == Problem(
        "--file",
        str(tmp_path / "file.json"),
        message,
        "what `pulumi preview --json`, `pulumi stack export` or `modelyard preview --format json` wrote",
        mend,
        str(tmp_path / "file.json"),
    )


@pytest.mark.parametrize(
    ("document", "field", "message"),
    [
        (
            {"version": 2, "deployment": {}},
            "version",
            "a state of version 2 can't be read; versions 3 and 4 can",
        ),
        ({"version": 3, "deployment": []}, "deployment", "this has to be an object"),
        (
            {"version": 3, "deployment": {"resources": {}}},
            "deployment.resources",
            "this has to be a list",
        ),
        (
            {"version": 3, "deployment": {"resources": [1]}},
            "deployment.resources[0]",
            "this has to be an object",
        ),
        (
            {"version": 3, "deployment": {"resources": [{"type": "a:b:c"}]}},
            "deployment.resources[0].urn",
            "a resource needs its urn",
        ),
        (
            {"version": 3, "deployment": {"resources": [{"urn": "u", "type": 3}]}},
            "deployment.resources[0].type",
            "a resource needs its type",
        ),
        (
            {"version": 3, "deployment": {"resources": [{"urn": "u", "type": "a:b:c", "inputs": [1]}]}},
            "deployment.resources[0].inputs",
            "this has to be an object",
        ),
        ({"steps": {}}, "steps", "this has to be a list"),
        ({"steps": [{"op": "create"}]}, "steps[0].newState", "this has to be an object"),
        (
            {"schema": "modelyard.preview/1", "resources": [{"urn": "u"}]},
            "resources[0].type",
            "a resource needs its type",
        ),
        ({"schema": "modelyard.preview/1", "resources": 3}, "resources", "this has to be a list"),
    ],
)
def test_a_document_with_something_odd_in_it_is_refused_at_its_place(
    document: Any, field: str, message: str, tmp_path: Path
) -> None:
    found = refused(document, tmp_path)
    assert (found.field, found.message) == (field, message)


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_document(str(tmp_path / "nothing.json"))
    with pytest.raises(InputError, match="it can't be read: is a directory"):
        read_document(str(tmp_path))
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(100 << 20)
    with pytest.raises(InputError, match="it is larger than 64 MiB") as caught:
        read_document(str(large))
    assert caught.value.problems[0].mend == "check that it is the right file"
