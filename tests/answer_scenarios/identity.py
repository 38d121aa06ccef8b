"""Identities from outside: the audiences of an OpenID Connect provider."""

from __future__ import annotations

from documented_refusals.case import Account


def run(account: Account) -> None:
    """Every operation that the sandbox adds for them."""
    iam = account.client("iam")
    arn = iam.create_open_id_connect_provider(Url="https://issuer.example.com", ClientIDList=["first"])[
        "OpenIDConnectProviderArn"
    ]
    one = {"OpenIDConnectProviderArn": arn, "ClientID": "second"}
    iam.add_client_id_to_open_id_connect_provider(**one)
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == [
        "first",
        "second",
    ]
    iam.remove_client_id_from_open_id_connect_provider(**one)
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["first"]
