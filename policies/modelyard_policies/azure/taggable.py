"""Resources on Azure that take tags."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

PARTS: Final = (
    *("Application", "ApplicationPackage"),
    *("VirtualMachineExtension", "VirtualMachineRunCommandByVirtualMachine"),
    *("VirtualMachineScaleSetVM", "VirtualMachineScaleSetVMRunCommand"),
    *("BackupInstance", "Key", "Secret", "MHSMPrivateEndpointConnection", "PrivateEndpointConnection"),
    *("FirewallPolicyDraft", "NetworkSecurityPerimeterAccessRule", "NetworkSecurityPerimeterAssociation"),
    *("NetworkSecurityPerimeterProfile", "NspAccessRule", "NspAssociation", "NspProfile"),
    *("DataSource", "LinkedService", "Query", "StorageInsightConfig"),
    *("ProtectedItem", "ProtectionContainer", "ProtectionIntent", "ProtectionPolicy", "ResourceGuardProxy"),
    *("Connector", "DataShare", "AutoExportJob", "AutoImportJob", "ImportJob"),
)
"""Names of types that are parts of another resource, whose tags say what they are: nothing is billed by
theirs."""


def taggable_types() -> tuple[str, ...]:
    """Types of the common services that take a `tags` input, in pulumi-azure-native 3.29, without parts of
    others and without deployments of templates.
    """
    text = files("modelyard_policies.azure").joinpath("taggable.txt").read_text(encoding="utf-8")
    return tuple(text.split())
