"""Names on Azure that must be the same wherever they are worked out.

Storage accounts, key vaults and registries have names that are unique in all of Azure, and the names of some
stay taken after deletion: a vault's for 90 days where purge protection is on, those of a Machine Learning
workspace and of a Log Analytics workspace for 14 (Microsoft, "Azure Key Vault soft-delete overview",
"Recover workspace data while soft deleted", "Delete and recover a Log Analytics workspace", 2026-11). Hence
the end of each: a digest of what the environment is, the same every time, and its generation, which a person
raises to build anew before those days are over.

Lengths and characters: Microsoft, "Naming rules and restrictions for Azure resources", 2020-02-11.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

DIGEST_CHARACTERS = 6
SHORT_NAME_CHARACTERS = 9
"""Characters of the environment's name that stay in names of 24."""

ACCOUNT_WORDS = {"datasets": "data", "checkpoints": "ckpt", "logs": "logs", "workspace": "work"}
"""What stands in the names of storage accounts for what they are for."""

HIGHEST_GENERATION = 999

_RESERVED_ANYWHERE = ("microsoft", "windows")
_RESERVED_AT_THE_START = ("login",)


def reserved_word(environment: str) -> str | None:
    """The word that keeps an environment's name out of the names of what has an address of its own; None
    where Azure takes it.

    Names of accounts and registries leave hyphens out, so `win-dows` is as bad. Other trademarks are refused
    as whole names alone, which none of these is (Microsoft, "Resolve errors for reserved resource names",
    2023-04-05).
    """
    plain = environment.replace("-", "").lower()
    within = (word for word in _RESERVED_ANYWHERE if word in plain)
    first = (word for word in _RESERVED_AT_THE_START if plain.startswith(word))
    return next(iter((*within, *first)), None)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one environment in one region."""

    environment: str
    subscription_id: str
    region: str
    generation: int = 1

    @property
    def digest(self) -> str:
        """Six letters and digits that stand for the environment, its subscription and the region."""
        what = "/".join((self.subscription_id.lower(), self.environment, self.region)).encode()
        return base64.b32encode(hashlib.sha256(what).digest()).decode().lower()[:DIGEST_CHARACTERS]

    @property
    def _end(self) -> str:
        return f"{self.digest}{self.generation}"

    @property
    def _short(self) -> str:
        return self.environment.replace("-", "")[:SHORT_NAME_CHARACTERS]

    @property
    def resource_group(self) -> str:
        """The group that everything of the region lies in (1 to 90 characters)."""
        return f"{self.environment}-{self.region}"

    @property
    def guard_resource_group(self) -> str:
        """The group of what guards the backups, which other people may own."""
        return f"{self.environment}-{self.region}-guard"

    @property
    def vault(self) -> str:
        """The vault of the keys (3 to 24 letters, digits and single hyphens, a letter first)."""
        return f"kv-{self._short}-{self._end}"[:24]

    @property
    def workspace_vault(self) -> str:
        """The vault of what the Machine Learning workspace keeps secret (as `vault`)."""
        return f"ml-{self._short}-{self._end}"[:24]

    def account(self, purpose: str) -> str:
        """The storage account for one purpose (3 to 24 lower-case letters and digits). Raises KeyError."""
        return f"{self._short}{ACCOUNT_WORDS[purpose]}{self._end}"

    @property
    def registry(self) -> str:
        """The container registry (5 to 50 letters and digits)."""
        return f"{self.environment.replace('-', '')}images{self._end}"

    @property
    def workspace(self) -> str:
        """The Machine Learning workspace (3 to 33 characters)."""
        return f"{self.environment}-{self._end}"

    @property
    def log_workspace(self) -> str:
        """The Log Analytics workspace (4 to 63 characters)."""
        return f"{self.environment}-logs-{self._end}"

    @property
    def backup_vault(self) -> str:
        """The backup vault (2 to 50 characters)."""
        return f"{self.environment}-backup-{self._end}"
