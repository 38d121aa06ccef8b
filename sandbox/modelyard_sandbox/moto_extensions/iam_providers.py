"""IAM: the audiences of an OpenID Connect provider, which moto keeps and doesn't let change.

Source: IAM API reference, AddClientIDToOpenIDConnectProvider and RemoveClientIDFromOpenIDConnectProvider;
IAM user guide, quotas (100 audiences a provider); 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import EmptyResult
from moto.iam.exceptions import LimitExceededException
from moto.iam.responses import IamResponse

from modelyard_sandbox.moto_extensions.operations import add_operations

AUDIENCES_MAX = 100


def install() -> None:
    """Add the operations to moto's."""
    add_operations(
        IamResponse,
        add_client_id_to_open_id_connect_provider,
        remove_client_id_from_open_id_connect_provider,
    )


def add_client_id_to_open_id_connect_provider(self: Any) -> EmptyResult:
    """AddClientIDToOpenIDConnectProvider: one that is there already is no error."""
    audiences, audience = _audiences(self), self._get_param("ClientID")
    if audience not in audiences:
        if len(audiences) >= AUDIENCES_MAX:
            raise LimitExceededException(
                f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {AUDIENCES_MAX}"
            )
        audiences.append(audience)
    return EmptyResult()


def remove_client_id_from_open_id_connect_provider(self: Any) -> EmptyResult:
    """RemoveClientIDFromOpenIDConnectProvider: one that isn't there is no error."""
    audiences, audience = _audiences(self), self._get_param("ClientID")
    if audience in audiences:
        audiences.remove(audience)
    return EmptyResult()


def _audiences(self: Any) -> list[str]:
    provider = self.backend.get_open_id_connect_provider(self._get_param("OpenIDConnectProviderArn"))
    return provider.client_id_list
