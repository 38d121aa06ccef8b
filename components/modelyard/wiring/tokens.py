"""The types that components are registered as.

A type is what the cloud's plugin calls it (modelyard.wiring.plugin_host), whether a Python program makes the
component itself or the plugin makes it for a program elsewhere: a stack may turn from one to the other.
"""

from __future__ import annotations

AWS = "modelyard-aws"
"""The plugin that hosts the components for AWS."""

AZURE = "modelyard-azure"
"""The plugin that hosts the components for Azure."""


def token(plugin: str, component: str) -> str:
    """The type of a component, as `modelyard-aws:index:Network`; all of a plugin is in one module."""
    return f"{plugin}:index:{component}"
