"""Backups of blobs in a vault: when Azure takes them, and how long it keeps them.

Azure Backup takes vaulted backups of blobs once a day or once a week, keeps them for ten years at most, and
takes a hundred containers of an account (Microsoft, "Support matrix for Azure Blobs backup", 2025-07-11, and
the manifest of Azure/azure-cli-extensions, dataprotection, AzureBlob.py, read 2026-11-26).
"""

from __future__ import annotations

from typing import Any

from modelyard.planning.schedule import HOURS_PER_DAY, HOURS_PER_WEEK

FIRST_BACKUP = "2026-01-04T05:00:00+00:00"
"""When the schedule begins: a Sunday, at an hour at which little is written. It is fixed, so that a schedule
is the same whenever it is worked out."""

MOST_RETENTION_DAYS = 3_650
"""Days that a backup is kept at most: ten years."""

MOST_CONTAINERS = 100
"""Containers of an account that one vault takes."""

BLOBS = "Microsoft.Storage/storageAccounts/blobServices"
"""What Azure Backup calls the blobs of a storage account."""

VAULT_STORE = {"data_store_type": "VaultStore", "object_type": "DataStoreInfoBase"}
"""Where backups are kept: in the vault, apart from the account. The operational store is the account itself:
it is lost with it."""

_NAMES = {HOURS_PER_DAY: ("BackupDaily", "P1D"), HOURS_PER_WEEK: ("BackupWeekly", "P1W")}


def interval_hours(every_hours: int) -> int:
    """Hours between two backups for which one each `every_hours` was asked for: a day or a week, and never
    more than was asked for. Raises ValueError for less than a day.
    """
    if every_hours < HOURS_PER_DAY:
        raise ValueError(f"Azure Backup takes blobs once a day at most, not every {every_hours} hours")
    return HOURS_PER_DAY if every_hours < HOURS_PER_WEEK else HOURS_PER_WEEK


def repeating_interval(every_hours: int) -> str:
    """When backups are taken, in the words of ISO 8601: for ever, from a start on, at an interval. Raises
    ValueError for less than a day.
    """
    _, duration = _NAMES[interval_hours(every_hours)]
    return f"R/{FIRST_BACKUP}/{duration}"


def policy_name(every_hours: int, retention_days: int) -> str:
    """What a policy is called: Azure changes none, so one that says something else has another name. Raises
    ValueError for less than a day.
    """
    return f"blobs-every-{interval_hours(every_hours)}h-kept-{retention_days}d"


def policy_rules(every_hours: int, retention_days: int) -> list[dict[str, Any]]:
    """The rules of a policy, as azure-native's BackupPolicy takes them: when, and for how long. Raises
    ValueError for less than a day.
    """
    name, _ = _NAMES[interval_hours(every_hours)]
    return [
        {
            "object_type": "AzureBackupRule",
            "name": name,
            "data_store": VAULT_STORE,
            "backup_parameters": {"object_type": "AzureBackupParams", "backup_type": "Discrete"},
            "trigger": {
                "object_type": "ScheduleBasedTriggerContext",
                "schedule": {
                    "repeating_time_intervals": [repeating_interval(every_hours)],
                    "time_zone": "UTC",
                },
                "tagging_criteria": [
                    {"is_default": True, "tagging_priority": 99, "tag_info": {"tag_name": "Default"}}
                ],
            },
        },
        {
            "object_type": "AzureRetentionRule",
            "name": "Default",
            "is_default": True,
            "lifecycles": [
                {
                    "delete_after": {
                        "object_type": "AbsoluteDeleteOption",
                        "duration": f"P{retention_days}D",
                    },
                    "source_data_store": VAULT_STORE,
                }
            ],
        },
    ]
