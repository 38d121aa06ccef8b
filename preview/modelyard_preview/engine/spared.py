"""Spares the SDK work that nothing comes of in this engine, and that takes longer the more there is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pulumi
from pulumi.runtime import resource as sdk_resource
from pulumi.runtime import settings as sdk_settings
from pulumi.runtime.proto import alias_pb2

from modelyard_preview.engine.loop import InlineLoop


def no_alias(*_specified: Any) -> None:
    """Nothing in the place of an alias's URN.

    For each alias of a resource the SDK makes its URN out of a dozen outputs, for engines that don't take an
    alias as it was specified. The monitor takes it so, as the real engine does, and nobody reads the URNs.
    A resource of azure-native has about twenty aliases, one for every version of its API.
    """


async def specified_aliases(
    _resource: pulumi.Resource, opts: pulumi.ResourceOptions | None, _as_specified: bool
) -> list[alias_pb2.Alias]:
    """The aliases of a resource as they were specified: the monitor says that it takes them so.

    The SDK makes an output of each, whether it is plain or not.
    """
    aliases: list[alias_pb2.Alias] = []
    for given in (opts.aliases if opts is not None else None) or ():
        is_plain = isinstance(given, (str, pulumi.Alias))
        alias = given if is_plain else await pulumi.Output.from_input(given).future()
        if isinstance(alias, str):
            aliases.append(alias_pb2.Alias(urn=alias))
        elif alias is not None:
            aliases.append(alias_pb2.Alias(spec=await sdk_resource.create_alias_spec(alias)))
    return aliases


def settling(original: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """A way to wait for a program's resources that finds few outputs left.

    The SDK looks at all outputs that are open whenever one is done: the square of their number.
    """

    async def wait(*arguments: Any, **named: Any) -> None:
        loop = asyncio.get_running_loop()
        if isinstance(loop, InlineLoop):
            # (the SDK's settings are descriptors that a type checker can't follow)
            await loop.settle(lambda: not sdk_settings.SETTINGS.outputs)  # pyright: ignore[reportAttributeAccessIssue]
        await original(*arguments, **named)

    return wait
