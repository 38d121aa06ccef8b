"""What can be wrong with the args of a GpuCluster on Azure, but for its pools."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modelyard.azure.encryption_problems import VAULT_NAME
from modelyard.azure.gpu_cluster_args import PRINCIPAL_KINDS, GpuClusterArgs, PrincipalArgs
from modelyard.azure.pool_problems import plain_region, scale_problems, size_problems
from modelyard.azure.subscriptions import GUID, subscription_problems, tenant_problems
from modelyard.catalog.azure.regions import region
from modelyard.catalog.azure.sizes import size
from modelyard.catalog.unknown import UnknownRegion
from modelyard.errors import Problem
from modelyard.planning.azure.clusters import (
    BUILD_SIZE,
    DATASTORE_NAME,
    OWN_DATASTORES,
    POOL_NAME,
    REGISTRY_NAME,
    WORKSPACE_NAME,
)
from modelyard.planning.azure.network import ZONES

VERSIONED_KEY = re.compile(r"https://[^/]+/keys/[^/]+/[0-9a-fA-F]{32}")
"""Address of a key with its version (Azure Key Vault, "Azure Key Vault keys, secrets and certificates
overview", 2026-11)."""

UNVERSIONED_KEY = re.compile(r"https://[^/]+/keys/[^/]+/?")

MOST_RETENTION_DAYS = 365
"""Most days for untagged images (Azure Container Registry, "Set a retention policy for untagged manifests",
2026-11)."""

OWN_REGISTRY = ("registry_key_uri", "registry_identity_id", "registry_identity_client_id")
"""What a registry that is made needs."""

NEEDED_ZONES = (*ZONES["registry"], *ZONES["vault"], *ZONES["amlworkspace"])

_NAMES = {
    "environment": (
        POOL_NAME,
        "names at Azure begin with it, and some of those would be refused",
        "1 to 20 lower-case letters, digits and hyphens, a letter first and no hyphen at the end",
        "training-dev",
    ),
    "workspace_name": (
        WORKSPACE_NAME,
        "Azure refuses a workspace of this name",
        "3 to 33 letters, digits, hyphens and underscores, the first a letter or digit",
        "training-dev-01",
    ),
    "registry_name": (
        REGISTRY_NAME,
        "Azure refuses a registry of this name",
        "5 to 50 letters and digits",
        "trainingdevimages01, unique in all of Azure",
    ),
    "vault_name": (
        VAULT_NAME,
        "Azure refuses a vault of this name",
        "3 to 24 letters, digits and single hyphens, the first a letter, the last no hyphen",
        "ml-training-dev-01, unique in all of Azure",
    ),
}
"""For each name its pattern, what is wrong with one that isn't so, what is allowed, and an example."""


def cluster_problems(name: str, args: GpuClusterArgs) -> Iterator[Problem]:
    """Every problem of the args; `name` is the component's. What is an output is not judged."""
    yield from _names(name, args)
    yield from subscription_problems(f"{name}.subscription_id", args["subscription_id"])
    yield from tenant_problems(f"{name}.tenant_id", args["tenant_id"])
    yield from _region(f"{name}.location", args["location"], plain_region(args["location"]))
    yield from _zones(name, args["dns_zone_ids"])
    yield from _registry(name, args)
    yield from _customer_key(name, args)
    yield from _build(name, args)
    for called in args.get("datastores", {}):
        yield from _datastore(f"{name}.datastores.{called}", called)
    yield from _people(f"{name}.submitters", args.get("submitters", []))
    yield from _people(f"{name}.importers", args.get("importers", []))


def _names(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    for field, (pattern, message, allowed, example) in _NAMES.items():
        if not pattern.fullmatch(args[field]):
            yield Problem(
                f"{name}.{field}", repr(args[field]), message, allowed, f"write another, as {example}"
            )


def _zones(name: str, zone_ids: Any) -> Iterator[Problem]:
    if not isinstance(zone_ids, Mapping):  # an output is not known here
        return
    missing = [zone for zone in NEEDED_ZONES if zone not in zone_ids]
    if missing:
        yield Problem(
            field=f"{name}.dns_zone_ids",
            given=", ".join(sorted(map(str, zone_ids))) or "none",
            message=f"names of private endpoints lie in {', '.join(missing)}, whose ids are missing",
            allowed=f"the ids of {', '.join(NEEDED_ZONES)}",
            mend="give the ids of the network's private DNS zones",
        )


def _registry(name: str, args: GpuClusterArgs) -> Iterator[Problem]:
    days = args.get("registry_retention_days", 0)
    if isinstance(days, int) and not 0 <= days <= MOST_RETENTION_DAYS:
        yield Problem(
            field=f"{name}.registry_retention_days",
            given=str(days),
            message="the registry keeps images without a tag no longer",
            allowed=f"0 to {MOST_RETENTION_DAYS}",
            mend="write fewer days, and give images that are to stay a tag",
        )
    yield from _own_or_shared(name, args)
    uri = args.get("registry_key_uri")
    if isinstance(uri, str) and not UNVERSIONED_KEY.fullmatch(uri):
        yield Problem(
            field=f"{name}.registry_key_uri",
            given=repr(uri),
            message="the registry would stay with one version of its key, or find none",
            allowed="the key's address without a version, as https://NAME.vault.azure.net/keys/registry",
            mend="leave the version out: rotations are then followed",
        )
    yield from _replicas(f"{name}.replica_locations", args)


def _own_or_shared(name: str, args: GpuClusterArgs) -> Iterator[Problem]:
    """A registry that is made needs its key; one that is shared is as its own cluster has made it."""
    if "shared_registry" not in args:
        for field in OWN_REGISTRY:
            if field not in args:
                yield Problem(
                    field=f"{name}.{field}",
                    given="nothing",
                    message="the registry's images are encrypted with a customer's key",
                    allowed="the key's address, and the two ids of the identity that uses it",
                    mend=f"add {field!r} to args, or share another cluster's registry by 'shared_registry'",
                )
        return
    for field in (*OWN_REGISTRY, "registry_retention_days", "replica_locations", "zone_redundant"):
        if field in args:
            yield Problem(
                field=f"{name}.{field}",
                given="a value beside shared_registry",
                message="a shared registry is as the cluster has made it that it belongs to",
                allowed="nothing, with shared_registry",
                mend="leave it out, or give it to that cluster",
            )


def _replicas(field: str, args: GpuClusterArgs) -> Iterator[Problem]:
    seen = [plain_region(args["location"])]
    for location in args.get("replica_locations", []):
        yield from _region(field, location, location)
        if location in seen:
            yield Problem(
                field=field,
                given=location,
                message="the registry has its images in this region already",
                allowed="each other region once",
                mend="leave it out",
            )
        seen.append(location)


def _region(field: str, given: Any, name: str | None) -> Iterator[Problem]:
    if name is None:  # becomes known later
        return
    try:
        region(name)
    except UnknownRegion as error:
        yield Problem(
            field=field,
            given=repr(given),
            message="the catalog doesn't know this region",
            allowed=", ".join(error.nearest) or "a region of the catalog",
            mend=f"did you mean {error.nearest[0]}?" if error.nearest else "name a region of the catalog",
        )


def _customer_key(name: str, args: GpuClusterArgs) -> Iterator[Problem]:
    key = args.get("customer_key")
    if key is None:
        return
    uri, vault = key["key_uri"], key["key_vault_id"]
    if isinstance(uri, str) and not VERSIONED_KEY.fullmatch(uri):
        yield Problem(
            field=f"{name}.customer_key.key_uri",
            given=repr(uri),
            message="a workspace takes one version of a key",
            allowed="the key's address with its version, as https://NAME.vault.azure.net/keys/NAME/VERSION",
            mend="take it from `az keyvault key show`, or from the key's output key_uri_with_version",
        )
    if isinstance(vault, str):
        yield from _key_vault(f"{name}.customer_key", vault, uri, args["subscription_id"])


def _key_vault(field: str, vault: str, uri: Any, subscription_id: str) -> Iterator[Problem]:
    called = vault.rpartition("/")[2]
    if not vault.lower().startswith(f"/subscriptions/{subscription_id}/".lower()):
        yield Problem(
            field=f"{field}.key_vault_id",
            given=vault,
            message="the vault of a workspace's key is in the subscription of the workspace",
            allowed=f"a vault of the subscription {subscription_id}",
            mend="make a vault for the key there",
        )
    elif isinstance(uri, str) and not uri.lower().startswith(f"https://{called}.".lower()):
        yield Problem(
            field=f"{field}.key_uri",
            given=repr(uri),
            message="this is a key of another vault than key_vault_id names",
            allowed=f"a key of {called}",
            mend="give the key and the vault that it is in",
        )


def _build(name: str, args: GpuClusterArgs) -> Iterator[Problem]:
    build, field = args.get("image_build", {}), f"{name}.image_build"
    named = build.get("size", BUILD_SIZE)
    if problems := list(size_problems(f"{field}.size", named, args["location"])):
        yield from problems
    elif size(named).kind != "cpu":
        yield Problem(
            field=f"{field}.size",
            given=repr(named),
            message="building an image uses no accelerator, which would be paid for all the same",
            allowed="a size without accelerators",
            mend=f"write {BUILD_SIZE}",
        )
    yield from scale_problems(field, build)


def _datastore(field: str, called: str) -> Iterator[Problem]:
    if not DATASTORE_NAME.fullmatch(called):
        message, allowed = "a datastore can't be called so", "1 to 255 letters, digits and underscores"
        yield Problem(field, repr(called), message, allowed, "write another name, as datasets")
    if called in OWN_DATASTORES:
        message = "every workspace has a datastore of this name, in its own account"
        yield Problem(
            field, repr(called), message, f"none of {', '.join(OWN_DATASTORES)}", "write another name"
        )


def _people(field: str, people: list[PrincipalArgs]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, person in enumerate(people):
        if not GUID.fullmatch(person["principal_id"]):
            yield Problem(
                field=f"{field}[{index}].principal_id",
                given=repr(person["principal_id"]),
                message="roles are given to somebody by the object id",
                allowed="an object id of Microsoft Entra, as 00000000-0000-0000-0000-000000000000",
                mend="take it from `az ad user show`, `az ad group show` or `az ad sp show`",
            )
        if person["kind"] not in PRINCIPAL_KINDS:
            yield Problem(
                field=f"{field}[{index}].kind",
                given=repr(person["kind"]),
                message="Azure knows no such kind of principal, or gives it no roles here",
                allowed=", ".join(PRINCIPAL_KINDS),
                mend="name one of these",
            )
        if person["principal_id"].lower() in seen:
            message, allowed = "a role is given to somebody once", "each principal once"
            yield Problem(
                f"{field}[{index}].principal_id", person["principal_id"], message, allowed, "leave it out"
            )
        seen.add(person["principal_id"].lower())
