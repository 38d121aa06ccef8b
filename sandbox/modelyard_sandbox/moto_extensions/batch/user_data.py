"""Batch: user data of a launch template, which it merges with its own.

Source: AWS Batch user guide, "Amazon EC2 user data in launch templates" and "INVALID compute environment",
2026-11. Batch makes the environment and then shows it as INVALID for this reason; here it is refused at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from email import message_from_bytes
from typing import Any

from modelyard_sandbox.moto_extensions.batch.answers import executing, require
from modelyard_sandbox.moto_extensions.ec2.user_data import raw

PART_TYPES = frozenset({"text/cloud-boothook", "text/cloud-config", "text/x-shellscript"})
"""What the user guide says that a part may be."""


def check_user_data(template_data: Mapping[str, Any]) -> None:
    """Refuse user data that Batch can't merge with its own."""
    text = template_data.get("UserData")
    if not text:
        return
    message = message_from_bytes(raw(text))
    require(
        message.get_content_maintype() == "multipart" and not message.defects,
        executing("Launch Template UserData is not MIME multipart format"),
    )
    kinds = {part.get_content_type() for part in message.walk() if not part.is_multipart()}
    require(
        kinds <= PART_TYPES,
        executing(f"Launch Template UserData has parts of types unknown to it: {sorted(kinds - PART_TYPES)}"),
    )
