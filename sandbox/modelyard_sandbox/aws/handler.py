"""The base of AWS's handlers: calls to the type's service, and a region for what isn't global."""

from __future__ import annotations

from typing import Any, ClassVar

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.translate import Renames, to_request
from modelyard_sandbox.errors import CloudError
from modelyard_sandbox.handler import (
    BaseHandler,
    Inputs,
    Outputs,
    changed,
    physical_name,
    tag_changes,
    tags_of,
)
from modelyard_sandbox.meaning import Meaning

__all__ = ["Inputs", "Outputs", "ResourceHandler", "changed", "physical_name", "tag_changes", "tags_of"]


class ResourceHandler(BaseHandler[Cloud]):
    """A resource type of AWS."""

    service: ClassVar[str]
    """boto3's name of the service."""
    is_global: ClassVar[bool] = False
    """Whether the service has no regions."""
    lower_case_name: ClassVar[bool] = False
    """Whether names hold no capital letters (S3 bucket naming rules, ECR CreateRepository; 2026-11)."""

    @property
    @override
    def known_inputs(self) -> frozenset[str]:
        return super().known_inputs | (frozenset() if self.is_global else {"region"})

    @property
    @override
    def replacing_inputs(self) -> frozenset[str]:
        return self.replace_on if self.is_global else self.replace_on | {"region"}

    @override
    def place_outputs(self, cloud: Cloud) -> Outputs:
        return {} if self.is_global else {"region": cloud.region}

    @override
    def spelled(self, name: str) -> str:
        return name.lower() if self.lower_case_name else name

    @override
    def find(self, cloud: Cloud, id_: str) -> tuple[str, Inputs] | None:
        from modelyard_sandbox.aws.observing.ids import found_by

        return found_by(self.type, cloud, id_)

    @override
    def observe(self, cloud: Cloud, id_: str, inputs: Inputs, outputs: Outputs) -> Inputs:
        from modelyard_sandbox.aws.observing import observe

        found = observe(self.type, cloud, id_, inputs, outputs)
        return super().observe(cloud, id_, inputs, outputs) if found is None else found

    @property
    @override
    def meaning(self) -> Meaning:
        from modelyard_sandbox.aws.observing import MEANINGS

        return MEANINGS.get(self.type, super().meaning)

    @override
    def problems(self, inputs: Inputs) -> list[tuple[str, str]]:
        from modelyard_sandbox.aws.rehearsal import refusals

        return refusals(self, inputs)

    @override
    def at_fault(self, inputs: Inputs, error: CloudError) -> str | None:
        from modelyard_sandbox.aws.at_fault import property_at_fault

        return property_at_fault(inputs, error)

    @override
    def once(self, cloud: Cloud, token: str) -> Cloud:
        return cloud.once(token)

    def request(
        self, cloud: Cloud, operation: str, inputs: Inputs, *names: str, renames: Renames | None = None
    ) -> dict[str, Any]:
        """The named inputs in the terms of an operation's request."""
        chosen = {name: inputs[name] for name in names if name in inputs}
        return to_request(cloud.shape(self.service, operation), chosen, renames)

    def part(
        self,
        cloud: Cloud,
        operation: str,
        member: str,
        inputs: Inputs,
        *names: str,
        renames: Renames | None = None,
    ) -> dict[str, Any]:
        """The named inputs in the terms of one member of an operation's request."""
        chosen = {name: inputs[name] for name in names if name in inputs}
        return to_request(cloud.shape(self.service, operation).members[member], chosen, renames)

    def call(self, cloud: Cloud, operation: str, **request: Any) -> dict[str, Any]:
        """Call an operation of the type's service."""
        return cloud.call(self.service, operation, **request)
