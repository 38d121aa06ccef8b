"""EventBridge: a rule's targets and what is made of an event for them.

Source: Amazon EventBridge API reference, PutTargets, Target and InputTransformer; EventBridge user guide,
"Quotas"; 2026-11. The reference has no list of errors for wrong parameters: AWS answers ValidationException.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moto.events.exceptions import ValidationException
from moto.events.responses import EventsHandler

from modelyard_sandbox.moto_extensions.constraints import constrain
from modelyard_sandbox.moto_extensions.operations import before

TARGETS_MAX = 5
PATHS_MAX = 100
VARIABLE = re.compile(r"<([A-Za-z0-9_.-]+)>")
RESERVED = "aws."
INPUTS = ("Input", "InputPath", "InputTransformer")


def install() -> None:
    """Put the checks before moto's operations."""
    before(EventsHandler, "put_targets", _check_targets)
    constrain(EventsHandler, "events", ValidationException)


def _check_targets(self: Any) -> None:
    targets = self._get_param("Targets") or []
    bus = self.events_backend.event_buses.get(self._get_param("EventBusName") or "default")
    rule = bus.rules.get(self._get_param("Rule")) if bus else None
    standing = {target["Id"] for target in rule.targets} if rule else set[str]()
    if len(standing | {target["Id"] for target in targets}) > TARGETS_MAX:
        raise ValidationException(f"The requested resource exceeds the maximum number allowed: {TARGETS_MAX}")
    for target in targets:
        given = [name for name in INPUTS if target.get(name)]
        if len(given) > 1:
            raise ValidationException(f"Only one of {', '.join(INPUTS)} must be provided for a target.")
        if target.get("InputTransformer"):
            _check_transformer(target["Id"], target["InputTransformer"])


def _check_transformer(target: str, transformer: Mapping[str, Any]) -> None:
    paths: Mapping[str, str] = transformer.get("InputPathsMap") or {}
    if len(paths) > PATHS_MAX:
        raise ValidationException(f"InputPathsMap can have {PATHS_MAX} paths at most")
    for name, path in paths.items():
        if name.lower().startswith("aws"):
            raise ValidationException(f"InputPathsMap of target {target}: names can't start with AWS: {name}")
        if not path.startswith("$"):
            raise ValidationException(f"InputPathsMap of target {target}: {path} is not a valid JSON path")
    unknown = [
        name
        for name in VARIABLE.findall(transformer["InputTemplate"])
        if name not in paths and not name.startswith(RESERVED)
    ]
    if unknown:
        raise ValidationException(
            f"Invalid InputTemplate for target {target} : [Source: undefined placeholder(s): "
            f"{', '.join(unknown)}]"
        )
