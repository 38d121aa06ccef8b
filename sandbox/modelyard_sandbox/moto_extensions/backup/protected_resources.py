"""ListProtectedResources, DescribeProtectedResource and GetSupportedResourceTypes."""

from __future__ import annotations

from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult

from modelyard_sandbox.moto_extensions.backup.errors import NotFoundError
from modelyard_sandbox.moto_extensions.backup.records import one_page, points_of
from modelyard_sandbox.moto_extensions.operations import add_operations

SUPPORTED = ("EBS", "EFS", "FSx", "S3")
"""What the sandbox backs up; AWS does more."""


def install() -> None:
    """Add the operations to moto's Backup."""
    add_operations(
        BackupResponse, list_protected_resources, describe_protected_resource, get_supported_resource_types
    )


def list_protected_resources(self: Any) -> ActionResult:
    """ListProtectedResources: what has a recovery point."""
    return ActionResult(one_page(self, "Results", list(_protected(self).values())))


def describe_protected_resource(self: Any) -> ActionResult:
    """DescribeProtectedResource."""
    arn = self._get_param("ResourceArn")
    found = _protected(self).get(arn)
    if found is None:
        raise NotFoundError(f"Resource {arn} has no recovery point")
    return ActionResult(found)


def get_supported_resource_types(self: Any) -> ActionResult:
    """GetSupportedResourceTypes."""
    del self
    return ActionResult({"ResourceTypes": list(SUPPORTED)})


def _protected(self: Any) -> dict[str, dict[str, Any]]:
    """Each backed-up resource with its last recovery point."""
    points = sorted(points_of(self.backup_backend).values(), key=lambda point: point["CreationDate"])
    return {
        point["ResourceArn"]: {
            "ResourceArn": point["ResourceArn"],
            "ResourceType": point["ResourceType"],
            "ResourceName": point["ResourceName"],
            "LastBackupTime": point["CreationDate"],
            "LastBackupVaultArn": point["BackupVaultArn"],
            "LastRecoveryPointArn": point["RecoveryPointArn"],
        }
        for point in points
    }
