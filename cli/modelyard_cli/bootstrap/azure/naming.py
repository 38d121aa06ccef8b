"""Names of what bootstrap makes on Azure. None is one of an environment's own, which `pulumi up` makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelyard.planning.azure.names import SHORT_NAME_CHARACTERS, Names
from modelyard.planning.azure.roles import assignment_name

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment

CONTAINER = "state"
"""Container of Pulumi's state."""

SECRETS_KEY, STATE_KEY = "pulumi", "state"
"""Keys of the vault: for what Pulumi keeps secret, and for the account of the state."""


@dataclass(frozen=True, slots=True)
class StateNames:
    """The names that belong to one environment."""

    environment: str
    subscription_id: str
    region: str
    """The primary region."""

    @classmethod
    def of(cls, environment: AzureEnvironment) -> StateNames:
        """The names of an environment: another generation of it keeps its state."""
        return cls(environment.name, environment.subscription_id, environment.regions.primary)

    @property
    def _short(self) -> str:
        return self.environment.replace("-", "")[:SHORT_NAME_CHARACTERS]

    @property
    def _digest(self) -> str:
        return Names(self.environment, self.subscription_id, self.region).digest

    @property
    def home(self) -> str:
        """The subscription's resource id."""
        return f"/subscriptions/{self.subscription_id}"

    @property
    def group(self) -> str:
        """Resource group of all of it."""
        return f"modelyard-state-{self.environment}"

    @property
    def group_id(self) -> str:
        """Its resource id."""
        return f"{self.home}/resourceGroups/{self.group}"

    @property
    def account(self) -> str:
        """Storage account of the state (3 to 24 lower-case letters and digits, unique in all of Azure)."""
        return f"state{self._short}{self._digest}"

    @property
    def account_id(self) -> str:
        """Its resource id."""
        return f"{self.group_id}/providers/Microsoft.Storage/storageAccounts/{self.account}"

    @property
    def container_id(self) -> str:
        """Resource id of the container."""
        return f"{self.account_id}/blobServices/default/containers/{CONTAINER}"

    @property
    def vault(self) -> str:
        """Key vault (3 to 24 letters, digits and single hyphens, unique in all of Azure)."""
        return f"st-{self._short}-{self._digest}"

    @property
    def vault_id(self) -> str:
        """Its resource id."""
        return f"{self.group_id}/providers/Microsoft.KeyVault/vaults/{self.vault}"

    @property
    def vault_uri(self) -> str:
        """Its address, in Azure's public cloud."""
        return f"https://{self.vault}.vault.azure.net"

    def key_id(self, key: str) -> str:
        """Resource id of one of its keys."""
        return f"{self.vault_id}/keys/{key}"

    def identity_id(self, identity: str) -> str:
        """Resource id of an identity."""
        return f"{self.group_id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{identity}"

    @property
    def deploy_identity(self) -> str:
        """Identity that workflows run `pulumi up` under."""
        return f"modelyard-deploy-{self.environment}"

    @property
    def state_identity(self) -> str:
        """Identity by which the account uses its key."""
        return f"modelyard-state-{self.environment}"

    @property
    def deploy_role(self) -> str:
        """Name of the deployer's role, unique in the directory."""
        return f"modelyard deploy {self.environment} {self._digest}"

    @property
    def deploy_role_id(self) -> str:
        """Its resource id; its own name is a GUID that is always the same."""
        guid = assignment_name("role definition", self.subscription_id, self.deploy_role)
        return f"{self.home}/providers/Microsoft.Authorization/roleDefinitions/{guid}"

    @property
    def tags(self) -> dict[str, str]:
        """Tags of everything."""
        return {"managed-by": "modelyard-bootstrap", "bootstrap-of": self.environment}
