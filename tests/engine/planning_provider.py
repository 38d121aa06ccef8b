"""A resource provider for previews of any program: an echo that plans as a real one does, and knows answers.

    python planning_provider.py NAME VERSION ANSWERS [ADDRESS OF THE ENGINE]

ANSWERS is a file as `modelyard check --answers` takes it. Data sources are answered out of it, or as they are
offline: both engines get the same.
"""

# ruff: noqa: N802 - the names of the methods are the protocol's
from __future__ import annotations

import importlib
import keyword
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grpc
from echo_provider import EchoProvider, serve
from pulumi.runtime.proto import provider_pb2 as pb

from modelyard_policies.graph import UNKNOWN
from modelyard_preview.answers import OfflineAnswers
from modelyard_preview.answers.file import read_answers
from modelyard_preview.engine import Call, values
from modelyard_preview.engine.planned import AZURE, plan

IMPORTING = threading.Lock()


class PlanningProvider(EchoProvider):
    """Plans and answers for one package."""

    def __init__(self, name: str, version: str, answers: Path) -> None:
        super().__init__(name, version)
        self._answers = OfflineAnswers(read_answers(answers))
        self._settings: dict[str, Any] = {}

    def Configure(self, request: pb.ConfigureRequest, context: grpc.ServicerContext) -> pb.ConfigureResponse:
        self._settings = values.for_realizer(request.args)
        return super().Configure(request, context)

    def Create(self, request: pb.CreateRequest, context: grpc.ServicerContext) -> pb.CreateResponse:
        response = super().Create(request, context)
        _, _, types, name = request.urn.split("::", 3)
        token, fields = types.rpartition("$")[2], response.properties.fields
        if token.startswith(AZURE) and "location" in self._settings and "location" not in fields:
            fields["location"].string_value = self._settings["location"]
        plan(response.properties, class_of(token), token, name)
        return response

    def Invoke(self, request: pb.InvokeRequest, context: grpc.ServicerContext) -> pb.InvokeResponse:
        args = values.for_realizer(request.args)
        region = args.get("region") or self._settings.get("region")
        answer = self._answers.answer(Call(request.tok, args, region, self._settings, {}))
        if answer is None:
            self._refuse(context, f"answer {request.tok}")
        return pb.InvokeResponse(**{"return": values.to_wire(_told(answer))})


def _told(value: Any) -> Any:
    """A cloud knows all of its answer, and leaves nothing unknown."""
    if isinstance(value, Mapping):
        return {key: _told(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_told(item) for item in value]
    return "known to the cloud" if value is UNKNOWN else value


def class_of(token: str) -> type:
    """The SDK's class of a type."""
    package, module, name = token.split(":")
    service = module.partition("/")[0]
    place = f"pulumi_{package.replace('-', '_')}.{service}{'_' * keyword.iskeyword(service)}"
    with IMPORTING:  # (a module that another thread is still importing has half of its classes)
        return getattr(importlib.import_module(place), name)


if __name__ == "__main__":
    serve(PlanningProvider(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
