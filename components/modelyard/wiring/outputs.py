"""Outputs of many children as one, and fields of args that become known later."""

from collections.abc import Mapping
from typing import Any, TypeVar

import pulumi

Value = TypeVar("Value")


def together(outputs: Mapping[str, pulumi.Output[Value]]) -> pulumi.Output[dict[str, Value]]:
    """One output that holds them all, for a component's own outputs.

    Whoever depends on it depends on every one of them: inside a program, take the single output.
    """
    # Without anything, Output.all would give a list.
    return pulumi.Output.all(**outputs) if outputs else pulumi.Output.from_input({})


def field(args: pulumi.Input[Mapping[str, Any]], name: str, default: Any = None) -> pulumi.Input[Any]:
    """A field of args that may be an output as a whole; `default` where it is left out."""
    if isinstance(args, Mapping):
        return args.get(name, default)
    return pulumi.Output.from_input(args).apply(lambda known: known.get(name, default))
