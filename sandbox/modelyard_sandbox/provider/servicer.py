# ruff: noqa: N802, ARG002  (the names and signatures are the protocol's)
"""The provider that Pulumi's engine talks to: a package, realised by the sandbox's handlers."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Never

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from modelyard.errors import ModelyardError
from modelyard_sandbox.errors import CloudError, PartialError, UnsupportedError
from modelyard_sandbox.handler import BaseHandler, Inputs, Outputs
from modelyard_sandbox.provider import blame, checks, creation, deletion, diffs, imports, messages
from modelyard_sandbox.provider.checks import Failure, plain
from modelyard_sandbox.provider.input_types import table_of
from modelyard_sandbox.provider.packages import Package, Place, unknown_settings, version_of
from modelyard_sandbox.provider.schema import schema_of
from modelyard_sandbox.provider.values import decode, encode, reveal, seal

UNFINISHED = "__unfinished"
"""The output that says that a later step of a resource's creation failed. Kept until an update has finished
it: a refresh makes the engine forget that it has to.
"""

Warn = Callable[[str, str], None]
"""Tells the user of something, at a resource: (message, URN)."""


@contextmanager
def _in_its_words(context: grpc.ServicerContext) -> Generator[None]:
    """Let what modelyard raises on purpose reach the user as it is worded."""
    try:
        yield
    except ModelyardError as error:
        _abort(context, str(error))


def _abort(context: grpc.ServicerContext, message: str) -> Never:
    context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError("abort always raises")


class SandboxProvider(ResourceProviderServicer):
    """One provider of a program: it knows where it works from Configure on."""

    def __init__(self, package: Package, warn: Warn) -> None:
        self._package = package
        self._warn = warn
        self._configured: Place | None = None

    @property
    def _place(self) -> Place:
        if self._configured is None:
            raise UnsupportedError("the provider is asked before it is configured")
        return self._configured

    def _handler(self, urn: str) -> BaseHandler[Any]:
        return self._package.handler_of(messages.type_of(urn))

    def Handshake(
        self, request: pb.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> pb.ProviderHandshakeResponse:
        """What of Pulumi's values this provider understands."""
        return pb.ProviderHandshakeResponse(
            accept_secrets=True,
            accept_resources=True,
            accept_outputs=True,
            supports_autonaming_configuration=True,
        )

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """The version of the SDK that it stands behind."""
        return plugin_pb2.PluginInfo(version=version_of(self._package.name))

    def GetSchema(self, request: pb.GetSchemaRequest, context: grpc.ServicerContext) -> pb.GetSchemaResponse:
        """What is known of the package's types."""
        name = self._package.name
        return pb.GetSchemaResponse(schema=json.dumps(schema_of(name, version_of(name), table_of(name))))

    def CheckConfig(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> pb.CheckResponse:
        """Settings that the sandbox doesn't know are refused by name."""
        known = ", ".join(sorted(self._package.settings))
        unknown = unknown_settings(self._package, decode(request.news))
        if unknown:
            reason = f"the sandbox's provider does not know it; it knows {known}"
            return messages.refused([Failure(name, reason) for name in unknown])
        return pb.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> pb.DiffResponse:
        """A provider always changes in place: which resources another region moves, their own Diff says."""
        old, new = decode(request.old_inputs or request.olds), decode(request.news)
        changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        some = pb.DiffResponse.DIFF_SOME if changed else pb.DiffResponse.DIFF_NONE
        return pb.DiffResponse(changes=some, diffs=changed)

    def Configure(self, request: pb.ConfigureRequest, context: grpc.ServicerContext) -> pb.ConfigureResponse:
        """Settle where the provider works; refuse an account that it is not meant for."""
        with _in_its_words(context):
            self._configured = self._package.settle(reveal(decode(request.args)))
            return pb.ConfigureResponse(
                acceptSecrets=True,
                acceptResources=True,
                acceptOutputs=True,
                supportsPreview=True,
                supports_autonaming_configuration=True,
            )

    def Check(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> pb.CheckResponse:
        """Inputs with what the provider adds, or what is wrong with them."""
        try:
            handler = self._handler(request.urn)
        except UnsupportedError as error:
            return messages.refused([Failure("", str(error))])
        asked = decode(request.news)
        place = self._configured
        if place is not None:
            asked = {**place.defaults(handler, asked), **asked}
        tags = place.default_tags if place else {}
        naming = messages.naming_of(request)
        return messages.checked(checks.check(handler, asked, decode(request.olds), naming, tags))

    def Diff(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> pb.DiffResponse:
        """What an update would change, and whether it replaces the resource."""
        with _in_its_words(context):
            handler = self._handler(request.urn)
            outputs, new = decode(request.olds), decode(request.news)
            moved = self._place.moved(handler, reveal(outputs), reveal(new))
            difference = diffs.compare(handler, decode(request.old_inputs), new, moved)
            return messages.differing(difference, handler, outputs, unfinished=bool(outputs.get(UNFINISHED)))

    def Create(self, request: pb.CreateRequest, context: grpc.ServicerContext) -> pb.CreateResponse:
        """Make the resource; in a preview, say what is known of it."""
        with _in_its_words(context):
            handler = self._handler(request.urn)
            inputs = decode(request.properties)
            cloud = self._place.cloud_of(handler, reveal(inputs))
            where = handler.place_outputs(cloud)
            if request.preview:
                foreseen = {**where, **diffs.unforeseen(handler, plain(inputs))}
                return pb.CreateResponse(properties=encode(_outputs(handler, inputs, foreseen)))
            try:
                id_, outputs = creation.create(
                    handler, cloud, request.urn, plain(inputs), self._place.journal
                )
            except PartialError as error:
                reason = blame.worded(handler, plain(inputs), error)
                unfinished = _outputs(handler, inputs, {**where, **error.outputs}) | {UNFINISHED: True}
                status = messages.half_made(error.id, inputs, unfinished, reason)
                context.set_trailing_metadata((("grpc-status-details-bin", status),))
                _abort(context, reason)
            except CloudError as error:
                _abort(context, blame.worded(handler, plain(inputs), error))
            return pb.CreateResponse(id=id_, properties=encode(_outputs(handler, inputs, outputs)))

    def Read(self, request: pb.ReadRequest, context: grpc.ServicerContext) -> pb.ReadResponse:
        """The resource as it stands, empty if it is gone; without inputs it is imported by its id."""
        with _in_its_words(context):
            handler = self._handler(request.urn)
            old = decode(request.properties)
            inputs = decode(request.inputs) if request.HasField("inputs") else {}
            id_, region = (request.id, None) if inputs else imports.split_region(request.id)
            cloud = self._place.cloud_of(handler, {**reveal(old), **({"region": region} if region else {})})
            if inputs:
                found = imports.refreshed(handler, cloud, id_, inputs)
            else:
                found = imports.imported(handler, cloud, id_, messages.name_of(request.urn))
            if found is None:
                return pb.ReadResponse()
            unfinished = {UNFINISHED: True} if old.get(UNFINISHED) else {}
            place = {"region": region} if region else {}
            return pb.ReadResponse(
                id=found.id,
                inputs=encode({**found.inputs, **place}),
                properties=encode(_outputs(handler, found.inputs, found.outputs) | unfinished),
            )

    def Update(self, request: pb.UpdateRequest, context: grpc.ServicerContext) -> pb.UpdateResponse:
        """Bring the resource to its new inputs, in place; one that was never finished from the beginning."""
        with _in_its_words(context):
            handler = self._handler(request.urn)
            old_outputs, new = decode(request.olds), decode(request.news)
            if request.preview:
                kept = decode(request.old_inputs)
                computed = {**diffs.foreseen(handler, kept, old_outputs), **plain(new)}
                computed |= diffs.unforeseen(handler, plain(new), plain(kept), old_outputs)
                return pb.UpdateResponse(properties=encode(_outputs(handler, new, computed)))
            old: Inputs = {}
            if not old_outputs.get(UNFINISHED):
                old = handler.meaning.aligned(plain(decode(request.old_inputs)), plain(new))
            cloud = self._place.cloud_of(handler, reveal(old_outputs))
            try:
                outputs = handler.update(cloud, request.id, old, plain(new))
            except CloudError as error:
                _abort(context, blame.worded(handler, plain(new), error))
            return pb.UpdateResponse(properties=encode(_outputs(handler, new, outputs)))

    def Delete(self, request: pb.DeleteRequest, context: grpc.ServicerContext) -> Empty:
        """Take the resource away; what people put in goes with it, as the user is told."""
        with _in_its_words(context):
            handler = self._handler(request.urn)
            cloud = self._place.cloud_of(handler, reveal(decode(request.properties)))
            inputs = plain(decode(request.old_inputs))
            emptied = deletion.delete(handler, cloud, request.id, inputs)
            if emptied:
                self._warn(emptied, request.urn)
            return Empty()

    def Invoke(self, request: pb.InvokeRequest, context: grpc.ServicerContext) -> pb.InvokeResponse:
        """Answer a data source."""
        with _in_its_words(context):
            answer = self._place.answer(request.tok, reveal(decode(request.args)))
            response = pb.InvokeResponse()
            getattr(response, "return").CopyFrom(encode(answer))
            return response

    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        """Comes at the end of every run. Calls to the cloud are short: those under way end by themselves."""
        return Empty()


def _outputs(handler: BaseHandler[Any], inputs: Inputs, computed: Outputs) -> Outputs:
    """Outputs as the program gets them: the inputs, over them what the cloud says, secret what was secret."""
    said = {name: value for name, value in inputs.items() if not name.startswith("__")}
    tags = {"tagsAll": said.get("tags") or {}} if handler.taggable else {}
    return seal({**reveal(said | tags), **computed}, said | tags)
