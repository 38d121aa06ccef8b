"""The contract between what was provisioned and whoever launches training on it."""

from modelyard.outputs.target import (
    RECOVERY_TARGET_OBJECT_KEY,
    TARGET_OBJECT_KEY,
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
    target_object_key,
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
