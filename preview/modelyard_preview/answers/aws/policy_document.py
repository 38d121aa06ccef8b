"""`aws.iam.getPolicyDocument`: computed, as the provider computes it.

Its text is the provider's to the letter, for the same document must compare as the same (read in
terraform-provider-aws, internal/service/iam/policy_document_data_source.go and policy_model.go, 2026-11).
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from modelyard_preview.engine import Call, RefusedCallError

TOKEN = "aws:iam/getPolicyDocument:getPolicyDocument"  # noqa: S105 (a type's token)

_VERSION = "2012-10-17"
_OLD_VERSION = "2008-10-17"
_SID = re.compile(r"[a-zA-Z0-9]*")
_ORDER = (
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
)
_LISTS = (("actions", "Action"), ("notActions", "NotAction"))
_LISTS_WITH_VARIABLES = (("resources", "Resource"), ("notResources", "NotResource"))
_PRINCIPALS = (("principals", "Principal"), ("notPrincipals", "NotPrincipal"))

Statement = dict[str, Any]


def policy_document(call: Call) -> Mapping[str, Any]:
    """The document as indented and as shortest JSON."""
    args = call.args
    version = args.get("version") or _VERSION
    if version not in (_VERSION, _OLD_VERSION):
        raise RefusedCallError(f"expected version to be one of {_OLD_VERSION}, {_VERSION}, got {version}")
    written = {
        "Version": version,
        "Id": args.get("policyId") or "",
        "Statement": _written(args.get("statements") or (), version),
    }
    merged: dict[str, Any] = {"Version": "", "Id": "", "Statement": []}
    seen: set[str] = set()
    for position, text in enumerate(args.get("sourcePolicyDocuments") or ()):
        if text is not None:
            source = _parsed(text, "source", position)
            _refuse_twins(source["Statement"], seen, position)
            _merge(merged, source)
    _merge(merged, written)
    for position, text in enumerate(args.get("overridePolicyDocuments") or ()):
        if text is not None:
            _merge(merged, _parsed(text, "override", position))
    return _result(merged, args, version)


def _result(merged: Mapping[str, Any], args: Mapping[str, Any], version: str) -> dict[str, Any]:
    document = {key: value for key, value in merged.items() if value}
    text = _text(document, indent=2)
    return {
        **{key: value for key, value in args.items() if value is not None},
        "version": version,
        "id": _hashed(text),
        "json": text,
        "minifiedJson": _text(document, indent=None),
    }


def _text(document: Mapping[str, Any], indent: int | None) -> str:
    """JSON as Go writes it: names of maps are in order already, and three signs are escaped."""
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(document, indent=indent, separators=separators, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _written(blocks: Iterable[Mapping[str, Any]], version: str) -> list[Statement]:
    """The statements that the arguments hold."""
    statements: list[Statement] = []
    seen: set[str] = set()
    for block in blocks:
        sid = block.get("sid") or ""
        if not _SID.fullmatch(sid):
            raise RefusedCallError(f"invalid value for sid ({sid}): only letters and digits may be in it")
        if sid in seen:
            raise RefusedCallError(f"duplicate Sid ({sid}). Remove the Sid or ensure the Sid is unique.")
        if sid:
            seen.add(sid)
        statements.append(_statement(block, sid, version))
    return statements


def _statement(block: Mapping[str, Any], sid: str, version: str) -> Statement:
    effect = block.get("effect") or "Allow"
    if effect not in ("Allow", "Deny"):
        raise RefusedCallError(f"expected effect to be one of Allow, Deny, got {effect}")
    found: Statement = {"Sid": sid, "Effect": effect}
    for name, key in _LISTS:
        found[key] = _few(block.get(name) or ())
    for name, key in _LISTS_WITH_VARIABLES:
        found[key] = _with_variables(_few(block.get(name) or ()), version)
    for name, key in _PRINCIPALS:
        sets = [
            (each["type"], _with_variables(_few(each.get("identifiers") or ()), version))
            for each in sorted(block.get(name) or (), key=_place_of_principals)
        ]
        found[key] = _principals(sets)
    conditions = [
        (each["test"], each["variable"], _with_variables(list(each.get("values") or ()), version))
        for each in sorted(block.get("conditions") or (), key=_place_of_condition)
    ]
    found["Condition"] = _conditions(conditions)
    return {key: found[key] for key in _ORDER if found[key]}


def _few(texts: Sequence[str]) -> str | list[str]:
    """A set of texts: one as it is, several backwards in order."""
    different = sorted(set(texts), reverse=True)
    return different[0] if len(different) == 1 else different


def _place_of_principals(block: Mapping[str, Any]) -> str:
    """Where a block stands among others: sets are kept in the order of a hash (terraform-plugin-sdk,
    helper/schema/serialize.go and set.go).
    """
    identifiers = sorted(set(block.get("identifiers") or ()), key=lambda text: _hashed(f"{text};"))
    inside = "".join(f"{text};" for text in identifiers)
    return _hashed(f"identifiers:{{{inside}}};type:{block['type']};")


def _place_of_condition(block: Mapping[str, Any]) -> str:
    """The same for a condition, whose values are a list."""
    inside = "".join(f"{text};" for text in block.get("values") or ())
    return _hashed(f"test:{block['test']};values:({inside});variable:{block['variable']};")


def _hashed(text: str) -> str:
    return str(zlib.crc32(text.encode()))


def _with_variables(texts: str | list[str], version: str) -> Any:
    """`&{...}` stands for `${...}`, which Terraform would take for its own."""
    for text in [texts] if isinstance(texts, str) else texts:
        if version == _OLD_VERSION and "&{" in text:
            raise RefusedCallError(
                f"found &{{ sequence in ({text}), which is not supported in document version {_OLD_VERSION}"
            )
    if isinstance(texts, str):
        return texts.replace("&{", "${")
    return [text.replace("&{", "${") for text in texts]


def _principals(sets: Sequence[tuple[str, str | list[str]]]) -> Any:
    """Identifiers by type; everybody as a star."""
    if len(sets) == 1 and sets[0][0] == "*" and sets[0][1] in ("*", ["*"]):
        return "*"
    found: dict[str, str | list[str]] = {}
    for kind, identifiers in sets:
        known = found.get(kind)
        if isinstance(identifiers, list):
            before = [known] if isinstance(known, str) else known or []
            found[kind] = before + sorted(identifiers, reverse=True)
        elif known is None:
            found[kind] = identifiers
        else:
            found[kind] = [*([known] if isinstance(known, str) else known), identifiers]
    return dict(sorted(found.items()))


def _conditions(entries: Sequence[tuple[str, str, str | list[str]]]) -> dict[str, dict[str, Any]]:
    """Values by test and variable; one alone as it is, several in the order given, which may matter."""
    found: dict[str, dict[str, list[str]]] = {}
    for test, variable, values in entries:
        known = found.setdefault(test, {}).setdefault(variable, [])
        known += [values] if isinstance(values, str) else values
    return {
        test: {variable: values[0] if len(values) == 1 else values for variable, values in sorted(by.items())}
        for test, by in sorted(found.items())
    }


def _parsed(text: str, kind: str, position: int) -> dict[str, Any]:
    """A document that is merged in, with its statements as the provider would write them again."""
    where = f"merging {kind} document {position}"
    try:
        data = json.loads(text)
    except ValueError as error:
        raise RefusedCallError(f"{where}: {error}") from None
    fields = _fields(data)
    statements = fields.get("statement", [])
    if not isinstance(statements, list) or not all(isinstance(each, dict) for each in statements):
        raise RefusedCallError(f"{where}: Statement has to be a list of statements")
    return {
        "Version": str(fields.get("version") or ""),
        "Id": str(fields.get("id") or ""),
        "Statement": [_again(each, where) for each in statements],
    }


def _fields(data: Any) -> dict[str, Any]:
    """The fields of an object by their names in small letters: Go doesn't tell them apart."""
    return {str(key).lower(): value for key, value in data.items()} if isinstance(data, dict) else {}


def _again(statement: Mapping[str, Any], where: str) -> Statement:
    fields = _fields(statement)
    found: Statement = {key: fields.get(key.lower()) for key in _ORDER}
    for _, key in _PRINCIPALS:
        value = found[key]
        if isinstance(value, str):
            found[key] = "*"
        elif isinstance(value, dict):
            found[key] = _principals(list(cast("dict[str, Any]", value).items()))
        elif value is not None:
            raise RefusedCallError(f"{where}: {key} has to be text or an object")
    entries = [
        (test, variable, str(values).lower() if isinstance(values, bool) else values)
        for test, by in (found["Condition"] or {}).items()
        for variable, values in by.items()
        if isinstance(values, str | bool | list)
    ]
    found["Condition"] = _conditions(entries)
    return {key: value for key, value in found.items() if value}


def _refuse_twins(statements: Iterable[Statement], seen: set[str], position: int) -> None:
    for place, statement in enumerate(statements):
        sid = statement.get("Sid")
        if not sid:
            continue
        if sid in seen:
            raise RefusedCallError(
                f"merging source document {position}: duplicate Sid ({sid}) in source_policy_documents "
                f"(statement {place}). Remove the Sid or ensure Sids are unique."
            )
        seen.add(sid)


def _merge(document: dict[str, Any], other: Mapping[str, Any]) -> None:
    """Take a document in: its statements replace those of the same Sid, and come last otherwise."""
    document["Id"] = other["Id"] or document["Id"]
    document["Version"] = max(document["Version"], other["Version"])
    statements: list[Statement] = document["Statement"]
    for statement in other["Statement"]:
        sid = statement.get("Sid")
        twin = next((i for i, known in enumerate(statements) if sid and known.get("Sid") == sid), None)
        if twin is None:
            statements.append(statement)
        else:
            statements[twin] = statement
