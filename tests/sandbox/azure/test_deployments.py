"""Deployments of templates that give outputs and deploy nothing."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, Arm, Maker
from azure_lives.deployments import SCHEMA, template

from modelyard_sandbox.azure.registry import handler_of

PATH = f"{GROUP}/providers/Microsoft.Resources/deployments/target"
PLAYED = "it takes templates without resources, whose outputs are plain values."


def deployment(**parts: Any) -> dict[str, Any]:
    return {"properties": {"mode": "Incremental", "template": {**template(), **parts}}}


def giving(type_: str, value: Any, **parts: Any) -> dict[str, Any]:
    return deployment(outputs={"one": {"type": type_, "value": value, **parts}})


def test_what_a_template_gives_is_read_from_its_deployment(group: Arm) -> None:
    made = group.put(PATH, {**giving("String", "{}"), "tags": {"a": "b"}})
    properties = made["properties"]
    assert properties["outputs"] == {"one": {"type": "String", "value": "{}"}}
    assert properties["provisioningState"] == "Succeeded"
    assert "template" not in properties, "Azure doesn't show it again"
    assert group.get(PATH) == made
    assert group.listed(f"{GROUP}/providers/Microsoft.Resources/deployments") == ["target"]
    assert group.listed(f"{GROUP}/resources") == [], "it isn't one of the group's resources"
    again = group.put(PATH, giving("string", "two"))["properties"]
    assert again["outputs"]["one"]["value"] == "two"
    assert again["templateHash"] != properties["templateHash"]
    assert group.call("DELETE", PATH)[0] == 200
    assert group.refused("GET", PATH)[:2] == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    ("type_", "value", "shown"),
    [
        ("int", 3, {"type": "Int", "value": 3}),
        ("bool", False, {"type": "Bool", "value": False}),
        ("array", ["[[x]", "[y"], {"type": "Array", "value": ["[x]", "[y"]}),
        ("object", {"a": ["[[x]"]}, {"type": "Object", "value": {"a": ["[x]"]}}),
        ("securestring", "secret", {"type": "SecureString"}),
    ],
)
def test_outputs_have_types_and_secrets_are_not_shown(group: Arm, type_: str, value: Any, shown: Any) -> None:
    assert group.put(PATH, giving(type_, value))["properties"]["outputs"] == {"one": shown}


@pytest.mark.parametrize(
    ("body", "what", "place"),
    [
        (deployment(resources=[{"type": "a"}]), "a template with 'resources'", "template.resources"),
        (deployment(parameters={"a": {}}), "a template with 'parameters'", "template.parameters"),
        (deployment(variables={"a": 1}), "a template with 'variables'", "template.variables"),
        (giving("string", "[concat('a')]"), "the expression [concat('a')]", "template.outputs.one.value"),
        (
            giving("string", "a", condition=True),
            "an output with 'condition'",
            "template.outputs.one.condition",
        ),
        (
            {"properties": {"mode": "complete", "template": template()}},
            "a deployment in mode 'Complete', which deletes what isn't in it",
            "mode",
        ),
        (
            {"properties": {"mode": "Incremental", "templateLink": {"uri": "https://a"}}},
            "a deployment with 'templateLink'",
            "templateLink",
        ),
        (
            {"properties": {**deployment()["properties"], "parameters": {"a": {"value": 1}}}},
            "a deployment with 'parameters'",
            "parameters",
        ),
    ],
)
def test_what_the_sandbox_does_not_carry_out_it_refuses(
    group: Arm, body: dict[str, Any], what: str, place: str
) -> None:
    said = f"The sandbox doesn't play {what}: {PLAYED}"
    assert group.refused("PUT", PATH, body) == (400, "InvalidTemplate", said)
    handler = handler_of("azure-native:resources:Deployment")
    inputs = {"resourceGroupName": "rg", "deploymentName": "target", **body}
    assert handler.problems(inputs) == [(f"properties.{place}", f"InvalidTemplate: {said}")]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (deployment(**{"$schema": "https://a"}), "The schema 'https://a' is not that of a template for a "),
        (deployment(outcome={}), "Could not find member 'outcome' on object of type 'Template'."),
        (deployment(outputs=[]), "The outputs of a template are an object."),
        (deployment(outputs={"one": "a"}), "The template output 'one' must have a 'type' and a 'value'."),
        (
            giving("text", "a"),
            "The template output 'one' has the type 'text', which is none of: Array, Bool, ",
        ),
        (giving("string", 1), "The template output 'one' is not valid: expected a value of type 'String'."),
        (giving("int", True), "The template output 'one' is not valid: expected a value of type 'Int'."),
        (giving("string", "a" * 4 * 1024 * 1024), "A template has at most 4194304 bytes."),
        (
            deployment(outputs={str(at): {"type": "int", "value": at} for at in range(65)}),
            "The number of template outputs limit exceeded. Limit: '64' and actual: '65'.",
        ),
        ({"properties": {"mode": "Incremental", "template": "{}"}}, "A template is an object."),
        (
            {"properties": {"mode": "Incremental", "template": {"$schema": SCHEMA, "resources": []}}},
            "Required property 'contentVersion' not found in JSON. Path ''.",
        ),
    ],
)
def test_a_template_that_is_none_is_refused(group: Arm, body: dict[str, Any], said: str) -> None:
    status, code, message = group.refused("PUT", PATH, body)
    assert (status, code) == (400, "InvalidTemplate")
    assert message.startswith(f"Deployment template validation failed: '{said}")


def test_a_deployment_has_a_template_no_location_and_a_short_name(group: Arm) -> None:
    assert group.refused("PUT", PATH, {"properties": {"mode": "Incremental"}}) == (
        400,
        "InvalidRequestContent",
        "The request content was invalid: a deployment has a 'template' or a 'templateLink'.",
    )
    assert group.refused("PUT", PATH, {**deployment(), "location": "westeurope"}) == (
        400,
        "InvalidDeployment",
        (
            "The 'location' property is not allowed for 'target' at resource group scope. Please see "
            "https://aka.ms/deploy-to-subscription for usage details."
        ),
    )
    assert group.refused("PUT", PATH.replace("target", "a" * 65), deployment()) == (
        400,
        "InvalidDeploymentNameLength",
        (
            f"The provided deployment name '{'a' * 65}' has a length of '65' which exceeds the maximum length "
            "of '64'."
        ),
    )
    assert group.refused("PUT", PATH.replace("target", "a,b"), deployment()) == (
        400,
        "InvalidDeploymentName",
        "The provided deployment name 'a,b' is invalid: it has letters, digits, '-', '.', '(', ')' and '_'.",
    )


def test_a_program_sees_the_outputs_change_with_the_template(make: Maker) -> None:
    make.group()
    handler = handler_of("azure-native:resources:Deployment")
    one = {"mode": "Incremental", "template": template(target="1")}
    inputs = {"resourceGroupName": "rg", "deploymentName": "target", "properties": one}
    id_, outputs = handler.create(make.cloud, inputs)
    assert outputs["properties"]["outputs"]["target"]["value"] == "1"
    changed = {**inputs, "properties": {"mode": "Incremental", "template": template(target="2")}}
    now = handler.update(make.cloud, id_, inputs, changed)
    assert now["properties"]["outputs"]["target"]["value"] == "2"
