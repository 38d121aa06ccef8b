"""Key vaults and managed HSMs are closed to networks that nobody named, and those that are named come in
privately.

Unset, the public endpoint is on and its firewall lets every network in (Azure Key Vault, "Network security",
2025). A vault whose public endpoint is off, or whose firewall names nobody, is private as it is: Azure's own
services, which encrypt under its keys, reach it as trusted ones. Where a firewall names networks, clients
come in by the public endpoint, and a private endpoint is what they should use. That every vault has one can
be asked for by an option; one that stands in another stack is for a suppression.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.azure.private_endpoints import has_private_endpoint
from modelyard_policies.azure.public_access import is_closed, lets_networks_in, openings
from modelyard_policies.azure.types import KEY_VAULT, MANAGED_HSM, PRIVATE_ENDPOINT
from modelyard_policies.azure.vaults import is_being_recovered, settings
from modelyard_policies.options import Options, choice, option
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, any_of, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class PrivateVaults(Options):
    """Which vaults need a private endpoint."""

    rule: ClassVar[str] = "key-vault-private"
    endpoint: str = option(
        choice("where-networks-come-in", "always"),
        "where-networks-come-in",
        "Whether each vault needs a private endpoint, or only one whose firewall names networks",
    )


RULE = Rule(
    id="key-vault-private",
    code="EN9",
    title="Key vaults are closed to networks that nobody named",
    severity=Severity.HIGH,
    resources=(KEY_VAULT, MANAGED_HSM),
    reads=(PRIVATE_ENDPOINT,),
    options=PrivateVaults,
    why=(
        "With an open endpoint a leaked token is enough to use the keys and read the secrets, from anywhere "
        "in the world."
    ),
    mend=(
        "Set publicNetworkAccess to Disabled and networkAcls.defaultAction to Deny, and add a "
        "PrivateEndpoint with groupIds vault for machines that use the vault."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_189", "CKV_AZURE_109", "CKV2_AZURE_32"],
        "cis_azure": ["3.3.7"],
        "azure_policy": [
            "405c5871-3e91-4644-8a63-58e19d68ff5b",
            "a6abeaec-4d90-4a02-805f-6b26c4d3fbe9",
            "55615ac9-af46-4a59-874e-391cc3dfb490",
            "19ea9d63-adee-4431-a95e-1913c6c1c75f",
            "59fee2f4-d439-4f1b-9b9a-982e1474bfd8",
        ],
        "mcsb": ["NS-2"],
    },
    snippet="""\
private = azure.keyvault.Vault(
    "keys",
    vault_name="acme-keys",
    resource_group_name=group.name,
    properties={
        "tenant_id": "00000000-0000-0000-0000-000000000000",
        "sku": {"family": "A", "name": "premium"},
        "public_network_access": "Disabled",
        "network_acls": {"bypass": "AzureServices", "default_action": "Deny"},
    },
)
azure.network.PrivateEndpoint(
    "keys",
    resource_group_name=group.name,
    subnet={"id": network_subnet.id},
    private_link_service_connections=[
        {"name": "vault", "private_link_service_id": private.id, "group_ids": ["vault"]}
    ],
)
""",
)

FIREWALL = "networkAcls"
GROUPS = ("vault", "managedhsm")
"""Part of a vault, or of an HSM, that an endpoint is for; there is no other."""


@RULE.applies
def says_how_it_is_made(vault: Resource, graph: GraphView) -> bool:
    """One that is brought back keeps what it had."""
    return not is_being_recovered(vault)


@RULE.check
def nobody_comes_in_uninvited(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    """A vault that is open as a whole is judged for that first."""
    always = graph.options(PrivateVaults).endpoint == "always"

    def is_kept_to_some(vault: Resource) -> Iterator[Failure]:
        yield from openings(settings(vault), FIREWALL, "value")

    def comes_in_privately(vault: Resource) -> Iterator[Failure]:
        if any_of(lambda: always, lambda: _networks_come_in(vault)) and not has_private_endpoint(
            vault, graph, *GROUPS
        ):
            yield vault.failure("", "no private endpoint leads to this vault")

    yield from each((is_kept_to_some, comes_in_privately), lambda check: check(vault))


def _networks_come_in(vault: Resource) -> bool:
    """Whether the firewall names networks, and the endpoint that it stands before is on."""
    return all_of(lambda: not is_closed(settings(vault)), lambda: lets_networks_in(settings(vault), FIREWALL))
