"""Deployments of templates into a resource group, of templates that only give outputs (REST reference of
Deployments, 2024-03-01; "Template structure"; "Outputs in ARM templates"; "Template limits"; 2026-11).

A template with resources, parameters, variables or functions isn't played, nor is an expression: the sandbox
refuses it, where Azure would carry it out.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.groups import API_VERSIONS
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Kind, Write, envelope
from modelyard_sandbox.azure.manager.shapes import anything, mapping, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

NAME_LENGTH = 64
MOST_OUTPUTS = 64
TEMPLATE_BYTES = 4 * 1024 * 1024
ANYTHING = anything()
SCHEMA = re.compile(
    r"https?://schema\.management\.azure\.com/schemas/\d{4}-\d{2}-\d{2}/deploymentTemplate\.json#?"
)
NEEDED = ("$schema", "contentVersion", "resources")
PARTS = frozenset(
    {
        *NEEDED,
        "apiProfile",
        "definitions",
        "functions",
        "languageVersion",
        "metadata",
        "outputs",
        "parameters",
    }
    | {"variables"}
)
"""The members of a template."""
NOT_PLAYED = ("resources", "parameters", "variables", "functions", "definitions")
UNUSED = (
    "debugSetting",
    "expressionEvaluationOptions",
    "onErrorDeployment",
    "parametersLink",
    "templateLink",
)
"""Properties of a request that aren't played."""
OUTPUT_TYPES: dict[str, tuple[str, tuple[type, ...]]] = {
    "array": ("Array", (list,)),
    "bool": ("Bool", (bool,)),
    "int": ("Int", (int,)),
    "object": ("Object", (dict,)),
    "secureobject": ("SecureObject", (dict,)),
    "securestring": ("SecureString", (str,)),
    "string": ("String", (str,)),
}
"""By the type as a template says it, without case: how answers write it, and the JSON that it takes."""
READ_ONLY = (
    *("correlationId", "dependencies", "duration", "error", "outputResources", "outputs", "providers"),
    *("provisioningState", "templateHash", "timestamp", "validatedResources"),
)
"""Properties of an answer that are Azure's to set."""


class Deployment(Kind):
    """The record of a template's deployment, with what the template gave."""

    type = "Microsoft.Resources/deployments"
    api_versions = API_VERSIONS
    located = False
    patched = False
    tracked = False
    listed_in = frozenset[str]()
    shape = envelope(
        "Deployment",
        record(
            "DeploymentProperties",
            {
                "mode": text("Incremental", "Complete"),
                "parameters": mapping(ANYTHING),
                "template": ANYTHING,
                **dict.fromkeys(UNUSED, ANYTHING),
            },
            required=("mode",),
            read_only=READ_ONLY,
        ),
        required=("properties",),
        location=text(),
        tags=mapping(text()),
    )

    @override
    def check_name(self, name: str) -> None:
        if len(name) > NAME_LENGTH:
            raise bad_request(
                "InvalidDeploymentNameLength",
                f"The provided deployment name '{name}' has a length of '{len(name)}' which exceeds the "
                f"maximum length of '{NAME_LENGTH}'.",
            )
        if not re.fullmatch(r"[-\w._()]+", name):
            raise bad_request(
                "InvalidDeploymentName",
                f"The provided deployment name '{name}' is invalid: it has letters, digits, '-', '.', '(', "
                "')' and '_'.",
            )

    @override
    def accept(self, id_: ResourceId, body: Any) -> Body:
        taken = super().accept(id_, body)
        if "location" in taken:
            raise bad_request(
                "InvalidDeployment",
                f"The 'location' property is not allowed for '{id_.name}' at resource group scope. Please "
                "see https://aka.ms/deploy-to-subscription for usage details.",
                "location",
            )
        asked = taken["properties"]
        _check_played(asked)
        if "template" in asked:
            _check_template(asked["template"])
        return taken

    @override
    def settle(self, write: Write) -> Body:
        asked = write.properties
        if "template" not in asked:
            raise bad_request(
                "InvalidRequestContent",
                "The request content was invalid: a deployment has a 'template' or a 'templateLink'.",
                "properties.template",
            )
        template = asked["template"]
        digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).digest()
        given = {name: _given(name, output) for name, output in template.get("outputs", {}).items()}
        properties = {
            "mode": asked["mode"],
            "templateHash": str(int.from_bytes(digest[:8], "big")),
            **({"outputs": given} if given else {}),
            "correlationId": str(uuid.uuid4()),
        }
        return {**write.asked, "properties": properties}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties: Body = {
            **resource.properties,
            "dependencies": [],
            "duration": "PT0S",
            "outputResources": [],
            "providers": [],
            "provisioningState": "Succeeded",
            "timestamp": timestamp(resource.changed),
        }
        return {**super().answer(store, resource), "properties": properties}


def _check_played(asked: Body) -> None:
    """Refuse what Azure would do and the sandbox doesn't."""
    if asked["mode"] == "Complete":
        raise _not_played("a deployment in mode 'Complete', which deletes what isn't in it", "mode")
    for name in UNUSED:
        if asked.get(name):
            raise _not_played(f"a deployment with '{name}'", name)
    if asked.get("parameters"):
        raise _not_played("a deployment with 'parameters'", "parameters")


def _check_template(template: Any) -> None:
    """Refuse a template that isn't one, or that the sandbox doesn't play."""
    if not isinstance(template, dict):
        raise _invalid("A template is an object.", "template")
    missing = [name for name in NEEDED if name not in template]
    if missing:
        raise _invalid(f"Required property '{missing[0]}' not found in JSON. Path ''.", "template")
    unknown = sorted(template.keys() - PARTS)
    if unknown:
        raise _invalid(f"Could not find member '{unknown[0]}' on object of type 'Template'.", "template")
    if not SCHEMA.fullmatch(str(template["$schema"])):
        raise _invalid(
            f"The schema '{template['$schema']}' is not that of a template for a resource group.", "template"
        )
    if len(json.dumps(template).encode()) > TEMPLATE_BYTES:
        raise _invalid(f"A template has at most {TEMPLATE_BYTES} bytes.", "template")
    for name in NOT_PLAYED:
        if template.get(name):
            raise _not_played(f"a template with '{name}'", f"template.{name}")
    _check_outputs(template.get("outputs", {}))


def _check_outputs(outputs: Any) -> None:
    if not isinstance(outputs, dict):
        raise _invalid("The outputs of a template are an object.", "template.outputs")
    if len(outputs) > MOST_OUTPUTS:
        raise _invalid(
            f"The number of template outputs limit exceeded. Limit: '{MOST_OUTPUTS}' and actual: "
            f"'{len(outputs)}'.",
            "template.outputs",
        )
    for name, output in outputs.items():
        _given(name, output)


def _given(name: str, output: Any) -> Body:
    """What an output gives, as an answer shows it; refuses one that gives nothing."""
    place = f"template.outputs.{name}"
    if not isinstance(output, dict) or not {"type", "value"} <= output.keys():
        raise _invalid(f"The template output '{name}' must have a 'type' and a 'value'.", place)
    if unused := sorted(output.keys() - {"type", "value", "metadata"}):
        raise _not_played(f"an output with '{unused[0]}'", f"{place}.{unused[0]}")
    known = OUTPUT_TYPES.get(str(output["type"]).lower())
    if known is None:
        allowed = ", ".join(shown for shown, _ in OUTPUT_TYPES.values())
        raise _invalid(
            f"The template output '{name}' has the type '{output['type']}', which is none of: {allowed}.",
            place,
        )
    shown, takes = known
    value = _literal(output["value"], f"{place}.value")
    if not isinstance(value, takes) or (shown == "Int" and isinstance(value, bool)):
        raise _invalid(
            f"The template output '{name}' is not valid: expected a value of type '{shown}'.",
            f"{place}.value",
        )
    return {"type": shown} if shown.startswith("Secure") else {"type": shown, "value": value}


def _literal(value: Any, place: str) -> Any:
    """A value as a template means it; refuses an expression, whose brackets aren't doubled."""
    if isinstance(value, list):
        return [_literal(part, place) for part in value]
    if isinstance(value, dict):
        return {name: _literal(part, place) for name, part in value.items()}
    if not isinstance(value, str) or not (value.startswith("[") and value.endswith("]")):
        return value
    if not value.startswith("[["):
        raise _not_played(f"the expression {value[:80]}", place)
    return value[1:]


def _not_played(what: str, place: str) -> Exception:
    return bad_request(
        "InvalidTemplate",
        f"The sandbox doesn't play {what}: it takes templates without resources, whose outputs are plain "
        "values.",
        f"properties.{place}",
    )


def _invalid(message: str, place: str) -> Exception:
    return bad_request(
        "InvalidTemplate", f"Deployment template validation failed: '{message}'.", f"properties.{place}"
    )
