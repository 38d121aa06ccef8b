"""Takes the place of what the SDK does at a line of the program: inside the SDK that line is lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Generator
from types import ModuleType
from typing import Any, NoReturn

import pulumi
from pulumi import _types as sdk_types  # pyright: ignore[reportPrivateUsage] (no public name)
from pulumi.runtime import resource as sdk_resource
from pulumi.runtime import stack as sdk_stack

from modelyard_preview.engine import values
from modelyard_preview.engine.asked import ASKED, Asked, Outcome
from modelyard_preview.engine.data_sources import Answerer
from modelyard_preview.engine.errors import SecretConfigError, UnsupportedError
from modelyard_preview.engine.orderly import by_turn
from modelyard_preview.engine.planned import plan
from modelyard_preview.engine.source import SourceLines
from modelyard_preview.engine.spared import no_alias, settling, specified_aliases

_PLAIN = ("invoke", "invoke_single")
_OUTPUT = ("invoke_output", "invoke_output_single")
_METHODS = ("call", "call_single")
_SECRET_READERS = ("_get_bool", "_get_int", "_get_float", "_get_object")


@contextlib.contextmanager
def sdk_adapted(sources: SourceLines, answerer: Answerer, calls: list[Asked]) -> Generator[None]:
    """For a run: `calls` gets every data source that the program asks for."""
    with contextlib.ExitStack() as adapted:
        for name in (*_PLAIN, *_OUTPUT):
            asking = _asking(getattr(pulumi.runtime, name), name in _PLAIN, sources, answerer, calls)
            adapted.enter_context(replaced(pulumi.runtime, name, asking))
        for name in _METHODS:
            adapted.enter_context(replaced(pulumi.runtime, name, _refusing(sources)))
        for name in _SECRET_READERS:
            reading = _reading(getattr(pulumi.Config, name), sources)
            adapted.enter_context(replaced(pulumi.Config, name, reading))
        adapted.enter_context(replaced(pulumi.config, "Output", _ConfigOutput))
        resolving = _planning(sdk_resource.rpc.resolve_outputs)
        adapted.enter_context(replaced(sdk_resource.rpc, "resolve_outputs", resolving))
        adapted.enter_context(replaced(sdk_resource, "_get_stack_trace", sources.trace))
        adapted.enter_context(replaced(pulumi.resource, "collapse_alias_to_urn", no_alias))
        adapted.enter_context(replaced(sdk_resource, "prepare_aliases", specified_aliases))
        adapted.enter_context(replaced(pulumi.Resource, "__hash__", by_turn()))
        waiting = settling(sdk_stack.wait_for_rpcs)
        adapted.enter_context(replaced(sdk_stack, "wait_for_rpcs", waiting))
        yield


@contextlib.contextmanager
def replaced(owner: ModuleType | type, name: str, value: object) -> Generator[None]:
    """Put a value in the place of an attribute for a while."""
    original = getattr(owner, name)
    is_own = name in vars(owner)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if is_own:
            setattr(owner, name, original)
        else:
            delattr(owner, name)


def _asking(
    original: Callable[..., Any],
    plain: bool,
    sources: SourceLines,
    answerer: Answerer,
    calls: list[Asked],
) -> Callable[..., Any]:
    """A way to ask for a data source that keeps what was asked, and from where."""

    def call(tok: str, props: Any, opts: Any = None, typ: type | None = None, package_ref: Any = None) -> Any:
        fields = sdk_types.output_type_types(typ) if typ is not None and sdk_types.is_output_type(typ) else {}
        asked = Asked(tok, sources.of_caller(), plain, fields)
        calls.append(asked)
        token = ASKED.set(asked)
        try:
            result = original(tok, props, opts, typ, package_ref)
        finally:
            ASKED.reset(token)
        if plain and asked.outcome is Outcome.ARGUMENTS and not result.is_known:
            raise answerer.refusal(tok, asked.place, fields, unknown_arguments=True)
        return result

    return call


def _planning(original: Callable[..., None]) -> Callable[..., None]:
    """A way to take a resource's outputs that, in a preview, takes what its provider would plan."""

    def resolve(
        res: pulumi.Resource,
        inputs: Any,
        outputs: Any,
        deps: Any,
        resolvers: Any,
        custom: bool,
        *more: Any,
        **named: Any,
    ) -> None:
        if custom and pulumi.runtime.is_dry_run():
            plan(outputs, type(res), res.pulumi_resource_type, res.pulumi_resource_name)
        original(res, inputs, outputs, deps, resolvers, custom, *more, **named)

    return resolve


def _refusing(sources: SourceLines) -> Callable[..., Any]:
    """A method of a resource can't be called: only its provider could answer."""

    def call(tok: str, *_args: Any, **_options: Any) -> NoReturn:
        place = sources.of_caller()
        raise UnsupportedError(f"a call of the method {tok}", f"{place[0]}:{place[1]}" if place else None)

    return call


def _reading(original: Callable[..., Any], sources: SourceLines) -> Callable[..., Any]:
    """A way to read the configuration that never takes a placeholder for a value.

    The SDK names the methods that are for secrets only where the one that was called isn't.
    """

    def read(self: pulumi.Config, key: str, use: Any = None, instead_of: Any = None) -> Any:
        if self.get(key) != values.PLACEHOLDER:
            return original(self, key, use, instead_of)
        if use is not None:
            raise SecretConfigError(self.full_key(key), use.__name__, sources.of_caller())
        return values.PLACEHOLDER

    return read


class _ConfigOutput:
    """What the SDK's configuration makes outputs with."""

    @staticmethod
    def secret(value: Any) -> pulumi.Output[Any]:
        """A secret; one that isn't known if its value isn't."""
        if not values.holds_placeholder(value):
            return pulumi.Output.secret(value)
        return pulumi.Output(set(), _done(None), _done(False), _done(True))


def _done(value: Any) -> asyncio.Future[Any]:
    future: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
    future.set_result(value)
    return future
