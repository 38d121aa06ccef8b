"""Outputs of many children as one, and fields of args that become known later."""

import asyncio
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import pulumi

Value = TypeVar("Value")


def together(outputs: Mapping[str, pulumi.Output[Value]]) -> pulumi.Output[dict[str, Value]]:
    """One output that holds them all, for a component's own outputs.

    Whoever depends on it depends on every one of them: inside a program, take the single output.
    """
    # Without anything, Output.all would give a list.
    return pulumi.Output.all(**outputs) if outputs else pulumi.Output.from_input({})


def once(output: pulumi.Output[Value], *others: pulumi.Output[Any]) -> pulumi.Output[Value]:
    """The same output for whoever has to wait for others as well, and depends on them.

    Unlike with `Output.all`, what is known stays known in a preview though the others aren't: what is made of
    it doesn't look as if it changed.
    """

    async def resources() -> set[pulumi.Resource]:
        return set[pulumi.Resource]().union(*[await each.resources() for each in (output, *others)])

    async def value() -> Value:
        for other in others:
            await other.future(with_unknowns=True)
        # None where it isn't known, as an output has it.
        return cast("Value", await output.future(with_unknowns=True))

    # As tasks: what a failed run never comes to is then ended with it, without a warning.
    begun = asyncio.ensure_future
    return pulumi.Output(
        begun(resources()), begun(value()), begun(output.is_known()), begun(output.is_secret())
    )


def field(args: pulumi.Input[Mapping[str, Any]], name: str, default: Any = None) -> pulumi.Input[Any]:
    """A field of args that may be an output as a whole; `default` where it is left out."""
    if isinstance(args, Mapping):
        return args.get(name, default)
    return pulumi.Output.from_input(args).apply(lambda known: known.get(name, default))
