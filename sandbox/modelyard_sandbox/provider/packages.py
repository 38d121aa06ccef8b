"""What the protocol's server needs to know of a package of Pulumi: its types, its settings, its cloud."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, Protocol, cast

from modelyard_sandbox.handler import BaseHandler, Inputs, Outputs
from modelyard_sandbox.provider.journal import Journal

PACKAGES = {
    "aws": "modelyard_sandbox.aws.package",
    "azure-native": "modelyard_sandbox.azure.package",
}
"""Where each package that the sandbox stands in for is: a module with an object `PACKAGE`."""


class Place(Protocol):
    """A provider that has been configured: where it works, and what it adds to resources."""

    @property
    def default_tags(self) -> Mapping[str, str]:
        """The provider's own tags, under those of the resource."""
        ...

    @property
    def journal(self) -> Journal:
        """The creations that are under way."""
        ...

    def cloud_of(self, handler: Any, properties: Mapping[str, Any]) -> Any:
        """The cloud as the handler takes it, where a resource with these properties stands."""
        ...

    def defaults(self, handler: Any, inputs: Inputs) -> Inputs:
        """Inputs that the provider's settings give where the program leaves them out."""
        ...

    def moved(self, handler: Any, outputs: Outputs, new: Inputs) -> frozenset[str]:
        """The inputs that say of another place than the one where the resource stands."""
        ...

    def answer(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        """Answer a data source; raises UnsupportedError naming one that the sandbox doesn't have."""
        ...


class Package(Protocol):
    """A package of Pulumi that the sandbox stands in for."""

    name: ClassVar[str]
    """Pulumi's name of the package."""
    settings: ClassVar[frozenset[str]]
    """The provider's settings that the sandbox carries out."""
    ignored: ClassVar[frozenset[str]]
    """Settings that mean nothing in a sandbox."""

    def handler_of(self, type_: str) -> BaseHandler[Any]:
        """The handler of a type; raises UnsupportedError naming the type and the known ones."""
        ...

    def settle(self, settings: Mapping[str, Any]) -> Place:
        """The place that a provider's settings and this process's environment name.

        Raises:
            SurroundingsError: no sandbox runs, or the credentials are not of one.
            UnsupportedError: a setting that the sandbox doesn't know, or one that is missing.
            ImpossibleError: the account isn't among those that the provider allows.
        """
        ...


def package_named(name: str) -> Package:
    """The package of that name, which must be one of `PACKAGES`."""
    return cast("Package", import_module(PACKAGES[name]).PACKAGE)


def version_of(name: str) -> str:
    """The version of the SDK that is installed: the engine looks for the plugin of that version."""
    return importlib.metadata.version(f"pulumi-{name}")


def unknown_settings(package: Package, settings: Mapping[str, Any]) -> list[str]:
    """Settings of a provider that the sandbox doesn't know."""
    return sorted(settings.keys() - package.settings - package.ignored)
