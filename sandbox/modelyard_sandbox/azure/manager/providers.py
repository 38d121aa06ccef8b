"""Resource providers of a subscription: whether they are registered ("Azure resource providers and types";
REST reference of Providers: Get, List, Register, 2021-04-01; as of 2026-11).

In a subscription of the sandbox those are registered that Azure registers by itself. Another one that is
asked for shows `Registering` once, and is registered the next time one looks, where Azure takes minutes.
What isn't registered can be made all the same: Azure refuses that (`MissingSubscriptionRegistration`).
"""

from __future__ import annotations

from functools import partial

from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Action
from modelyard_sandbox.azure.manager.store import Body, Store

BY_ITSELF = (
    "Microsoft.ADHybridHealthService",
    "Microsoft.Authorization",
    "Microsoft.Billing",
    "Microsoft.Consumption",
    "Microsoft.CostManagement",
    "Microsoft.Features",
    "Microsoft.MarketplaceOrdering",
    "Microsoft.Portal",
    "Microsoft.ResourceGraph",
    "Microsoft.Resources",
    "Microsoft.SerialConsole",
)
"""Those that are registered in every subscription."""
ON_REQUEST = (
    "Microsoft.Batch",
    "Microsoft.Cache",
    "Microsoft.CognitiveServices",
    "Microsoft.Compute",
    "Microsoft.ContainerRegistry",
    "Microsoft.DataProtection",
    "Microsoft.DocumentDB",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.MachineLearningServices",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.Notebooks",
    "Microsoft.OperationalInsights",
    "Microsoft.PolicyInsights",
    "Microsoft.Quota",
    "Microsoft.Search",
    "Microsoft.Security",
    "Microsoft.Storage",
)
"""Those that somebody has to register, as far as the sandbox knows them."""
NAMESPACES = tuple(sorted((*BY_ITSELF, *ON_REQUEST)))


def list_providers(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """All of them (Providers: List)."""
    del body
    return 200, {"value": [_shown(store, owner, namespace) for namespace in NAMESPACES]}


def show_provider(namespace: str, store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """One of them (Providers: Get)."""
    del body
    return 200, _shown(store, owner, namespace)


def register(namespace: str, store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """Register one (Providers: Register)."""
    del body
    key = (owner.subscription.name.lower(), namespace)
    if namespace not in BY_ITSELF:
        store.providers.setdefault(key, "Registering")
    answer = _document(owner, namespace, store.providers.get(key, "Registered"))
    return 200, answer


def _shown(store: Store, owner: ResourceId, namespace: str) -> Body:
    key = (owner.subscription.name.lower(), namespace)
    state = "Registered" if namespace in BY_ITSELF else store.providers.get(key, "NotRegistered")
    if state == "Registering":
        store.providers[key] = "Registered"
    return _document(owner, namespace, state)


def _document(owner: ResourceId, namespace: str, state: str) -> Body:
    return {
        "id": f"{owner.subscription.text}/providers/{namespace}",
        "namespace": namespace,
        "registrationPolicy": "RegistrationFree" if namespace in BY_ITSELF else "RegistrationRequired",
        "registrationState": state,
        "resourceTypes": [],
    }


ACTIONS: dict[tuple[str, str], Action] = {
    ("GET", "providers"): list_providers,
    **{("GET", namespace.lower()): partial(show_provider, namespace) for namespace in NAMESPACES},
    **{("POST", f"{namespace.lower()}/register"): partial(register, namespace) for namespace in NAMESPACES},
}
"""What is asked of them."""
