"""The contract between what was provisioned and whoever launches training on it."""

from modelyard.outputs.target import (
    TARGET_OBJECT_KEY,
    Fabric,
    FileSystemTarget,
    Host,
    LaunchTarget,
    PoolTarget,
    RegistryTarget,
    RoleTargets,
    StoreTarget,
    StoreTargets,
    Window,
)

__all__ = [
    "TARGET_OBJECT_KEY",
    "Fabric",
    "FileSystemTarget",
    "Host",
    "LaunchTarget",
    "PoolTarget",
    "RegistryTarget",
    "RoleTargets",
    "StoreTarget",
    "StoreTargets",
    "Window",
]
