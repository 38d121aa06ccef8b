"""Quotas of a subscription in a sandbox, as Azure's quota service sets them."""

from __future__ import annotations

from modelyard_sandbox.azure.client import AzureCloud

API_VERSION = "2023-02-01"
PATH = (
    "/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/locations/{location}"
    "/providers/Microsoft.Quota/quotas/{family}"
)


def set_quota(cloud: AzureCloud, location: str, family: str, vcpus: int) -> None:
    """Let a subscription's clusters have so many vCPUs of a family in a region.

    A family is one as `Standard NCASv3_T4 Family`; until then there are 100,000 of each. Raises AzureError
    for a family that there is none of.
    """
    path = PATH.format(subscription=cloud.subscription_id, location=location, family=family)
    limit = {"limitObjectType": "LimitValue", "value": vcpus}
    cloud.put(path, API_VERSION, {"properties": {"limit": limit}})
