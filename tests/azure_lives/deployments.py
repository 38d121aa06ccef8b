"""Deployments of templates that give outputs."""

from __future__ import annotations

from typing import Any

from arming import GROUP, Maker

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def template(**outputs: Any) -> dict[str, Any]:
    """A template that gives outputs, each a text."""
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "resources": [],
        "outputs": {name: {"type": "string", "value": value} for name, value in outputs.items()},
    }


LIVES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "resources:Deployment": (
        {
            "resourceGroupName": "rg",
            "deploymentName": "target",
            "properties": {"mode": "Incremental", "template": template(target="one")},
            "tags": {"owner": "me"},
        },
        {"properties": {"mode": "Incremental", "template": template(target="two")}},
        f"{GROUP}/providers/Microsoft.Resources/deployments/target",
    ),
}


def furnish(make: Maker) -> None:
    """A group."""
    make.group()
