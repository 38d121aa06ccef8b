"""The clouds that the sandbox plays: which of them a run is on, and an account there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from modelyard_sandbox.realm import Realm
from modelyard_sandbox.record import ServerRecord

if TYPE_CHECKING:
    from modelyard_sandbox.sandbox import Sandbox

CloudName = Literal["aws", "azure"]


@dataclass(frozen=True, slots=True)
class Account:
    """Where a program's resources go."""

    cloud: CloudName
    id: str
    """The id of an account of AWS, or of a subscription of Azure."""
    region: str
    """The region, or the location, of what names none."""
    tenant_id: str = ""
    """Azure's directory; empty: the sandbox's own."""
    generation: int | None = None
    """The generation of an environment on Azure."""

    @property
    def config(self) -> Mapping[str, str]:
        """The configuration of Pulumi's default provider."""
        if self.cloud == "aws":
            return {"aws:region": self.region}
        named = {"location": self.region, "subscriptionId": self.id, "tenantId": self.tenant_id}
        return {f"azure-native:{name}": value for name, value in named.items() if value}


def azure_variables(record: ServerRecord, subscription_id: str, tenant_id: str = "") -> dict[str, str]:
    """Variables that send what works on Azure to a sandbox, as a subscription; without a directory in the
    sandbox's own. That of blobs is among them while somebody serves them.
    """
    from modelyard_sandbox.azure.manager.subscriptions import TENANT_ID

    variables = {
        "ARM_SUBSCRIPTION_ID": subscription_id,
        "ARM_TENANT_ID": tenant_id or TENANT_ID,
        "MODELYARD_ARM_ENDPOINT": record.azure_endpoint,
    }
    return variables | ({"MODELYARD_BLOB_ENDPOINT": record.blob_endpoint} if record.blob_endpoint else {})


def realm_of(account: Account, sandbox: Sandbox) -> Realm:
    """The account in a sandbox whose server runs; raises SurroundingsError if none does."""
    # A cloud's types are loaded for who works on it alone.
    if account.cloud == "aws":
        from modelyard_sandbox.aws.realm import AwsRealm

        return AwsRealm(sandbox.cloud(account.region, account.id))
    from modelyard_sandbox.azure.client import AzureCloud
    from modelyard_sandbox.azure.manager.subscriptions import CLIENT_ID, TENANT_ID
    from modelyard_sandbox.azure.package import AzurePlace
    from modelyard_sandbox.azure.realm import AzureRealm
    from modelyard_sandbox.provider.surroundings import journal_of

    place = AzurePlace(
        cloud=AzureCloud(sandbox.must_run().azure_endpoint, account.id),
        journal=journal_of(sandbox),
        location=account.region,
        tenant_id=account.tenant_id or TENANT_ID,
        client_id=CLIENT_ID,
        default_tags={},
    )
    return AzureRealm(place, account.generation)
