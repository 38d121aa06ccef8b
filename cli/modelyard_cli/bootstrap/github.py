"""Workflows on GitHub, as the identities of either cloud trust them."""

from __future__ import annotations

import re

ISSUER = "token.actions.githubusercontent.com"
"""GitHub's issuer of identities for workflows (GitHub Docs, "OpenID Connect reference", 2026-11)."""

REPOSITORY = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(?::(?P<environment>[^:*?]+))?")
"""A repository and one of its environments. No wildcard: the subject is pinned."""


def subject(environment: str, repository: str) -> str:
    """Subject of a workflow's identity: the repository, and an environment of it, by default of our own name.

    An environment, and not a branch: it can ask for reviews before a workflow gets the identity (GitHub Docs,
    "OpenID Connect reference", 2026-11). Raises ValueError for what is no repository.
    """
    found = REPOSITORY.fullmatch(repository)
    if found is None:
        raise ValueError(f"{repository} is no repository")
    return f"repo:{found['repo']}:environment:{found['environment'] or environment}"
