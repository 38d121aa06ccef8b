"""Deployments of templates."""

from __future__ import annotations

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.manager.deployments import READ_ONLY
from modelyard_sandbox.azure.translate import Form


class Deployment(ArmHandler):
    """The deployment of a template that only gives outputs. Azure doesn't show the template again, so that a
    change that somebody else made to it goes unseen.
    """

    type = "azure-native:resources:Deployment"
    path = f"{GROUP_PATH}/providers/Microsoft.Resources/deployments/{{deploymentName}}"
    api_version = "2024-03-01"
    form = Form(
        inner={
            "properties": Form(
                read_only=frozenset(READ_ONLY),
                write_only=frozenset({"parameters", "template"}),
            )
        }
    )
    body = frozenset({"location", "properties", "tags"})
    needed = frozenset({"properties"})
    fixed = frozenset({"location"})
    name_input = "deploymentName"
    changing_outputs = frozenset({"properties"})
    placed_like_its_group = False
