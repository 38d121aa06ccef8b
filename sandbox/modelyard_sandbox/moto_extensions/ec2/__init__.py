"""EC2: capacity, placement groups and their instances, and what moto takes without a look."""

from __future__ import annotations

from importlib import import_module

MODULES = (
    "account_defaults",
    "placement_groups",
    "capacity_reservations",
    "capacity_blocks",
    "launches",
    "templates",
    "template_tags",
    "user_data",
    "networks",
    "subnets",
    "groups",
    "rules",
    "dependencies",
    "endpoints",
    "instances",
    "regions",
    "images",
    "offerings",
)


def install() -> None:
    """Add every module's part to moto's EC2."""
    for name in MODULES:
        import_module(f"{__name__}.{name}").install()
