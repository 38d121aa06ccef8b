"""Targets on Azure: from the deployment in an environment's resource group, by the account of its
checkpoints, or planned from its YAML.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import ValidationError

from modelyard.environment.azure.target import CHECKPOINTS, Provisioned, blob_uri, launch_target, names
from modelyard.errors import InputError, Problem, SurroundingsError
from modelyard.outputs.azure import TARGET_DEPLOYMENT, TARGET_OUTPUT, AzureLaunchTarget
from modelyard.planning.azure.clusters import compute_name
from modelyard_launcher.azure.access import AzureAccess, find_azure_access
from modelyard_launcher.azure.arm import PATIENCE_SECONDS
from modelyard_launcher.azure.refusals import MISSING, ArmRefusedError

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment
    from modelyard_launcher.azure.arm import Arm

SUBSCRIPTION_VARIABLES = ("ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID")
"""What names a subscription, as Pulumi's provider and Azure's own tools read it."""

_DEPLOYMENTS, _SUBSCRIPTIONS, _STORAGE = "2024-03-01", "2022-12-01", "2024-01-01"
_UNKNOWN_REGION = ""


def checkpoints_uri(environment: AzureEnvironment, region: str) -> str:
    """An environment's checkpoint store in one of its regions."""
    return blob_uri(names(environment, region).account(CHECKPOINTS), CHECKPOINTS)


def resource_group(environment: AzureEnvironment, region: str) -> str:
    """An environment's resource group in one of its regions."""
    return names(environment, region).resource_group


def deployed_target(
    access: AzureAccess, group: str, mend: str, *, patience_seconds: float = PATIENCE_SECONDS
) -> tuple[AzureLaunchTarget, str]:
    """The target that a resource group's deployment gives, and where that is, for people.

    Raises SurroundingsError if there is none, or nobody answers; `mend` is how to have one.
    """
    path = (
        f"/subscriptions/{access.subscription_id}/resourceGroups/{group}"
        f"/providers/Microsoft.Resources/deployments/{TARGET_DEPLOYMENT}"
    )
    where = f"deployment {TARGET_DEPLOYMENT} of resource group {group} in {access.place}"
    found = access.arm(patience_seconds=patience_seconds).find(path, _DEPLOYMENTS)
    if found is None:
        raise SurroundingsError(f"{where} isn't there: the environment isn't up, or not wholly", mend)
    try:
        return AzureLaunchTarget.model_validate_json(_output(found)), where
    except ValidationError as error:
        raise SurroundingsError(
            f"{where} gives no modelyard.target/1: {error.errors()[0]['msg']}",
            "write it anew with `pulumi up`",
        ) from error


def _output(deployment: Mapping[str, Any]) -> str:
    """The text that a deployment gave; of one that failed or gave nothing, a text that is no target."""
    outputs: object = (deployment.get("properties") or {}).get("outputs")
    given = cast("dict[str, Any]", outputs).get(TARGET_OUTPUT) if isinstance(outputs, dict) else None
    return str((given or {}).get("value", "{}"))


def target_of_account(
    uri: str, account: str, project: Path, environ: Mapping[str, str] = os.environ
) -> AzureLaunchTarget:
    """The target of the resource group that the account of a checkpoint store lies in.

    The account is looked for in the subscription that the environment's variables name, or else in all that
    one may see. Raises SurroundingsError if it isn't found, or its group has no target.
    """
    named = next((environ[name] for name in SUBSCRIPTION_VARIABLES if environ.get(name)), None)
    access = find_azure_access(project, _UNKNOWN_REGION, named or "", environ)
    for subscription in [named] if named else _subscriptions(access.arm()):
        there = find_azure_access(project, _UNKNOWN_REGION, subscription, environ)
        group = _group_of(there.arm(), subscription, account)
        if group is not None:
            mend = "name the environment's checkpoint store, as `modelyard job status` shows it"
            target, _ = deployed_target(there, group, mend)
            return target
    where = f"subscription {named}" if named else "any subscription that can be seen"
    raise SurroundingsError(
        f"{uri}: {where} has no storage account {account}, in {access.place}",
        "name the environment's checkpoint store, as `modelyard job status` shows it, and its subscription "
        f"by {SUBSCRIPTION_VARIABLES[0]}",
    )


def _subscriptions(arm: Arm) -> Iterator[str]:
    """All that one may see. Raises SurroundingsError where they aren't listed, as in a sandbox."""
    try:
        for each in arm.pages("/subscriptions", _SUBSCRIPTIONS):
            yield str(each["subscriptionId"])
    except ArmRefusedError as error:
        raise SurroundingsError(
            f"which subscription the store is in can't be seen: {error.message}",
            f"name it by {SUBSCRIPTION_VARIABLES[0]}, or name the environment by --env",
        ) from error


def _group_of(arm: Arm, subscription: str, account: str) -> str | None:
    """The resource group of an account; None if the subscription has none of that name."""
    path = f"/subscriptions/{subscription}/providers/Microsoft.Storage/storageAccounts"
    try:
        ids = [str(each["id"]) for each in arm.pages(path, _STORAGE) if each.get("name") == account]
    except ArmRefusedError as error:
        if error.status == MISSING:
            return None
        raise
    return ids[0].split("/")[4] if ids else None


def target_of_checkpoints(
    access: AzureAccess, uri: str
) -> tuple[AzureLaunchTarget, Literal["deployment"], str]:
    """The target of the resource group that a checkpoint store lies in, within the subscription of an access;
    what it comes from, and where that is.

    Raises SurroundingsError if there is none.
    """
    mend = "bring the environment up with its recovery region: `pulumi up`"
    group = _group_of(access.arm(), access.subscription_id, account_in(uri))
    if group is None:
        raise SurroundingsError(f"the account of {uri} isn't in {access.place}", mend)
    target, where = deployed_target(access, group, mend)
    return target, "deployment", where


def account_in(uri: str) -> str:
    """The account in the URI of a Blob store. Raises InputError for what is no such URI."""
    from urllib.parse import urlsplit

    from modelyard_launcher.stores import FORMS
    from modelyard_launcher.stores.blob_container import place_of

    place = place_of(urlsplit(uri))
    if place is None:
        problem = Problem(
            "--target", uri, "it is no checkpoint store", FORMS, "name it as `modelyard job status` shows it"
        )
        raise InputError([problem])
    return place[0]


def planned_azure_target(environment: AzureEnvironment, unknown: str) -> AzureLaunchTarget:
    """What the target will be: names are known beforehand, and what only the cloud knows is `unknown`."""
    called = names(environment, environment.regions.primary)
    workspace = (
        f"/subscriptions/{environment.subscription_id}/resourceGroups/{called.resource_group}"
        f"/providers/Microsoft.MachineLearningServices/workspaces/{called.workspace}"
    )
    known = Provisioned(
        compute_names={
            pool.name: compute_name(pool.name, pool.instance_type, low_priority=pool.capacity.mode == "spot")
            for pool in environment.compute
        },
        workspace_id=workspace,
        discovery_url=unknown,
        registry_login_server=f"{called.registry}.azurecr.io",
        job_identity_id=unknown,
        job_identity_client_id=unknown,
    )
    return launch_target(environment, known)
