"""What observers have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.observing.responses import inputs_from, tags_from
from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.aws.translate import Renames
from modelyard_sandbox.errors import CloudError
from modelyard_sandbox.handler import Inputs, Outputs


@dataclass(frozen=True, slots=True)
class Sight:
    """A resource to look at."""

    type: str
    cloud: Cloud
    id: str
    given: Inputs
    """The inputs as the program gave them; of one to import, what its id says."""
    outputs: Outputs
    """What the handler's look has found."""

    def call(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        """Call an operation."""
        return self.cloud.call(service, operation, **request)

    def call_if(self, service: str, operation: str, absent: str, **request: Any) -> dict[str, Any]:
        """Call an operation; nothing, if its answer is an error whose code holds `absent`."""
        try:
            return self.call(service, operation, **request)
        except CloudError as error:
            if absent not in error.code:
                raise
            return {}

    def first(self, service: str, operation: str, member: str, **request: Any) -> dict[str, Any]:
        """The first item that an operation lists; nothing if it lists none."""
        items = self.call(service, operation, **request)[member]
        return items[0] if items else {}

    def inputs(self, answer: dict[str, Any], renames: Renames | None = None) -> Inputs:
        """The type's inputs that an answer holds."""
        return inputs_from(self.type, handler_of(self.type).known_inputs, answer, renames)

    def tags(self, service: str, operation: str, member: str, **request: Any) -> Inputs:
        """The resource's tags, which the service tells by an operation of their own."""
        return {"tags": tags_from(self.call(service, operation, **request)[member])}


Observer = Callable[[Sight], Inputs]
"""Reads the inputs of a resource back."""
