"""Compute clusters of Azure Machine Learning: their names, their limits, and what a workspace with a
customer's key makes beside them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from modelyard.catalog.azure.limits import Limit, cluster_node_limit
from modelyard.catalog.fact import Fact

COMPUTE_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{1,14}[a-zA-Z0-9]")
"""Names that a compute may have: 3 to 16 letters, digits and hyphens, the first a letter. Microsoft states 2
to 16 in "Naming rules and restrictions for Azure resources" (2020-02-11) and 3 to 24 in "Manage and increase
quotas" (2026-01-27); these are within both."""

WORKSPACE_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}")
"""Names that a workspace may have (Azure/azure-rest-api-specs, machinelearningservices 2025-12-01)."""

REGISTRY_NAME = re.compile(r"[a-zA-Z0-9]{5,50}")
"""Names that a container registry may have ("Naming rules and restrictions", 2020-02-11)."""

POOL_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?")
"""Names that a pool may have; the compute's name begins with as much of it as fits."""

DATASTORE_NAME = re.compile(r"[a-zA-Z0-9_]{1,255}")
"""Names that a datastore may have: what both its API (2025-12-01) and the studio take."""

OWN_DATASTORES = (
    "workspaceblobstore",
    "workspacefilestore",
    "workspaceworkingdirectory",
    "workspaceartifactstore",
)
"""Datastores that every workspace has already, in its own storage account."""

IMAGE_BUILD = "image-build"
"""The pool that the workspace builds images on."""

BUILD_SIZE = "Standard_D4ds_v5"
"""Size of machines that build images unless said otherwise."""

LONGEST_NAME = 16
DIGEST_CHARACTERS = 4


def compute_name(pool: str, size: str, *, low_priority: bool = False, generation: int = 1) -> str:
    """What the compute of a pool is called: the pool, and four characters for what can't be changed in place.

    A compute that was deleted and made again under its name has been seen to keep its old size
    (Azure/azure-rest-api-specs#18889), so another size is another name. `generation` is raised by a person to
    have a new one.
    """
    what = "/".join((pool, size.lower(), "low" if low_priority else "dedicated", str(generation)))
    digest = hashlib.sha256(what.encode()).hexdigest()[:DIGEST_CHARACTERS]
    return f"{pool[: LONGEST_NAME - DIGEST_CHARACTERS - 1].rstrip('-')}-{digest}"


def node_limit(size: str, max_nodes_per_job: int) -> Limit:
    """How many nodes a pool may have by Microsoft's limits: `default`, or `raisable_to` on request.

    Where jobs span nodes these must be able to talk to each other, and with InfiniBand all of them lie in
    one placement group: 100, which nobody raises. Raises UnknownSize if the catalog doesn't know the size.
    """
    return cluster_node_limit(size, communicating=max_nodes_per_job > 1)


def idle_duration(minutes: int) -> str:
    """Minutes as the ISO 8601 duration that Azure answers with, so nothing changes: PT5M, PT1H30M, P1D."""
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    time = (f"{hours}H" if hours else "") + (f"{left}M" if left else "")
    if not days and not time:
        return "PT0S"
    return "P" + (f"{days}D" if days else "") + (f"T{time}" if time else "")


COSMOS_DB_APPLICATION_ID = "a232010e-820c-4083-83bb-3ace5fc29d0b"
"""Application of Azure Cosmos DB, in every tenant but Azure Government's. Roles are given to the principal
that it has in one's own tenant: `az ad sp show --id a232010e-820c-4083-83bb-3ace5fc29d0b --query id`
(Microsoft, "Use customer-managed keys with Azure Machine Learning", 2025-02-05)."""

_CONCEPT = 'Microsoft, "Customer-managed keys for Azure Machine Learning"'


@dataclass(frozen=True, slots=True)
class ManagedResource:
    """Something that Azure makes in the subscription for a workspace with a customer's key."""

    service: str
    holds: str
    source: str = _CONCEPT
    as_of: str = "2024-05-21"


CUSTOMER_KEY_RESOURCES = (
    ManagedResource("Azure Cosmos DB", "job history, and metadata of computes and assets"),
    ManagedResource("Azure AI Search", "indexes over that metadata"),
    ManagedResource("Azure Storage", "metadata of pipelines"),
    ManagedResource("Azure Virtual Network", "private connections of these, as the workspace is private"),
)
"""What a workspace with a customer's key makes by itself, in a resource group of its own. Nobody can tag it,
lock it, watch it or make it beforehand: a deny assignment is on it, and no policy of this program sees it. It
counts against the subscription's quotas, and where those are short the workspace can't be made. It stays, and
is paid for, for the 14 days in which a deleted workspace can be recovered, unless that is deleted for good
("Recover workspace data while soft deleted", 2025-10-31)."""

CUSTOMER_KEY_COST = Fact(
    700.0,
    "EUR/month",
    "Azure/Bio-Compliancy#23",
    "2023-12-11",
    "what one organisation paid for them before anything ran; Microsoft states no figure. They are ordinary "
    "items of the bill, outside a budget of the workspace's resource group alone",
)
"""What these cost while they hold next to nothing."""
