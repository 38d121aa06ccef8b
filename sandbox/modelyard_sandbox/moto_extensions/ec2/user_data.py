"""EC2: user data that is too long, which moto takes. It refuses itself what isn't base64.

Sources: EC2 API reference, RequestLaunchTemplateData and RunInstances (16 KB before base64); error codes,
InvalidUserData.Malformed; EC2 user guide, "Instance user data"; 2026-11. Its wording for what is too long
stands in public bug reports on CreateLaunchTemplateVersion of 2026.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from moto.ec2.responses import EC2Response

from modelyard_sandbox.moto_extensions.ec2.checks import refuse
from modelyard_sandbox.moto_extensions.operations import before

MAX_BYTES = 16_384


def install() -> None:
    """Put the check before moto's operations."""
    before(EC2Response, "create_launch_template", _template)
    before(EC2Response, "create_launch_template_version", _template)
    before(EC2Response, "run_instances", _instances)


def raw(text: object) -> bytes:
    """What base64 stands for, as a request has it or moto keeps it. Raises binascii.Error."""
    return base64.b64decode("".join(str(text).split()), validate=True)


def _template(self: Any) -> None:
    _check((self._get_param("LaunchTemplateData") or {}).get("UserData"))


def _instances(self: Any) -> None:
    _check(self._get_param("UserData"))


def _check(text: str | None) -> None:
    try:
        size = len(raw(text or ""))
    except binascii.Error:
        return
    if size > MAX_BYTES:
        refuse("InvalidUserData.Malformed", f"User data is limited to {MAX_BYTES} bytes")
