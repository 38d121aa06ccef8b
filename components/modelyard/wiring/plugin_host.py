"""Serves components to programs in any of Pulumi's languages, as the plugin of one cloud."""

from __future__ import annotations

import importlib.metadata
import inspect
import json
import sys
import typing
from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.component import ComponentProvider

from modelyard.errors import InputError
from modelyard.wiring.wire import args_from_wire, refusal


def serve(plugin: str, components: Sequence[type[pulumi.ComponentResource]]) -> None:
    """Serve components as a plugin (modelyard.wiring.tokens has its name) until the engine ends it.

    A component takes (name, args, opts) with `args` a TypedDict, and is registered as token() says.
    """
    main(PluginHost(plugin, components), sys.argv[1:])


class PluginHost(ComponentProvider):
    """Pulumi's host of components, with a mapping of args of our own (see modelyard.wiring.wire)."""

    def __init__(self, plugin: str, components: Sequence[type[pulumi.ComponentResource]]) -> None:
        super().__init__(list(components), plugin, version=importlib.metadata.version("modelyard"))
        self.schema = json.dumps(_described(json.loads(self.schema or "{}")))

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: pulumi.Inputs,
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Make a component, or refuse its inputs with what is wrong where, and how to mend it.

        Raises InputPropertiesError for inputs that can't be used; the engine shows it without a traceback.
        """
        kind = resource_type.rpartition(":")[2]
        if resource_type != f"{self._name}:index:{kind}" or kind not in self._components:
            known = ", ".join(sorted(self._components))
            raise InputPropertiesError(f"{self._name} has no component {resource_type}; it has {known}", [])
        component: Any = self._components[kind]
        shape = typing.get_type_hints(component.__init__)["args"]
        args = args_from_wire(name, inputs, shape)
        try:
            made = component(name, args, options)
        except InputError as error:
            raise refusal(name, error, shape) from error
        return ConstructResult(made.urn, self.get_state(made, self._component_defs[kind]))


def _described(part: Any) -> Any:
    """A schema whose descriptions have lost the indentation of their docstrings, which Markdown would see."""
    if isinstance(part, list):
        return [_described(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        key: inspect.cleandoc(value) if key == "description" and isinstance(value, str) else _described(value)
        for key, value in part.items()
        if value is not None
    }
