"""The contract between what was provisioned and whoever launches training on it."""

from modelyard.outputs.target import (
    TARGET_OBJECT_KEY,
    Fabric,
    LaunchTarget,
    PoolTarget,
    RegistryTarget,
    RoleTargets,
    StoreTarget,
    StoreTargets,
)

__all__ = [
    "TARGET_OBJECT_KEY",
    "Fabric",
    "LaunchTarget",
    "PoolTarget",
    "RegistryTarget",
    "RoleTargets",
    "StoreTarget",
    "StoreTargets",
]
