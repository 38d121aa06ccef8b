import json

import pytest

from modelyard_policies.aws.types import ROLE, ROLE_POLICY
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules

OPEN = "role: assumeRolePolicy.Statement[0].Principal: lets everyone assume the role"
GITHUB = "token.actions.githubusercontent.com"
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
AUDIENCE = "sts.amazonaws.com"
ROOT = "arn:aws:iam::111122223333:root"
WHOLE = "role: assumeRolePolicy.Statement[0].Principal: lets all of account 111122223333 assume the role"


def role(principal=None, condition=None, action="sts:AssumeRole", **more):
    found = {"Effect": "Allow", "Action": action, "Principal": principal, "Condition": condition, **more}
    statement = {key: value for key, value in found.items() if value is not None}
    return {"role": (ROLE, {"assumeRolePolicy": json.dumps({"Statement": [statement]})})}


def web(issuer, sub=None, aud=AUDIENCE, operator="StringLike", **claims):
    names = {"sub": sub, "aud": aud, **claims}
    wanted = {f"{issuer}:{claim}": value for claim, value in names.items() if value is not None}
    arn = f"arn:aws:iam::111122223333:oidc-provider/{issuer}"
    return role({"Federated": arn}, {operator: wanted} if wanted else None, "sts:AssumeRoleWithWebIdentity")


def loose(text):
    return f"role: assumeRolePolicy.Statement[0].Condition: {text}"


ANY_REPOSITORY = loose(f"{GITHUB}:sub isn't pinned to a repository")

CASES = {
    "bad": {
        "everyone": (role("*"), OPEN),
        "everyone, by a wildcard": (role("*", action="sts:*"), OPEN),
        "everyone of AWS": (role({"AWS": ["arn:aws:iam::1:role/a", "*"]}), OPEN),
        "every service": (role({"Service": "*"}), OPEN),
        "everyone but one": (role(NotPrincipal={"AWS": ROOT}), OPEN),
        "everyone who knows an id": (role("*", {"StringEquals": {"sts:ExternalId": "x"}}), OPEN),
        "an account": (role({"AWS": ROOT}), WHOLE),
        "an account by its id, and a role": (
            role({"AWS": ["111122223333", "arn:aws:iam::111122223333:role/ops"]}),
            WHOLE,
        ),
        "an account, any external id": (
            role({"AWS": ROOT}, {"StringLike": {"sts:ExternalId": "*"}}),
            WHOLE,
        ),
        "an account, all of its roles": (
            role({"AWS": ROOT}, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}),
            WHOLE,
        ),
        "an account of an organization": (
            role({"AWS": ROOT}, {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            WHOLE,
        ),
        "an account, a second factor if there is one": (
            role({"AWS": ROOT}, {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}),
            WHOLE,
        ),
        "any token of GitHub": (
            web(GITHUB, aud=None),
            ANY_REPOSITORY,
            loose(f"{GITHUB}:aud isn't asked for"),
        ),
        "any repository": (web(GITHUB, "repo:*"), ANY_REPOSITORY),
        "any repository of an owner": (web(GITHUB, "repo:acme/*"), ANY_REPOSITORY),
        "any owner that begins so": (web(GITHUB, "repo:acme*/training:*"), ANY_REPOSITORY),
        "an environment of anybody's": (
            web(GITHUB, "environment:prod:repo:acme/a", operator="StringEquals"),
            ANY_REPOSITORY,
        ),
        "one repository, and any": (web(GITHUB, ["repo:acme/training:*", "repo:*"]), ANY_REPOSITORY),
        "a repository, if it is said": (
            web(GITHUB, "repo:acme/training:*", operator="ForAllValues:StringLike"),
            ANY_REPOSITORY,
            loose(f"{GITHUB}:aud isn't asked for"),
        ),
        "any project": (
            web("gitlab.com", "project_path:*"),
            loose("gitlab.com:sub isn't pinned to a project"),
        ),
        "any pod": (
            web(EKS, "system:serviceaccount:*:*"),
            loose(f"{EKS.lower()}:sub isn't pinned to a namespace"),
        ),
        "any visitor": (
            role(
                {"Federated": "cognito-identity.amazonaws.com"},
                {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"}},
            ),
            loose("cognito-identity.amazonaws.com:aud isn't asked for"),
        ),
        "any token of another provider": (
            web("login.example.com", aud=None),
            loose("takes every token of login.example.com: no claim of it is asked for"),
        ),
    },
    "good": {
        "a service": (role({"Service": "ec2.amazonaws.com"}),),
        "a role": (role({"AWS": "arn:aws:iam::111122223333:role/ops"}),),
        "everyone of an organization": (role("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),),
        "an account with an external id": (role({"AWS": ROOT}, {"StringEquals": {"sts:ExternalId": "x"}}),),
        "an account, one of its roles": (
            role({"AWS": ROOT}, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ops-*"}}),
        ),
        "an account, some tag": (role({"AWS": ROOT}, {"StringEquals": {"aws:PrincipalTag/team": "ml"}}),),
        "an account, a second factor": (
            role({"AWS": ROOT}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        ),
        "a branch": (web(GITHUB, "repo:acme/training:ref:refs/heads/main", operator="StringEquals"),),
        "a repository": (web(GITHUB, "repo:acme/training:*"),),
        "a repository, whoever the token is for": (web(GITHUB, "repo:acme/training:*", aud=None),),
        "a service account, whoever the token is for": (
            web(EKS, "system:serviceaccount:training:runner", aud=None),
        ),
        "an account's tags of sessions": (role({"AWS": ROOT}, action=["sts:TagSession"]),),
        "a repository with ids": (web(GITHUB, "repo:acme@123/training@456:environment:prod"),),
        "repositories, one by its id": (web(GITHUB, "repo:acme/*", repository_id="456"),),
        "an enterprise's own": (web(f"{GITHUB}/acme", "repo:acme/training:*"),),
        "a project": (web("gitlab.com", "project_path:acme/training:ref_type:branch:ref:main"),),
        "a service account": (web(EKS, "system:serviceaccount:training:runner", operator="StringEquals"),),
        "a workspace": (web("app.terraform.io", "organization:acme:project:ml:workspace:a:run_phase:*"),),
        "an identity pool": (
            role(
                {"Federated": "cognito-identity.amazonaws.com"},
                {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:1"}},
            ),
        ),
        "another provider": (web("login.example.com"),),
        "SAML": (role({"Federated": "arn:aws:iam::111122223333:saml-provider/a"}),),
        "a denial": (role("*", Effect="Deny"),),
    },
    "unknown": {
        "a policy that isn't known": (
            {"role": (ROLE, {"assumeRolePolicy": UNKNOWN})},
            "role: assumeRolePolicy: can't be judged: not known before the deployment",
        ),
        "a principal that isn't known": (
            {
                "role": (
                    ROLE,
                    {
                        "assumeRolePolicy": {
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": "sts:AssumeRole",
                                    "Principal": {"AWS": [UNKNOWN]},
                                }
                            ]
                        }
                    },
                )
            },
            (
                "role: assumeRolePolicy.Statement[0].Principal.AWS[0]: can't be judged: not known before the "
                "deployment"
            ),
        ),
    },
    "not applicable": {"a policy": ({"policy": (ROLE_POLICY, {"policy": "{}"})},)},
}


def test_verdict(case, check):
    check("IA4", case)


@pytest.mark.parametrize(
    ("issuer", "subject"),
    [
        ("token.actions.acme.ghe.com", "repo:acme/training:*"),
        ("github.acme.com/_services/token", "repo:acme/training:*"),
        ("gitlab.acme.com", "project_path:ml/training:*"),
        ("oidc-eks.eu-west-1.api.aws/id/ABC", "system:serviceaccount:training:*"),
        ("agent.buildkite.com", "organization:acme:*"),
    ],
)
def test_providers_are_known_by_their_address(build, issuer, subject):
    def ok(sub):
        return evaluate(build(web(issuer, sub)), all_rules(), select=["IA4"]).ok

    assert ok(subject)
    assert not ok(None)
    assert not ok("*")
