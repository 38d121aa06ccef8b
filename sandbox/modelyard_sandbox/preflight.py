"""What can be refused before anything is created: types and inputs that the sandbox doesn't know, foreign
accounts.
"""

from __future__ import annotations

from dataclasses import dataclass

from modelyard_policies.graph import Graph
from modelyard_sandbox.errors import UnsupportedError
from modelyard_sandbox.realm import ProviderSettings, Realm


@dataclass(frozen=True, slots=True)
class Planned:
    """What a program asks for, before it is realised."""

    urns: tuple[str, ...]
    """The resources to realise, in the order of registration."""
    labels: dict[str, str]
    """Type and name by URN."""
    providers: dict[str, ProviderSettings]

    def settings_of(self, provider: str | None) -> ProviderSettings | None:
        """The settings of an explicit provider, by its URN or by the engine's reference to it."""
        named = provider or ""
        return self.providers.get(named) or self.providers.get(named.rpartition("::")[0])


def preflight(graph: Graph, realm: Realm) -> Planned:
    """Check what the program asks for against what the sandbox knows.

    Raises:
        UnsupportedError: with every type and input that it doesn't know.
        ImpossibleError: a provider refuses the account.
    """
    problems: list[str] = []
    labels: dict[str, str] = {}
    providers: dict[str, ProviderSettings] = {}
    for node in graph.resources:
        if node.type == f"pulumi:providers:{realm.package}":
            providers[node.urn] = realm.provider(node.properties)
        elif node.custom and not node.type.startswith("pulumi:"):
            labels[node.urn] = f"{node.type} {node.name!r}"
            try:
                realm.handler_of(node.type).check_names(node.properties)
            except UnsupportedError as error:
                problems.append(f"{labels[node.urn]}{f' ({node.source})' if node.source else ''}: {error}")
    if problems:
        raise UnsupportedError("\n".join(problems) + "\n  nothing was created")
    return Planned(tuple(labels), labels, providers)
