"""AWS Backup: locks and access policies of vaults, and what a region is opted in to."""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed

LOCK_DAYS = ("changeableForDays", "maxRetentionDays", "minRetentionDays")


class VaultLockConfiguration(ResourceHandler):
    """A vault's lock; its id is the vault's name. pulumi-aws replaces it for any change."""

    type = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
    service = "backup"
    inputs = frozenset({"backupVaultName", *LOCK_DAYS})
    required = frozenset({"backupVaultName"})
    replace_on = inputs
    made_with = inputs
    identity = ("backupVaultName",)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        days = self.request(cloud, "PutBackupVaultLockConfiguration", inputs, *LOCK_DAYS)
        name = inputs["backupVaultName"]
        self.call(cloud, "PutBackupVaultLockConfiguration", BackupVaultName=name, **days)
        return name

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        vault = self.call(cloud, "DescribeBackupVault", BackupVaultName=id_)
        if not vault.get("Locked"):
            return None
        return {"backupVaultArn": vault["BackupVaultArn"], "backupVaultName": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteBackupVaultLockConfiguration", BackupVaultName=id_)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs["backupVaultName"]


class VaultPolicy(ResourceHandler):
    """A vault's access policy; its id is the vault's name."""

    type = "aws:backup/vaultPolicy:VaultPolicy"
    service = "backup"
    inputs = frozenset({"backupVaultName", "policy"})
    required = inputs
    replace_on = frozenset({"backupVaultName"})
    made_with = inputs
    identity = ("backupVaultName",)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._put(cloud, inputs["backupVaultName"], inputs)
        return inputs["backupVaultName"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "policy"):
            self._put(cloud, id_, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "GetBackupVaultAccessPolicy", BackupVaultName=id_)
        return {"backupVaultArn": found["BackupVaultArn"], "backupVaultName": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteBackupVaultAccessPolicy", BackupVaultName=id_)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs["backupVaultName"]

    def _put(self, cloud: Cloud, vault: str, inputs: Inputs) -> None:
        request = self.request(cloud, "PutBackupVaultAccessPolicy", inputs, "policy")
        self.call(cloud, "PutBackupVaultAccessPolicy", BackupVaultName=vault, **request)


PREFERENCES = ("resourceTypeManagementPreference", "resourceTypeOptInPreference")


class RegionSettings(ResourceHandler):
    """What is backed up in a region; its id is the region. Deleting leaves the settings as they are."""

    type = "aws:backup/regionSettings:RegionSettings"
    service = "backup"
    inputs = frozenset(PREFERENCES)
    required = frozenset({"resourceTypeOptInPreference"})
    made_with = inputs

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._put(cloud, inputs)
        return cloud.region

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *PREFERENCES):
            self._put(cloud, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "DescribeRegionSettings")
        management = found["ResourceTypeManagementPreference"]
        return {"resourceTypeManagementPreference": inputs.get(PREFERENCES[0], management)}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        """Nothing: pulumi-aws leaves a region's settings as they are."""

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return cloud.region

    def _put(self, cloud: Cloud, inputs: Inputs) -> None:
        request = self.request(cloud, "UpdateRegionSettings", inputs, *PREFERENCES)
        self.call(cloud, "UpdateRegionSettings", **request)
