"""How resources are created for real while a program runs: the side that the engine asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ResourceOptions:
    """The options of a resource that matter to whoever creates, replaces and deletes it."""

    delete_before_replace: bool | None = None
    """None: as the provider finds that old and new can or can't stand side by side."""
    retain_on_delete: bool = False
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    """Paths whose changes replace the resource."""
    deleted_with: str | None = None
    """URN of the resource whose deletion takes this one along."""
    import_id: str | None = None
    """Id of what stands already and is taken over."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A resource that the program asks for, once everything that it depends on exists."""

    urn: str
    type: str
    name: str
    custom: bool
    parent: str | None
    """URN of the parent."""
    inputs: dict[str, Any]
    """Pulumi's camelCase inputs as plain values: resolved, secrets unwrapped, as a provider gets them."""
    dependencies: tuple[str, ...]
    """URNs of all that it depends on, sorted."""
    property_dependencies: dict[str, tuple[str, ...]]
    """URNs that each input was made from, sorted."""
    protect: bool
    provider: str | None
    """URN of the explicit provider; none for the default one."""
    region: str | None
    """Region that it goes to: its own input, its provider's, or the configuration's."""
    source: str | None
    """Line of the user's program, as `stacks/__main__.py:12`."""
    opts: ResourceOptions = field(default_factory=ResourceOptions)


@dataclass(frozen=True, slots=True)
class Realized:
    """What exists now: its id, and its outputs in Pulumi's camelCase."""

    id: str
    outputs: dict[str, Any]


class Realizer(Protocol):
    """Creates and reads resources, answers data sources. What it raises ends the run, as it was raised.

    Only custom resources come here: components and providers exist in the program alone.
    """

    def register(self, registration: Registration) -> Realized:
        """Create the resource, or bring it to these inputs."""
        ...

    def invoke(self, token: str, args: dict[str, Any], region: str | None) -> dict[str, Any]:
        """Answer a data source, as `aws:index/getCallerIdentity:getCallerIdentity`."""
        ...

    def read(self, type: str, name: str, id: str, inputs: dict[str, Any]) -> Realized:  # noqa: A002
        """Read a resource that exists already, for the program's `Type.get(name, id)`."""
        ...
