"""EC2 launch templates with the tags that they have now; moto describes those of their creation.

Source: EC2 API reference, CreateTags and LaunchTemplate (`Tags`), 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplate


def install() -> None:
    """Have a template's tags looked up whenever they are asked for."""
    LaunchTemplate.tags = property(_tags, _keep)  # type: ignore[assignment,method-assign] (in the place of moto's)


def _tags(template: Any) -> list[dict[str, str]]:
    return template.get_tags()


def _keep(_template: Any, _tags_at_creation: Any) -> None:
    """Nothing: what moto sets at creation, it has tagged the template with before."""
