"""The contract between what was provisioned and whoever launches training on it.

Names are imported when they are first used: who reads a target on Azure needs no models of AWS's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.lazy import imported_when_used

if TYPE_CHECKING:
    from modelyard.outputs.base import RECOVERY_TARGET_OBJECT_KEY, TARGET_OBJECT_KEY, target_object_key
    from modelyard.outputs.target import (
        Fabric,
        FileSystemTarget,
        Host,
        LaunchTarget,
        OpenHours,
        PoolTarget,
        RecoveryTarget,
        RegistryTarget,
        RoleTargets,
        StoreTarget,
        StoreTargets,
        Window,
    )

__all__ = [
    "RECOVERY_TARGET_OBJECT_KEY",
    "TARGET_OBJECT_KEY",
    "Fabric",
    "FileSystemTarget",
    "Host",
    "LaunchTarget",
    "OpenHours",
    "PoolTarget",
    "RecoveryTarget",
    "RegistryTarget",
    "RoleTargets",
    "StoreTarget",
    "StoreTargets",
    "Window",
    "target_object_key",
]

_OF_ANY_CLOUD = ("RECOVERY_TARGET_OBJECT_KEY", "TARGET_OBJECT_KEY", "target_object_key")

__getattr__ = imported_when_used(
    __name__, {name: f"{__name__}.{'base' if name in _OF_ANY_CLOUD else 'target'}" for name in __all__}
)
