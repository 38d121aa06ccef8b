"""Whom a user-assigned identity trusts: tokens of another issuer (REST reference of Federated Identity
Credentials, 2023-01-31; "Important considerations and restrictions for federated identity credentials",
2026-11).
"""

from __future__ import annotations

import re

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request, conflict
from modelyard_sandbox.azure.manager.identities import API_VERSIONS, IDENTITY
from modelyard_sandbox.azure.manager.kinds import Kind, Naming, Write, envelope
from modelyard_sandbox.azure.manager.shapes import many, record, text
from modelyard_sandbox.azure.manager.store import Body

CREDENTIAL = f"{IDENTITY}/federatedIdentityCredentials"
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,119}")
MOST_OF_ONE_IDENTITY = 20
MOST_CHARACTERS = 600
"""Of an issuer, a subject and an audience."""


class FederatedIdentityCredential(Kind):
    """A federated identity credential."""

    type = CREDENTIAL
    naming = Naming(
        NAME,
        "resource",
        "a federated identity credential's has 3 to 120 letters, digits, hyphens and underscores, "
        "and begins with a letter or a digit",
    )
    api_versions = API_VERSIONS[1:]
    parent_type = IDENTITY
    located = False
    patched = False
    listed_in = frozenset[str]()
    shape = envelope(
        "FederatedIdentityCredential",
        record(
            "FederatedIdentityCredentialProperties",
            {"audiences": many(text()), "issuer": text(), "subject": text()},
            required=("audiences", "issuer", "subject"),
        ),
        required=("properties",),
    )

    @override
    def settle(self, write: Write) -> Body:
        asked = write.properties
        _check(asked)
        assert write.id.parent is not None  # noqa: S101  (a credential lies in an identity)
        others = [
            other for other in write.store.within(write.id.parent, CREDENTIAL) if other.id.key != write.id.key
        ]
        for other in others:
            if all(other.properties[name] == asked[name] for name in ("issuer", "subject")):
                raise conflict(
                    "Conflict", "Issuer and subject combination already exists for this Managed Identity."
                )
        if len(others) >= MOST_OF_ONE_IDENTITY:
            raise bad_request(
                "TooManyFederatedIdentityCredentials",
                f"A user assigned identity has at most {MOST_OF_ONE_IDENTITY} federated identity "
                "credentials.",
            )
        return write.asked


def _check(asked: Body) -> None:
    if len(asked["audiences"]) != 1:
        raise bad_request(
            "InvalidFederatedIdentityCredential",
            f"A federated identity credential has exactly one audience, not {len(asked['audiences'])}.",
            "properties.audiences",
        )
    if not asked["issuer"].startswith("https://"):
        raise bad_request(
            "InvalidFederatedIdentityCredential",
            f"The issuer '{asked['issuer']}' is no URL that begins with https://.",
            "properties.issuer",
        )
    for name, value in (("issuer", asked["issuer"]), ("subject", asked["subject"])):
        if not value or len(value) > MOST_CHARACTERS:
            raise bad_request(
                "InvalidFederatedIdentityCredential",
                f"The {name} must have 1 to {MOST_CHARACTERS} characters.",
                f"properties.{name}",
            )
