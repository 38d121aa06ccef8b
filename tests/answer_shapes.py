"""Raw answers of AWS's services held against the shapes of botocore's service models.

An SDK's parser overlooks what it doesn't know, and takes what it can for what it should be. Here nothing is
overlooked: every member of an answer is the model's, of its type, one of its values where there is a list of
them, and what the model requires is there.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

# Errors that AWS documents for all operations of a service, besides those of the operation.
COMMON_ERRORS = frozenset(
    {"AccessDenied", "AccessDeniedException", "DryRunOperation", "ValidationError", "ValidationException"}
)
WITHOUT_MODELLED_ERRORS = frozenset({"ec2", "s3"})
"""Services whose models name next to no errors: their codes stand in a table of their reference."""

JSON_NUMBERS = {"integer": (int,), "long": (int,), "float": (int, float), "double": (int, float)}
ENVELOPE = frozenset({"__type", "code", "Type"})
"""What an error's body has besides its shape's members: its code, in a protocol's own spelling."""


@dataclass(frozen=True)
class Answer:
    """One answer, as it came over the wire."""

    service: str
    operation: Any
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def name(self) -> str:
        """Service and operation, as `kms.CreateKey`."""
        return f"{self.service}.{self.operation.name}"

    @property
    def protocol(self) -> str:
        """How the service writes its answers."""
        return self.operation.service_model.resolved_protocol


@dataclass
class Recorder:
    """Keeps the answers that clients get, before they are parsed."""

    answers: list[Answer] = field(default_factory=list[Answer])

    def listen_to(self, client: Any) -> Any:
        """Record a boto3 client's answers from now on; the client."""
        client.meta.events.register("before-parse", self._keep)
        return client

    def stop_listening_to(self, client: Any) -> None:
        """Record no more of a boto3 client's answers."""
        client.meta.events.unregister("before-parse", self._keep)

    def _keep(self, operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:
        body = response_dict["body"]
        self.answers.append(
            Answer(
                operation_model.service_model.service_name,
                operation_model,
                response_dict["status_code"],
                {name.lower(): value for name, value in response_dict["headers"].items()},
                body if isinstance(body, bytes) else b"",  # a stream is the object itself, without a shape
            )
        )


def faults_of(answer: Answer) -> list[str]:
    """What in an answer the service's model doesn't have, or has otherwise."""
    faults = _error_faults(answer) if answer.status >= 300 else _output_faults(answer)
    return [f"{answer.name} ({answer.status}): {fault}" for fault in faults]


def _output_faults(answer: Answer) -> Iterator[str]:
    shape = answer.operation.output_shape
    if shape is None:
        return
    if answer.protocol in ("json", "rest-json"):
        yield from _json_output(answer, shape)
    else:
        yield from _xml_output(answer, shape)


# JSON -------------------------------------------------------------------------------------------------------


def _json_output(answer: Answer, shape: Any) -> Iterator[str]:
    payload = shape.serialization.get("payload")
    if payload is not None and shape.members[payload].type_name != "structure":
        return
    members = {_wire_name(name, member): member for name, member in shape.members.items() if _in_body(member)}
    if payload is not None:
        yield from _json(shape.members[payload], _loaded(answer), payload)
    elif members or answer.body.strip():
        yield from _json_structure(members, _required(shape), _loaded(answer), "")


def _loaded(answer: Answer) -> Any:
    return json.loads(answer.body or b"{}")


def _json(shape: Any, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        if getattr(shape, "is_document_type", False):
            return
        members = {_wire_name(name, member): member for name, member in shape.members.items()}
        yield from _json_structure(members, _required(shape), value, path)
    elif shape.type_name == "list":
        yield from _json_items(shape, value, path)
    elif shape.type_name == "map":
        yield from _json_map(shape, value, path)
    elif not _is_json_scalar(shape, value):
        yield f"{path} is {value!r}, not a {shape.type_name} ({shape.name})"
    else:
        yield from _outside_enum(shape, value, path)


def _json_structure(members: Mapping[str, Any], required: set[str], value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path or 'the body'} is {value!r}, not a structure"
        return
    yield from (f"{path}.{name} is no member of the model" for name in value.keys() - members.keys())
    yield from (f"{path}.{name} is required, but not there" for name in required - value.keys())
    for name in value.keys() & members.keys():
        yield from _json(members[name], value[name], f"{path}.{name}")


def _json_items(shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path} is {value!r}, not a list"
        return
    for number, item in enumerate(value):
        yield from _json(shape.member, item, f"{path}[{number}]")


def _json_map(shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} is {value!r}, not a map"
        return
    for key, item in value.items():
        yield from _outside_enum(shape.key, key, f"{path} (key)")
        yield from _json(shape.value, item, f"{path}[{key}]")


def _is_json_scalar(shape: Any, value: Any) -> bool:
    kind = shape.type_name
    if kind in JSON_NUMBERS:
        return isinstance(value, JSON_NUMBERS[kind]) and not isinstance(value, bool)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "timestamp":
        return _is_json_time(shape, value)
    return isinstance(value, str) and (kind != "blob" or _is_base64(value))


def _is_json_time(shape: Any, value: Any) -> bool:
    if shape.serialization.get("timestampFormat") in ("iso8601", "rfc822"):
        return isinstance(value, str) and _is_iso_time(value)
    return isinstance(value, int | float) and not isinstance(value, bool)


# XML --------------------------------------------------------------------------------------------------------


def _xml_output(answer: Answer, shape: Any) -> Iterator[str]:
    payload = shape.serialization.get("payload")
    inner = shape.members[payload] if payload else shape
    if inner.type_name != "structure" or (not answer.body.strip() and not _body_members(inner)):
        return
    if not answer.body.strip():
        if _required(inner):
            yield f"the body is empty, and {', '.join(sorted(_required(inner)))} required"
        return
    root = _parsed(answer.body)
    if answer.protocol == "query":
        wrapper = shape.serialization.get("resultWrapper")
        found = root.find(wrapper) if wrapper else root
        root = found if found is not None else root
    envelope = {"requestId"} if answer.protocol == "ec2" else {"ResponseMetadata"}
    yield from _xml_structure(answer.protocol, inner, root, "", envelope)


def _parsed(body: bytes) -> ElementTree.Element:
    root = ElementTree.fromstring(body)  # noqa: S314 (our own server's)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _xml(protocol: str, shape: Any, element: ElementTree.Element, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        yield from _xml_structure(protocol, shape, element, path, set())
    elif shape.type_name == "list":
        yield from _xml_list(protocol, shape, element, path)
    elif shape.type_name == "map":
        return
    elif len(element):
        yield f"{path} has elements, but is a {shape.type_name}"
    elif not _is_xml_scalar(shape, element.text or ""):
        yield f"{path} is {element.text!r}, not a {shape.type_name} ({shape.name})"
    else:
        yield from _outside_enum(shape, element.text or "", path)


def _xml_structure(
    protocol: str, shape: Any, element: ElementTree.Element, path: str, envelope: set[str]
) -> Iterator[str]:
    members = {_xml_name(protocol, name, member): member for name, member in _body_members(shape).items()}
    attributes = {name.partition(":")[2] or name for name in members if ":" in name}
    there = {child.tag for child in element}
    yield from (f"{path}.{name} is no member of the model" for name in there - members.keys() - envelope)
    required = {
        _xml_name(protocol, name, shape.members[name])
        for name in shape.required_members
        if name in _body_members(shape)
    }
    missing = {name for name in required - there if (name.partition(":")[2] or name) not in attributes}
    yield from (f"{path}.{name} is required, but not there" for name in missing)
    for child in element:
        if child.tag in members:
            yield from _xml(protocol, members[child.tag], child, f"{path}.{child.tag}")


def _xml_list(protocol: str, shape: Any, element: ElementTree.Element, path: str) -> Iterator[str]:
    if shape.serialization.get("flattened"):
        yield from _xml(protocol, shape.member, element, path)
        return
    item = shape.member.serialization.get("name", "item" if protocol == "ec2" else "member")
    for child in element:
        if child.tag != item:
            yield f"{path} holds {child.tag}, not {item}"
        else:
            yield from _xml(protocol, shape.member, child, f"{path}.{item}")


def _is_xml_scalar(shape: Any, text: str) -> bool:
    kind = shape.type_name
    if kind in ("integer", "long"):
        return re.fullmatch(r"-?\d+", text) is not None
    if kind in ("float", "double"):
        return re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text) is not None
    if kind == "boolean":
        return text in ("true", "false")
    if kind == "timestamp":
        return _is_iso_time(text)
    return kind != "blob" or _is_base64(text)


def _xml_name(_protocol: str, name: str, member: Any) -> str:
    # A flattened list stands for its items: each has the name that the list's member or the list has.
    if member.type_name == "list" and member.serialization.get("flattened"):
        return member.member.serialization.get("name") or member.serialization.get("name", name)
    return member.serialization.get("name", name)


# Errors -----------------------------------------------------------------------------------------------------


def _error_faults(answer: Answer) -> Iterator[str]:
    if not answer.body.strip():
        if answer.operation.http.get("method") != "HEAD":
            yield "an error without a body"
        return
    if answer.protocol in ("json", "rest-json"):
        yield from _json_error(answer)
    else:
        yield from _xml_error(answer)


def _json_error(answer: Answer) -> Iterator[str]:
    body = _loaded(answer)
    code = str(answer.headers.get("x-amzn-errortype") or body.get("__type") or "").split(":")[0]
    code = code.rpartition("#")[2]
    shape = _error_shape(answer, code)
    if shape is None:
        if code not in COMMON_ERRORS:
            yield f"{code!r} is no error of the operation"
        return
    members = {_wire_name(name, member): member for name, member in shape.members.items()}
    # botocore reads a message by either name, and so do the services write it; Logs' model has none at all.
    text = {"message", "Message"}
    for name in body.keys() - members.keys() - ENVELOPE - text:
        yield f"error {code}: {name} is no member of the model"
    if not (body.get("message") or body.get("Message")):
        yield f"error {code}: no message"
    for name in _required(shape) - body.keys() - text:
        yield f"error {code}: {name} is required, but not there"
    for name in members.keys() & body.keys():
        yield from _json(members[name], body[name], f"error {code}: {name}")


def _xml_error(answer: Answer) -> Iterator[str]:
    root = _parsed(answer.body)
    error = root if root.tag == "Error" else root.find(".//Error")
    expected = {"ec2": "Response", "query": "ErrorResponse", "rest-xml": "Error"}[answer.protocol]
    if error is None or root.tag != expected:
        yield f"an error in <{root.tag}>, not in <{expected}>"
        return
    code, message = error.findtext("Code") or "", error.findtext("Message") or ""
    if not code or not message.strip():
        yield f"an error of code {code!r} with message {message!r}"
    if answer.service in WITHOUT_MODELLED_ERRORS:
        return
    if _error_shape(answer, code) is None and code not in COMMON_ERRORS:
        yield f"{code!r} is no error of the operation"


def _error_shape(answer: Answer, code: str) -> Any:
    shapes = {
        shape.metadata.get("error", {}).get("code") or shape.name: shape
        for shape in answer.operation.error_shapes
    }
    return shapes.get(code)


# What all protocols share -----------------------------------------------------------------------------------


def _wire_name(name: str, member: Any) -> str:
    return member.serialization.get("name", name)


def _in_body(member: Any) -> bool:
    return "location" not in member.serialization


def _body_members(shape: Any) -> dict[str, Any]:
    return {name: member for name, member in shape.members.items() if _in_body(member)}


def _required(shape: Any) -> set[str]:
    return {
        _wire_name(name, shape.members[name])
        for name in shape.required_members
        if _in_body(shape.members[name])
    }


def _outside_enum(shape: Any, value: Any, path: str) -> Iterator[str]:
    values = shape.metadata.get("enum")
    if values and value not in values:
        yield f"{path} is {value!r}, none of {', '.join(values)} ({shape.name})"


def _is_iso_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return False
    return "T" in text


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error:
        return False
    return True
