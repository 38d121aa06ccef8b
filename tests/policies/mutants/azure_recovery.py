"""Mutants of backups, logs and detection on Azure."""

from mutating import Mutant, drop, put
from mutating.azure import on_azure

RECOVERY = "Vault recovery"
BACKUPS = "BackupVault backups"
SECURITY = "properties.securitySettings"
SOFT = f"{SECURITY}.softDeleteSettings"
REDUNDANCY = "properties.redundancySettings"
KEYS = "Vault keys"

MUTANTS: dict[str, list[Mutant]] = {
    "BK7": [
        on_azure("unlocked", put(RECOVERY, f"{SECURITY}.immutabilitySettings.state", "Unlocked")),
        on_azure("what is deleted is gone", put(RECOVERY, f"{SOFT}.softDeleteState", "Disabled")),
        on_azure("for a week", put(RECOVERY, f"{SOFT}.softDeleteRetentionPeriodInDays", 7)),
    ],
    "BK8": [
        on_azure(
            "in one place", put(RECOVERY, f"{REDUNDANCY}.standardTierStorageRedundancy", "LocallyRedundant")
        ),
        on_azure("read at home only", drop(RECOVERY, f"{REDUNDANCY}.crossRegionRestore")),
    ],
    "BK9": [
        on_azure("unlocked", put(BACKUPS, f"{SECURITY}.immutabilitySettings.state", "Unlocked")),
        on_azure("what is deleted is gone", put(BACKUPS, f"{SOFT}.state", "Off")),
        on_azure("for a week", put(BACKUPS, f"{SOFT}.retentionDurationInDays", 7)),
    ],
    "BK10": [
        on_azure("none", drop("ProtectedItem login"), fails="VirtualMachine login"),
        on_azure(
            "stopped",
            put("ProtectedItem login", "properties.protectionState", "ProtectionStopped"),
            fails="VirtualMachine login",
        ),
    ],
    "BK12": [
        on_azure("one person is enough", drop("ResourceGuardProxy ml-recovery"), fails=RECOVERY),
        on_azure(
            "one person is enough for a Backup vault", drop("DppResourceGuardProxy ml-backups"), fails=BACKUPS
        ),
        on_azure("no lock", drop("ManagementLockByScope ml-recovery"), fails=RECOVERY),
        on_azure(
            "a lock on something else",
            put("ManagementLockByScope ml-backups", "scope", "/another"),
            fails=BACKUPS,
        ),
    ],
    "LM7": [
        on_azure("free", put("Pricing KeyVaults", "pricingTier", "Free")),
        on_azure("a plan is missing", drop("Pricing Containers"), fails="Stack modelyard-account"),
    ],
    "LM8": [
        *(
            on_azure(f"none of {name}", drop(f"DiagnosticSetting {setting}"), fails=name)
            for name, setting in (
                (KEYS, "keys"),
                ("Workspace training", "training"),
                ("ManagedCluster serving", "serving"),
            )
        ),
        on_azure(
            "other logs",
            put("DiagnosticSetting serving", "logs", [{"category": "kube-scheduler", "enabled": True}]),
        ),
        on_azure("they go nowhere", drop("DiagnosticSetting keys", "workspaceId")),
    ],
    "LM9": [
        on_azure("for a month", put("Workspace ml-logs", "retentionInDays", 30)),
        on_azure("not said", drop("Workspace ml-logs", "retentionInDays")),
    ],
}
