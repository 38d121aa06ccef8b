"""From a file, or standard input, to a document: which of the forms it is, or what is wrong with it."""

from __future__ import annotations

import codecs
import json
import sys
from pathlib import Path
from typing import Any

from modelyard.errors import InputError
from modelyard_preview.documents.document import PREVIEW, STATE, Document, Refusal
from modelyard_preview.documents.own import SCHEMA, read_own
from modelyard_preview.documents.state import read_state
from modelyard_preview.documents.steps import read_steps

STANDARD_INPUT = "-"
LARGEST_MIB = 64
"""A state of ten thousand resources has less than half of that."""

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""How files begin that say their encoding; a shell of Windows writes UTF-16 where output is redirected."""

_GZIP = b"\x1f\x8b"
_LONGEST = 400
"""Characters of another command's words that are repeated."""

_WRITE = f"write it with `{PREVIEW} > preview.json` or `{STATE} --file state.json`"

_FOREIGN = (
    ({"planned_values"}, "a plan of Terraform"),
    ({"terraform_version"}, "a state or a plan of Terraform"),
    ({"AWSTemplateFormatVersion"}, "a template of CloudFormation"),
    ({"Resources"}, "a template of CloudFormation"),
    ({"$schema", "resources"}, "a template of Azure"),
    ({"apiVersion", "kind"}, "an object of Kubernetes"),
    ({"violations"}, "what `pulumi policy` wrote"),
)
"""Names at the top of other tools' documents, and what they are."""


def read_document(reference: str, *, option: str = "--file", path: Path | None = None) -> Document:
    """The document of a file; `-` is standard input. `path` is the file, if it isn't what `reference` says.

    Raises InputError: for a file that can't be read, is empty, too large, no JSON, or of another kind.
    """
    refusal = Refusal(option, "standard input" if reference == STANDARD_INPUT else reference)
    content = _content(reference, path or Path(reference), refusal)
    data = _parsed(content, refusal)
    if not isinstance(data, dict):
        kind = "a list" if isinstance(data, list) else "a single value"
        raise refusal.error(f"it holds {kind}, and an object is wanted", _WRITE)
    return _recognised(data, refusal)


def _content(reference: str, path: Path, refusal: Refusal) -> bytes:
    limit = LARGEST_MIB << 20
    try:
        if reference == STANDARD_INPUT:
            content = sys.stdin.buffer.read(limit + 1) if sys.stdin else b""
        else:
            with path.open("rb") as stream:
                content = stream.read(limit + 1)
    except FileNotFoundError:
        raise refusal.error("there is no such file", "check the path") from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise refusal.error(f"it can't be read: {reason}", "check the path") from None
    if len(content) > limit:
        raise refusal.error(f"it is larger than {LARGEST_MIB} MiB", "check that it is the right file")
    if not content.strip():
        message = "it is empty: the command that wrote it may have failed"
        raise refusal.error(message, _WRITE)
    return content


def _parsed(content: bytes, refusal: Refusal) -> Any:
    if content.startswith(_GZIP):
        mend = "unpack it, as by `gzip -dc FILE | modelyard check --file -`"
        raise refusal.error("it is packed by gzip", mend)
    encoding = next((name for start, name in _ENCODINGS if content.startswith(start)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise refusal.error("it is no text in UTF-8", _WRITE) from None
    try:
        return json.loads(text)
    except RecursionError:
        raise refusal.error("its values are nested too deep", "check that it is the right file") from None
    except json.JSONDecodeError as error:
        raise _no_json(text, error, refusal) from None


def _no_json(text: str, error: json.JSONDecodeError, refusal: Refusal) -> InputError:
    first = text.lstrip()[:1]
    if error.msg == "Extra data" and first == "{":
        message = "it holds more than one JSON document"
        return refusal.error(message, f"give one file of one stack; {_WRITE}")
    if first not in "{[":
        message = "it is no JSON: words of the command stand in it, or it is another file"
        return refusal.error(message, f"keep standard error apart; {_WRITE}")
    message = f"it is no JSON: {error.msg[:1].lower()}{error.msg[1:]} in line {error.lineno}"
    return refusal.error(message, "write it anew: it may have been cut off")


def _recognised(data: dict[str, Any], refusal: Refusal) -> Document:
    if data.get("schema") == SCHEMA:
        return read_own(data, refusal)
    if isinstance(data.get("schema"), str) and data["schema"].startswith("modelyard."):
        message = f"it is of the form {data['schema']}, which has no resources"
        raise refusal.error(message, "write it with `modelyard preview --format json`")
    if "checkpoint" in data:  # a state as a backend of one's own keeps it
        kept = refusal.mapping(data["checkpoint"], "checkpoint")
        return read_state({**data, "deployment": kept.get("latest") or {}}, refusal)
    if "deployment" in data:
        return read_state(data, refusal)
    if "steps" in data or {"config", "changeSummary"} <= data.keys():
        return read_steps(data, refusal)
    if isinstance(data.get("diagnostics"), list):
        raise _failed(data, refusal)
    for names, kind in _FOREIGN:
        if names <= data.keys():
            raise refusal.error(f"it is {kind}", _WRITE)
    raise refusal.error("it is neither a preview nor a state of Pulumi's", _WRITE)


def _failed(data: dict[str, Any], refusal: Refusal) -> InputError:
    """A preview that never came to a resource: why is among what it said."""
    said = refusal.entries(data["diagnostics"], "diagnostics")
    errors = [str(each.get("message", "")) for each in said if each.get("severity") == "error"]
    why = " ".join(" ".join(errors).split())
    shown = why if len(why) <= _LONGEST else f"{why[: _LONGEST - 1]}…"
    message = "the preview that wrote it failed before its first resource"
    return refusal.error(f"{message}: {shown}" if shown else message, _WRITE)
