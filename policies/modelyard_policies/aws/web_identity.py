"""Whose tokens a trust policy takes from an OpenID Connect provider.

A provider that many organizations share issues tokens to everybody: the subject alone, or at some the
audience, says whose they are (AWS IAM User Guide, "Identity-provider controls for shared OIDC providers",
2026-11). A cluster of EKS issues tokens to every pod. Of others it isn't known who gets tokens, and any claim
of theirs that is asked for will do.

Where the subject is pinned, the audience needn't be asked for besides: IAM takes tokens for those audiences
only that its provider lists (IAM API Reference, "CreateOpenIDConnectProvider", 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from modelyard_policies.pipelines import GITHUB, GITLAB, PROJECT, REPOSITORY
from modelyard_policies.reading import Statement, any_of


@dataclass(frozen=True, slots=True)
class Issuer:
    """A kind of provider."""

    hosts: re.Pattern[str]
    """What its address looks like, without `https://` and in lower case."""
    subject: re.Pattern[str] | None
    """What a subject starts with that is pinned; None where the audience says whose a token is."""
    pinned_to: str = ""
    """What such a subject is pinned to."""
    also: tuple[str, ...] = ()
    """Other claims that pin it as well."""


ISSUERS: Final = (
    Issuer(GITHUB, REPOSITORY, "a repository", ("repository", "repository_id")),
    Issuer(GITLAB, PROJECT, "a project"),
    Issuer(
        re.compile(r"oidc[.-]eks\..+"),
        re.compile(r"system:serviceaccount:[^*?:]+:."),
        "a namespace",
    ),
    Issuer(re.compile(r"app\.terraform\.io"), re.compile(r"organization:[^*?:]"), "an organization"),
    Issuer(
        re.compile(
            r"agent\.buildkite\.com|oidc\.codefresh\.io|oidc-configuration\.audit-log\.githubusercontent\.com"
            r"|proidc\.upbound\.io|scalr\.io|studio\.datachain\.ai/api|tokens\.cloud\.shisho\.dev"
        ),
        re.compile(r"[^*?]"),
        "an organization",
    ),
    Issuer(
        re.compile(
            r"cognito-identity\.amazonaws\.com|api\.pulumi\.com/oidc|oidc\.vercel\.com|sandboxes\.cloud"
        ),
        None,
    ),
)
"""Providers whose tokens have to be pinned, and how: by AWS's list of those that are shared."""

_PROVIDER: Final = ":oidc-provider/"


def issuers_of(statement: Statement) -> Iterator[str]:
    """Addresses of the OpenID Connect providers that a statement trusts, in lower case. Those of SAML aren't
    among them.
    """
    principal = statement.block.block("Principal")
    for federated in principal.strings("Federated"):
        _, found, address = federated.partition(_PROVIDER)
        if found:
            yield address.lower()
        elif not federated.startswith("arn:") and federated.strip("*"):
            yield federated.lower()


def unpinned(statement: Statement, address: str) -> Iterator[str]:
    """What a statement doesn't ask of the tokens of the provider at `address`, and should."""
    issuer = next((each for each in ISSUERS if each.hosts.fullmatch(address)), None)
    if issuer is None:
        if not statement.is_kept_to(lambda key: key.startswith(f"{address}:")):
            yield f"takes every token of {address}: no claim of it is asked for"
        return
    subject = issuer.subject
    if subject is not None:
        if any_of(
            lambda: statement.is_kept_to(
                f"{address}:sub".__eq__, lambda value: subject.match(value) is not None
            ),
            lambda: statement.is_kept_to(lambda key: key in {f"{address}:{claim}" for claim in issuer.also}),
        ):
            return
        yield f"{address}:sub isn't pinned to {issuer.pinned_to}"
    if not statement.is_kept_to(f"{address}:aud".__eq__):
        yield f"{address}:aud isn't asked for"
