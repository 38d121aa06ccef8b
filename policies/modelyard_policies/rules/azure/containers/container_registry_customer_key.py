"""Registries for classified data encrypt by a customer-managed key.

Azure encrypts every registry by a key of its own anyway. A registry that says by its tag
`data-classification` that its data is public or internal is left at that. A key of one's own takes tier
Premium and an identity, and can only be asked for when a registry is made (Azure Container Registry,
"Overview of customer-managed keys", 2025).
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.types import CONTAINER_REGISTRY
from modelyard_policies.declared import may_be_classified
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="container-registry-customer-key",
    code="CT10",
    title="Container registries for classified data encrypt by a customer-managed key",
    severity=Severity.MEDIUM,
    resources=(CONTAINER_REGISTRY,),
    why=(
        "Images hold code, and often models: without a key of your own nobody can cut off access to them by "
        "the key."
    ),
    mend=(
        "Make the registry in tier Premium with encryption.status enabled, and keyVaultProperties with the "
        "keyIdentifier and the client id of an identity that may use the key."
    ),
    maps_to={"azure_policy": ["5b9159ae-1701-4a6f-9a7a-aa9c8ddd0580"], "mcsb": ["DP-5"]},
    snippet="""\
azure.containerregistry.Registry(
    "training",
    registry_name="acmetraining",
    resource_group_name=group.name,
    sku={"name": "Premium"},
    identity=identity.id.apply(lambda id: {"type": "UserAssigned", "user_assigned_identities": [id]}),
    encryption={
        "status": "enabled",
        "key_vault_properties": {
            "identity": identity.client_id,
            "key_identifier": key_vault.properties.apply(lambda vault: f"{vault.vault_uri}keys/images"),
        },
    },
)
""",
)


@RULE.applies
def may_hold_classified_data(registry: Resource, graph: GraphView) -> bool:
    """A tag may spare it."""
    return may_be_classified(registry, graph)


@RULE.check
def key_is_yours(registry: Resource, graph: GraphView) -> Iterator[Failure]:
    """Unset, encryption is by a key of Azure's."""
    encryption = registry.block("encryption")
    if encryption.text("status").strip().lower() != "enabled":
        yield encryption.failure("status", f"is {encryption.shown('status')}, not enabled")
    elif not encryption.block("keyVaultProperties").has("keyIdentifier"):
        yield encryption.failure("keyVaultProperties.keyIdentifier", "names no key")
