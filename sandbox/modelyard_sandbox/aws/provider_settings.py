"""What a program says of pulumi-aws itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from modelyard_sandbox.errors import ImpossibleError, UnsupportedError
from modelyard_sandbox.realm import ProviderSettings

PROVIDER_TYPE = "pulumi:providers:aws"
PROVIDER_INPUTS = frozenset({"allowedAccountIds", "defaultTags", "forbiddenAccountIds", "region"})
# What pulumi-aws sets by itself, and what means nothing without the real cloud.
PROVIDER_IGNORED = frozenset(
    {"__internal", "profile", "skipCredentialsValidation", "skipRegionValidation", "version"}
)


def provider_settings(inputs: Mapping[str, Any], account: str) -> ProviderSettings:
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
