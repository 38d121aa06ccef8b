"""The sandbox's `aws` provider asked directly, with plain values: what tests of its answers share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Never

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from modelyard_sandbox.provider.packages import package_named
from modelyard_sandbox.provider.servicer import SandboxProvider
from modelyard_sandbox.provider.values import decode, encode
from modelyard_sandbox.sandbox import DIRECTORY_VARIABLE, Sandbox


class Refused(Exception):  # noqa: N818  (a refusal is what is tested, no error of a test)
    """What `abort` said."""


class Context:
    """Of gRPC's context, what a provider uses."""

    def __init__(self) -> None:
        self.trailing: dict[str, bytes] = {}

    def abort(self, code: grpc.StatusCode, details: str) -> Never:
        assert code is grpc.StatusCode.UNKNOWN
        raise Refused(details)

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        self.trailing = dict(metadata)


def set_surroundings(sandbox: Sandbox, account_id: str, region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set, for this process, what `modelyard sandbox env` says."""
    for name, value in sandbox.environment_variables(account_id, region).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(sandbox.directory))


def urn(type_: str, name: str = "it") -> str:
    return f"urn:pulumi:try::toy::{type_}::{name}"


@dataclass
class Asker:
    """A configured provider, and the answers it gives about resources of a name."""

    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    name: str = "it"

    def __post_init__(self) -> None:
        self.context: Any = Context()
        self.provider = SandboxProvider(package_named("aws"), lambda message, urn: None)
        self.provider.Configure(pb.ConfigureRequest(args=encode(self.settings)), self.context)

    def check(self, type_: str, asked: dict[str, Any], kept: dict[str, Any] | None = None) -> dict[str, Any]:
        """Inputs as they are kept; they must be fine."""
        answer = self._checked(type_, asked, kept)
        bad = [(failure.property, failure.reason) for failure in answer.failures]
        assert bad == [], bad
        return decode(answer.inputs)

    def failures(self, type_: str, asked: dict[str, Any]) -> dict[str, str]:
        """What is wrong with inputs, by property."""
        return {failure.property: failure.reason for failure in self._checked(type_, asked, None).failures}

    def create(self, type_: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Id, inputs as they are kept, and outputs of a new resource."""
        kept = self.check(type_, inputs)
        answer = self.provider.Create(
            pb.CreateRequest(urn=self._urn(type_), properties=encode(kept)), self.context
        )
        return answer.id, kept, decode(answer.properties)

    def imported(self, type_: str, id_: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Id, inputs and outputs of a resource that is imported."""
        answer = self.provider.Read(pb.ReadRequest(urn=self._urn(type_), id=id_), self.context)
        return answer.id, decode(answer.inputs), decode(answer.properties)

    def refreshed(
        self, type_: str, id_: str, inputs: dict[str, Any], outputs: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Inputs and outputs of a resource after a refresh; None if it is gone."""
        request = pb.ReadRequest(
            urn=self._urn(type_), id=id_, inputs=encode(inputs), properties=encode(outputs or {})
        )
        answer = self.provider.Read(request, self.context)
        return (decode(answer.inputs), decode(answer.properties)) if answer.id else None

    def update(
        self, type_: str, id_: str, old: dict[str, Any], new: dict[str, Any], outputs: dict[str, Any]
    ) -> dict[str, Any]:
        """Outputs of a resource that is brought from old inputs to new ones."""
        request = pb.UpdateRequest(
            urn=self._urn(type_), id=id_, old_inputs=encode(old), news=encode(new), olds=encode(outputs)
        )
        return decode(self.provider.Update(request, self.context).properties)

    def diff(
        self, type_: str, old: dict[str, Any], new: dict[str, Any], outputs: dict[str, Any] | None = None
    ) -> dict[str, str]:
        """How each property changes, by path."""
        request = pb.DiffRequest(
            urn=self._urn(type_), old_inputs=encode(old), news=encode(new), olds=encode(outputs or {})
        )
        answer = self.provider.Diff(request, self.context)
        assert (answer.changes == pb.DiffResponse.DIFF_SOME) == bool(answer.detailedDiff)
        kinds = pb.PropertyDiff.Kind
        return {path: kinds.Name(change.kind) for path, change in answer.detailedDiff.items()}

    def _checked(self, type_: str, asked: dict[str, Any], kept: dict[str, Any] | None) -> pb.CheckResponse:
        request = pb.CheckRequest(
            urn=self._urn(type_), news=encode(asked), olds=encode(kept or {}), randomSeed=b"seed"
        )
        return self.provider.Check(request, self.context)

    def _urn(self, type_: str) -> str:
        return urn(type_, self.name)
