"""What can be refused before anything is created: types and inputs that the sandbox doesn't know, foreign
accounts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from modelyard_policies.graph import Graph
from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.errors import ImpossibleError, UnsupportedError

PROVIDER_TYPE = "pulumi:providers:aws"
PROVIDER_INPUTS = frozenset({"allowedAccountIds", "defaultTags", "forbiddenAccountIds", "region"})
# What pulumi-aws sets by itself, and what means nothing without the real cloud.
PROVIDER_IGNORED = frozenset(
    {"__internal", "profile", "skipCredentialsValidation", "skipRegionValidation", "version"}
)


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What an explicit provider adds to its resources."""

    default_tags: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Planned:
    """What a program asks for, before it is realised."""

    urns: tuple[str, ...]
    """The resources to realise, in the order of registration."""
    labels: dict[str, str]
    """Type and name by URN."""
    providers: dict[str, ProviderSettings]


def preflight(graph: Graph, cloud: Cloud) -> Planned:
    """Check what the program asks for against what the sandbox knows.

    Raises:
        UnsupportedError: with every type and input that it doesn't know.
        ImpossibleError: a provider refuses the account.
    """
    problems: list[str] = []
    labels: dict[str, str] = {}
    providers: dict[str, ProviderSettings] = {}
    for node in graph.resources:
        if node.type == PROVIDER_TYPE:
            providers[node.urn] = check_provider(node.properties, cloud)
        elif node.custom and not node.type.startswith("pulumi:"):
            labels[node.urn] = f"{node.type} {node.name!r}"
            try:
                handler_of(node.type).check_names(node.properties)
            except UnsupportedError as error:
                problems.append(f"{labels[node.urn]}{f' ({node.source})' if node.source else ''}: {error}")
    if problems:
        raise UnsupportedError("\n".join(problems) + "\n  nothing was created")
    return Planned(tuple(labels), labels, providers)


def check_provider(inputs: dict[str, Any], cloud: Cloud) -> ProviderSettings:
    """A provider's settings for the account that the cloud says it is; raises as `provider_settings`."""
    return provider_settings(inputs, cloud.call("sts", "GetCallerIdentity")["Account"])


def provider_settings(inputs: dict[str, Any], account: str) -> ProviderSettings:
    """A provider's settings; it refuses an account that it isn't meant for, as the real one does.

    Raises:
        UnsupportedError: an input that the sandbox doesn't know.
        ImpossibleError: the account isn't among those allowed.
    """
    # On the wire a provider's inputs that aren't strings are JSON.
    given = {name: _plain(value) for name, value in inputs.items() if name not in PROVIDER_IGNORED}
    if unknown := given.keys() - PROVIDER_INPUTS:
        raise UnsupportedError.unknown_input(PROVIDER_TYPE, unknown, PROVIDER_INPUTS)
    allowed = given.get("allowedAccountIds")
    if allowed and account not in allowed:
        raise ImpossibleError(
            f"the provider allows the accounts {', '.join(allowed)} only, "
            f"and the credentials are of {account}\n"
            "  nothing was created\n"
            "  mend: the environment's account_id and the provider's allowed accounts must agree; "
            'under `pulumi`, eval "$(modelyard sandbox env ENV)" sets credentials of the account of ENV'
        )
    if account in (given.get("forbiddenAccountIds") or []):
        raise ImpossibleError(f"the provider forbids the account {account}\n  nothing was created")
    return ProviderSettings((given.get("defaultTags") or {}).get("tags") or {})


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        return json.loads(value)
    return value
