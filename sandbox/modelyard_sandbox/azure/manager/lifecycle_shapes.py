"""The form of a lifecycle policy (REST reference: Management Policies, 2024-01-01; as of 2026-11)."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.shapes import flag, many, number, record, text

LAST_ACCESS = "daysAfterLastAccessTimeGreaterThan"
LAST_CHANGE = "daysAfterLastTierChangeGreaterThan"
CREATION = "daysAfterCreationGreaterThan"
DAYS = number(0, 99_999)
AFTER_MODIFICATION = record(
    "DateAfterModification",
    {LAST_ACCESS: DAYS, LAST_CHANGE: DAYS, CREATION: DAYS, "daysAfterModificationGreaterThan": DAYS},
)
AFTER_CREATION = record("DateAfterCreation", {CREATION: DAYS, LAST_CHANGE: DAYS}, (CREATION,))
ACTIONS = ("delete", "tierToArchive", "tierToCold", "tierToCool", "tierToHot")
RULE = record(
    "ManagementPolicyRule",
    {
        "definition": record(
            "ManagementPolicyDefinition",
            {
                "actions": record(
                    "ManagementPolicyAction",
                    {
                        "baseBlob": record(
                            "ManagementPolicyBaseBlob",
                            {
                                **dict.fromkeys(ACTIONS, AFTER_MODIFICATION),
                                "enableAutoTierToHotFromCool": flag(),
                            },
                        ),
                        "snapshot": record(
                            "ManagementPolicySnapShot", dict.fromkeys(ACTIONS, AFTER_CREATION)
                        ),
                        "version": record("ManagementPolicyVersion", dict.fromkeys(ACTIONS, AFTER_CREATION)),
                    },
                ),
                "filters": record(
                    "ManagementPolicyFilter",
                    {
                        "blobIndexMatch": many(
                            record(
                                "TagFilter",
                                {"name": text(), "op": text("=="), "value": text()},
                                ("name", "op", "value"),
                            )
                        ),
                        "blobTypes": many(text("blockBlob", "appendBlob")),
                        "prefixMatch": many(text()),
                    },
                    ("blobTypes",),
                ),
            },
            ("actions",),
        ),
        "enabled": flag(),
        "name": text(),
        "type": text("Lifecycle"),
    },
    ("name", "type", "definition"),
)
POLICY = record("ManagementPolicySchema", {"rules": many(RULE)}, ("rules",))
