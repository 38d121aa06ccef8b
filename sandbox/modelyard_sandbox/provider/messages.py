"""Answers in the protocol's messages."""

from __future__ import annotations

from typing import Any

from google.protobuf.any_pb2 import Any as AnyMessage
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto.status_pb2 import Status

from modelyard_sandbox.handler import BaseHandler, Inputs, Outputs
from modelyard_sandbox.paths import top_of
from modelyard_sandbox.provider.checks import Checked, Failure, NameMode, Naming
from modelyard_sandbox.provider.diffs import Difference, stable_outputs
from modelyard_sandbox.provider.values import encode

UNKNOWN_CODE = 2
"""gRPC's status code for an error of no other kind, which Pulumi expects of a failed operation."""


def type_of(urn: str) -> str:
    """The type of the resource that a URN names."""
    return urn.split("::")[2].rpartition("$")[2]


def name_of(urn: str) -> str:
    """The name, in the program, of the resource that a URN names."""
    return urn.split("::", 3)[3]


def naming_of(request: pb.CheckRequest) -> Naming:
    """What a name for the resource is made from."""
    logical = name_of(request.urn)
    if not request.HasField("autonaming"):
        return Naming(logical, request.randomSeed)
    options = request.autonaming
    return Naming(logical, request.randomSeed, options.proposed_name, NameMode(int(options.mode)))


def checked(outcome: Checked) -> pb.CheckResponse:
    """Inputs, or what is wrong with them."""
    if outcome.failures:
        return refused(outcome.failures)
    return pb.CheckResponse(inputs=encode(outcome.inputs))


def refused(failures: list[Failure]) -> pb.CheckResponse:
    """What is wrong with inputs, by property."""
    return pb.CheckResponse(
        failures=[pb.CheckFailure(property=failure.property, reason=failure.reason) for failure in failures]
    )


def differing(
    difference: Difference, handler: BaseHandler[Any], outputs: Outputs, *, unfinished: bool
) -> pb.DiffResponse:
    """What changes, and whether in place; a resource that was never finished is to be updated anyhow."""
    details = {
        path: pb.PropertyDiff(
            kind=pb.PropertyDiff.Kind.Value(
                f"{kind.value}_REPLACE" if top_of(path) in difference.replaces else kind.value
            ),
            inputDiff=True,
        )
        for path, kind in difference.changes.items()
    }
    some = bool(details) or unfinished
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if some else pb.DiffResponse.DIFF_NONE,
        diffs=difference.inputs,
        detailedDiff=details,
        hasDetailedDiff=True,
        replaces=sorted(difference.replaces),
        deleteBeforeReplace=difference.delete_first,
        stables=stable_outputs(handler, outputs),
    )


def half_made(id_: str, inputs: Inputs, outputs: Outputs, reason: str) -> bytes:
    """The status that tells the engine that a resource was made, and is to be finished by the next update."""
    detail = AnyMessage()
    detail.Pack(
        pb.ErrorResourceInitFailed(
            id=id_, inputs=encode(inputs), properties=encode(outputs), reasons=[reason]
        )
    )
    return Status(code=UNKNOWN_CODE, message=reason, details=[detail]).SerializeToString()
