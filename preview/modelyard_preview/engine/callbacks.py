"""Transforms and hooks: functions of the program that the engine calls back.

With the CLI the engine reaches them through a server of the SDK's. Here both are in one process, so they are
called as they are, without one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from pulumi.runtime._callbacks import (
    _CallbackServicer as SdkCallbacks,  # pyright: ignore[reportPrivateUsage] (no public name)
)
from pulumi.runtime.proto import callback_pb2, resource_pb2

from modelyard_preview.engine import values

Request = resource_pb2.RegisterResourceRequest


@dataclass(slots=True)
class Transforms:
    """The transforms of a run, by what they are for."""

    of_stack: list[callback_pb2.Callback] = field(default_factory=list[callback_pb2.Callback])
    of_invokes: list[callback_pb2.Callback] = field(default_factory=list[callback_pb2.Callback])
    _of_resources: dict[str, list[callback_pb2.Callback]] = field(
        default_factory=dict[str, "list[callback_pb2.Callback]"]
    )
    _parents: dict[str, str] = field(default_factory=dict[str, str])

    def for_resource(self, request: Request) -> list[callback_pb2.Callback]:
        """Those of the resource, then those of the parents from the inside out, then those of the stack."""
        found = list(request.transforms)
        parent = request.parent
        while parent:
            found += self._of_resources.get(parent, ())
            parent = self._parents.get(parent, "")
        return found + self.of_stack

    def keep(self, urn: str, request: Request) -> None:
        """Remember those of a resource for its children."""
        self._parents[urn] = request.parent
        if request.transforms:
            self._of_resources[urn] = list(request.transforms)


class Callbacks(SdkCallbacks):
    """The program's functions by their tokens; what the SDK's own does without its server."""

    def __init__(self, monitor: Any) -> None:  # pyright: ignore[reportMissingSuperCall] (it starts the server)
        self._callbacks = {}
        self._transforms = {}
        self._state_migrations = {}
        self._monitor = monitor
        self._target = ""

    async def transformed(self, request: Request, callbacks: Iterable[callback_pb2.Callback]) -> Request:
        """The request as the program's transforms leave it, each given what the one before made."""
        changed = Request()
        changed.CopyFrom(request)
        if request.transforms:
            _track_outputs(changed)
        for callback in callbacks:
            asked = resource_pb2.TransformRequest(
                type=changed.type,
                name=changed.name,
                custom=changed.custom,
                parent=changed.parent,
                properties=changed.object,
                options=_options_of(changed),
            )
            answer = await self._callbacks[callback.token](asked.SerializeToString())
            _take_over(cast("resource_pb2.TransformResponse", answer), changed)
        for value in changed.object.fields.values():
            value.CopyFrom(values.without_output(value))
        return changed

    async def transformed_invoke(
        self,
        request: resource_pb2.ResourceInvokeRequest,
        callbacks: Iterable[callback_pb2.Callback],
    ) -> resource_pb2.ResourceInvokeRequest:
        """The request of a data source as the program's transforms leave it."""
        changed = resource_pb2.ResourceInvokeRequest()
        changed.CopyFrom(request)
        for callback in callbacks:
            options = resource_pb2.TransformInvokeOptions(provider=changed.provider, version=changed.version)
            asked = resource_pb2.TransformInvokeRequest(token=changed.tok, args=changed.args, options=options)
            raw = await self._callbacks[callback.token](asked.SerializeToString())
            answer = cast("resource_pb2.TransformInvokeResponse", raw)
            changed.args.CopyFrom(answer.args)
            if answer.HasField("options"):
                changed.provider = answer.options.provider
        return changed


def _track_outputs(request: Request) -> None:
    """Make outputs of the properties that came from resources, or are unknown or secret.

    The engine does so for a resource that has transforms of its own, and only then.
    """
    for name, value in request.object.fields.items():
        sources = list(request.propertyDependencies[name].urns)
        if sources or values.is_secret(value) or value.string_value == values.SENTINEL:
            value.CopyFrom(values.as_output(value, sources))


def _options_of(request: Request) -> resource_pb2.TransformResourceOptions:
    options = resource_pb2.TransformResourceOptions(
        depends_on=request.dependencies,
        protect=request.protect,
        ignore_changes=request.ignoreChanges,
        replace_on_changes=request.replaceOnChanges,
        version=request.version,
        aliases=request.aliases,
        provider=request.provider,
        plugin_download_url=request.pluginDownloadURL,
        retain_on_delete=request.retainOnDelete,
        deleted_with=request.deletedWith,
        additional_secret_outputs=request.additionalSecretOutputs,
        providers=request.providers,
    )
    if request.deleteBeforeReplaceDefined:
        options.delete_before_replace = request.deleteBeforeReplace
    return options


def _take_over(answer: resource_pb2.TransformResponse, request: Request) -> None:
    """Write what a transform answered into the request: its properties, and the options that matter here."""
    request.object.CopyFrom(answer.properties)
    for name in set(request.propertyDependencies) - set(request.object.fields):
        del request.propertyDependencies[name]
    if not answer.HasField("options"):
        return
    options = answer.options
    request.protect = options.protect
    request.provider = options.provider
    request.retainOnDelete = options.retain_on_delete
    request.deletedWith = options.deleted_with
    request.deleteBeforeReplaceDefined = options.HasField("delete_before_replace")
    request.deleteBeforeReplace = options.delete_before_replace
    _replace(request.dependencies, options.depends_on)
    _replace(request.ignoreChanges, options.ignore_changes)
    _replace(request.replaceOnChanges, options.replace_on_changes)
    _replace(request.additionalSecretOutputs, options.additional_secret_outputs)


def _replace(field: Any, wanted: Iterable[str]) -> None:
    kept = list(wanted)
    del field[:]
    field.extend(kept)
