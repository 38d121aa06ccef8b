import pytest

from modelyard_policies.azure.types import FEDERATED_IDENTITY_CREDENTIAL
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.identity.federated_credential_pinned import TrustedOwners

GITHUB = "https://token.actions.githubusercontent.com"
GITLAB = "https://gitlab.com"
BRANCH = "repo:acme/training:ref:refs/heads/main"


def credential(subject, issuer=GITHUB, **more):
    found = {"issuer": issuer, "subject": subject, **more}
    properties = {key: value for key, value in found.items() if value is not None}
    return {"it": (FEDERATED_IDENTITY_CREDENTIAL, properties)}


def loose(subject):
    return f"it: subject: is {subject}: no repository with a branch, a tag or an environment"


def expression(value):
    return credential(None, claimsMatchingExpression={"value": value, "languageVersion": 1})


CASES = {
    "bad": {
        "nothing": (credential(None), loose("unset")),
        "any repository": (credential("repo:*"), loose("repo:*")),
        "any repository of an owner": (credential("repo:acme/*:*"), loose("repo:acme/*:*")),
        "a repository alone": (credential("repo:acme/training"), loose("repo:acme/training")),
        "any branch": (
            credential("repo:acme/training:ref:refs/heads/*"),
            loose("repo:acme/training:ref:refs/heads/*"),
        ),
        "pull requests": (
            credential("repo:acme/training:pull_request"),
            loose("repo:acme/training:pull_request"),
        ),
        "an environment of anybody's": (credential("environment:prod"), loose("environment:prod")),
        "any branch of a project": (
            credential("project_path:acme/training:ref_type:branch:ref:*", GITLAB),
            loose("project_path:acme/training:ref_type:branch:ref:*"),
        ),
        "a project, on a host of its own": (
            credential("project_path:acme/training", "https://git.acme.com"),
            loose("project_path:acme/training"),
        ),
        "an expression for any repository": (
            expression("claims['sub'] matches 'repo:acme/*'"),
            "it: claimsMatchingExpression: compares with no repository",
        ),
    },
    "good": {
        "a branch": (credential(BRANCH),),
        "a branch, by an enterprise": (credential(BRANCH, f"{GITHUB}/acme"),),
        "a tag": (credential("repo:acme/training:ref:refs/tags/v1"),),
        "an environment, with ids": (credential("repo:acme@12/training@34:environment:prod"),),
        "a branch of a project": (
            credential("project_path:acme/ml/training:ref_type:branch:ref:main", GITLAB),
        ),
        "an expression for a repository": (
            expression("claims['sub'] matches 'repo:acme/training:ref:refs/heads/*'"),
        ),
    },
    "unknown": {
        "a subject that isn't known": (
            credential(UNKNOWN),
            "it: subject: can't be judged: not known before the deployment",
        ),
        "neither subject nor issuer": (
            credential(UNKNOWN, UNKNOWN),
            "it: issuer: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a cluster's": (
            credential(
                "system:serviceaccount:training:runner", "https://westeurope.oic.prod-aks.azure.com/a/"
            ),
        ),
    },
}


def test_verdict(case, check):
    check("IA9", case)


@pytest.mark.parametrize(
    ("resources", "ok"),
    [
        (credential(BRANCH), True),
        (credential("repo:ACME@12/training@34:environment:prod"), True),
        (credential("repo:other/training:environment:prod"), False),
        (credential("project_path:acme/training:ref_type:branch:ref:main", GITLAB), True),
        (expression("claims['sub'] eq 'repo:other/training:environment:prod'"), False),
    ],
)
def test_owners_may_have_to_be_trusted(build, resources, ok):
    options = [TrustedOwners.from_json({"owners": ["Acme"]})]
    report = evaluate(build(resources), all_rules(), select=["IA9"], options=options)
    assert [finding.message for finding in report.findings] == (
        [] if ok else ["is of other, who isn't among the trusted owners"]
    )
