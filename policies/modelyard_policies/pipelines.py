"""Who issues tokens to pipelines, and what the subject of such a token looks like.

The first claim of a subject is what counts: a branch or an environment of any name can be made by anybody
(GitHub Docs, "OpenID Connect reference"; GitLab Docs, "OpenID Connect authentication using ID tokens",
2026-11). Owner and repository may carry their ids, as in `repo:acme@123/training@456`.
"""

from __future__ import annotations

import re
from typing import Final

GITHUB: Final = re.compile(
    r"(?:vs)?token\.actions\.(?:githubusercontent\.com|[^/]+\.ghe\.com)(?:/.*)?|.+/_services/token"
)
"""Addresses of GitHub's issuers, without `https://` and in lower case: its own, with or without an enterprise
after it, and those of GitHub Enterprise."""

GITLAB: Final = re.compile(r"gitlab\.com|gitlab\.[^/]+")
"""Addresses of GitLab's, as far as the name says so."""

REPOSITORY: Final = re.compile(r"(?:repo|repository|job_workflow_ref):[^*?/:]+/[^*?/:]|repository_id:\d")
"""How a subject of GitHub's begins that is one repository's."""

PROJECT: Final = re.compile(r"project_path:[^*?/:]+/[^*?/:]")
"""How a subject of GitLab's begins that is one project's."""
