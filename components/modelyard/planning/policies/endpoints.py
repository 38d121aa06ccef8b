"""Policies of interface endpoints."""

from __future__ import annotations

from modelyard.planning.arns import Place
from modelyard.planning.policies.document import document, statement


def own_identities_policy(place: Place, actions: str) -> str:
    """Whoever belongs to the account may do what their own policies let them, and nobody else anything: keys
    of another account, brought along, open no way out of a network that has none to the internet.

    `actions` are all of a service, as `logs:*`. Images of other accounts, as AWS's deep learning containers,
    can still be read: it is the reader who counts.
    """
    return document(
        [
            statement(
                "OwnIdentities",
                [actions],
                principal="*",
                conditions={"StringEquals": {"aws:PrincipalAccount": place.account_id}},
            )
        ]
    )
