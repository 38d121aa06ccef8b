"""Outputs of many children as one output of their parent."""

from collections.abc import Mapping

import pulumi


def together(outputs: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[dict[str, str]]:
    """One output that holds them all, for a component's own outputs.

    Whoever depends on it depends on every one of them: inside a program, take the single output.
    """
    return pulumi.Output.all(**outputs)
