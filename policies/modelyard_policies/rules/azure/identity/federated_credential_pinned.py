"""A federated credential for a pipeline is for one repository, and one branch, tag or environment of it.

Azure compares subjects as they are: one with a wildcard lets nobody in, and is a sign that something else was
meant. Where a credential has an expression instead of a subject, the expression has to name the repository.
Pull requests are refused: theirs is code that nobody has looked at. Credentials for clusters aren't judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.azure.types import FEDERATED_IDENTITY_CREDENTIAL
from modelyard_policies.options import Options, option, words
from modelyard_policies.pipelines import GITHUB, GITLAB
from modelyard_policies.reading import Failure, GraphView, Resource, any_of
from modelyard_policies.rule import Rule, Severity

SUBJECT: Final = re.compile(
    r"repo:(?P<owner>[^*?/:]+)/[^*?/:]+:(?!pull_request$)[^*?]+"
    r"|project_path:(?P<group>[^*?/:]+)/[^*?:]+:ref_type:(?:branch|tag):ref:[^*?]+"
)
"""Subjects of GitHub and of GitLab that are pinned."""

EXPRESSION: Final = re.compile(r"'(?:repo|project_path):(?P<owner>[^*?/:']+)/[^*?/:'][^']*'")
"""What an expression has to compare with."""


@dataclass(frozen=True, slots=True)
class TrustedOwners(Options):
    """Whose repositories may be trusted."""

    rule: ClassVar[str] = "federated-credential-pinned"
    owners: tuple[str, ...] = option(
        words(), (), "Organizations, users or groups whose repositories may be trusted; empty for any"
    )


RULE = Rule(
    id="federated-credential-pinned",
    code="IA9",
    title="Federated credentials for pipelines are pinned to a repository and a branch or environment",
    severity=Severity.HIGH,
    resources=(FEDERATED_IDENTITY_CREDENTIAL,),
    options=TrustedOwners,
    why=(
        "A branch that anybody with write access can push, or a pull request, otherwise acts as the identity "
        "that deploys production."
    ),
    mend=(
        "Set subject to repo:OWNER/REPOSITORY:environment:NAME or to "
        "repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH; "
        "for GitLab, to project_path:GROUP/PROJECT:ref_type:branch:ref:BRANCH."
    ),
    snippet="""\
azure.managedidentity.FederatedIdentityCredential(
    "deploy",
    federated_identity_credential_resource_name="deploy",
    resource_group_name=group.name,
    resource_name_=identity.name,
    issuer="https://token.actions.githubusercontent.com",
    subject="repo:acme/training:environment:prod",
    audiences=["api://AzureADTokenExchange"],
)
""",
    maps_to={
        "checkov": ["CKV_AZURE_249"],
        "azure_policy": ["fd1a8e20-2c4f-4a6c-9354-b58d786d9a1f"],
        "mcsb": ["IM-3"],
    },
)


@RULE.applies
def is_for_a_pipeline(credential: Resource, graph: GraphView) -> bool:
    """Whether its issuer is GitHub or GitLab; of GitLab's own hosts the subject tells."""
    return any_of(
        lambda: _is_of_pipelines(credential.text("issuer")),
        lambda: credential.text("subject").startswith(("repo:", "project_path:")),
    )


@RULE.check
def it_is_for_one_repository(credential: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the subject, or the expression that stands for it."""
    if credential.has("subject") or not credential.has("claimsMatchingExpression"):
        key, found = "subject", SUBJECT.fullmatch(credential.text("subject"))
        fault = f"is {credential.shown('subject')}: no repository with a branch, a tag or an environment"
    else:
        key = "claimsMatchingExpression"
        found = EXPRESSION.search(credential.block(key).text("value"))
        fault = "compares with no repository"
    owners = [owner.lower() for owner in graph.options(TrustedOwners).owners]
    if found is None:
        yield credential.failure(key, fault)
    elif owners and _owner(found) not in owners:
        yield credential.failure(key, f"is of {_owner(found)}, who isn't among the trusted owners")


def _is_of_pipelines(issuer: str) -> bool:
    address = issuer.strip().lower().removeprefix("https://").rstrip("/")
    return GITHUB.fullmatch(address) is not None or GITLAB.fullmatch(address) is not None


def _owner(found: re.Match[str]) -> str:
    """Without the id that may come after it."""
    owner = next(name for name in found.groupdict().values() if name is not None)
    return owner.partition("@")[0].lower()
