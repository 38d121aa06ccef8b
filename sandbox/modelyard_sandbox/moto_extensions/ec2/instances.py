"""EC2 instances: ids that are none, images that are not there, and the protection against termination.

Source: EC2 API reference, error codes and RunInstances (DisableApiTermination), 2026-11.
"""

from __future__ import annotations

import functools
import re
from contextvars import ContextVar
from typing import Any

from moto.ec2.models.instances import InstanceBackend
from moto.ec2.responses import EC2Response

from modelyard_sandbox.moto_extensions.ec2.checks import refuse
from modelyard_sandbox.moto_extensions.operations import before

INSTANCE_ID = re.compile(r"i-[0-9a-f]{8,17}")
IMAGE_ID = re.compile(r"ami-[0-9a-f]{8,17}")
BY_PARAMETER = "resolve:"

_protected: ContextVar[bool] = ContextVar("protected", default=False)


def install() -> None:
    """Put the checks before moto's operations, and the protection on what it launches."""
    before(EC2Response, "run_instances", _image)
    for operation in ("describe_instances", "start_instances", "stop_instances", "terminate_instances"):
        before(EC2Response, operation, _instance_ids)
    EC2Response.run_instances = _noting_protection(EC2Response.run_instances)
    InstanceBackend.run_instances = _protecting(InstanceBackend.run_instances)


def _image(self: Any) -> None:
    id_ = self._get_param("ImageId")
    if id_ is None or id_.startswith(BY_PARAMETER):
        return
    if not IMAGE_ID.fullmatch(id_):
        refuse("InvalidAMIID.Malformed", f'Invalid id: "{id_}" (expecting "ami-...")')
    if id_ not in self.ec2_backend.amis:
        refuse("InvalidAMIID.NotFound", f"The image id '[{id_}]' does not exist")


def _instance_ids(self: Any) -> None:
    for id_ in self._get_param("InstanceIds") or []:
        if not INSTANCE_ID.fullmatch(id_):
            refuse("InvalidInstanceID.Malformed", f'Invalid id: "{id_}" (expecting "i-...")')


def _noting_protection(run_instances: Any) -> Any:
    @functools.wraps(run_instances)
    def run(self: Any) -> Any:
        token = _protected.set(bool(self._get_param("DisableApiTermination")))
        try:
            return run_instances(self)
        finally:
            _protected.reset(token)

    return run


def _protecting(run_instances: Any) -> Any:
    @functools.wraps(run_instances)
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        reservation = run_instances(self, *args, **kwargs)
        for instance in reservation.instances:
            instance.disable_api_termination = _protected.get()
        return reservation

    return run
