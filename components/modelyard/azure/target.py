"""The launch target of an environment on Azure, from what was built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_azure_native as azure_native

from modelyard.environment.azure.target import Provisioned, launch_target
from modelyard.outputs.azure import TARGET_DEPLOYMENT, TARGET_OUTPUT

if TYPE_CHECKING:
    from modelyard.azure.center.region import Region
    from modelyard.azure.center.setting import Setting
    from modelyard.environment.azure.spec import AzureEnvironment

TEMPLATE_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
"""Schema of a template for a resource group (Azure Resource Manager, "Template structure", 2026-11)."""


def target_json(environment: AzureEnvironment, region: Region) -> pulumi.Output[str]:
    """The target of one region as JSON text (schema modelyard.target/1)."""
    cluster, site = region.cluster, region.site
    known_later = pulumi.Output.all(
        compute_names=cluster.compute_names,
        workspace_id=cluster.workspace_id,
        discovery_url=cluster.discovery_url,
        registry_login_server=cluster.registry_login_server,
        job_identity_id=cluster.job_identity_id,
        job_identity_client_id=cluster.job_identity_client_id,
        image_build_compute=cluster.image_build_compute,
    )

    def build(known: dict[str, Any]) -> str:
        return launch_target(environment, Provisioned(**known), site).model_dump_json(by_alias=True, indent=2)

    return known_later.apply(build)


def publish(
    name: str,
    resource_group_name: pulumi.Input[str],
    target: pulumi.Output[str],
    setting: Setting,
    *needs: pulumi.Resource,
) -> azure_native.resources.Deployment:
    """Put the target where who may read the resource group finds it: into the output of a deployment that
    deploys nothing. A blob can't be written from outside the network, which is closed. A template takes a
    text that begins with a bracket for an expression; the target begins with a brace.

    Args:
        name: name of the deployment in the program.
        resource_group_name: group that it lies in.
        target: the target as JSON text.
        setting: what the data center is told.
        needs: what jobs need before whoever finds the target submits some.
    """
    return azure_native.resources.Deployment(
        name,
        deployment_name=TARGET_DEPLOYMENT,
        resource_group_name=resource_group_name,
        properties={
            "mode": azure_native.resources.DeploymentMode.INCREMENTAL,
            "template": {
                "$schema": TEMPLATE_SCHEMA,
                "contentVersion": "1.0.0.0",
                "resources": [],
                "outputs": {TARGET_OUTPUT: {"type": "string", "value": target}},
            },
        },
        tags=setting.tags,
        opts=setting.child(*needs),
    )
