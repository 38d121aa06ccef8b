"""Policies, roles, and the identity provider of GitHub. All of them are global."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tenacity import retry, retry_if_exception, stop_after_attempt, wait_exponential

from modelyard_cli.account.failures import error_code
from modelyard_cli.account.session import HOME_REGION, CheckedSession
from modelyard_cli.bootstrap.github import ISSUER
from modelyard_cli.bootstrap.naming import Naming
from modelyard_cli.bootstrap.parts import MISSING, Difference
from modelyard_cli.bootstrap.reading import absent, same_policy

GLOBAL = "global"

VERSIONS_MAX = 5
"""Versions that IAM keeps of a policy (IAM User Guide, "IAM and AWS STS quotas", 2026-11)."""

SESSION_SECONDS = 4 * 3600
"""How long who takes the deploy role on may keep it: an `up` that waits for running jobs lasts hours."""


def _not_there_yet(error: BaseException) -> bool:
    from botocore.exceptions import ClientError

    return isinstance(error, ClientError) and error_code(error) == "NoSuchEntity"


_once_it_is_known = retry(
    retry=retry_if_exception(_not_there_yet),
    stop=stop_after_attempt(6),
    wait=wait_exponential(multiplier=0.5, max=8),
    reraise=True,
)
"""IAM is consistent after a while only: what was just made may not be known yet (IAM User Guide,
"Troubleshoot IAM", 2026-11)."""


def _tag_list(naming: Naming) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in naming.tags.items()]


class ManagedPolicy:
    """A policy that roles have attached, or are bounded by."""

    region = GLOBAL

    def __init__(self, session: CheckedSession, naming: Naming, name: str, document: str, why: str) -> None:
        self.subject = f"policy {name}"
        self.why = why
        self._naming, self._name, self._document = naming, name, document
        self.arn = naming.policy_arn(name)
        self._iam = session.client("iam", HOME_REGION)

    def differences(self) -> list[Difference]:
        """What isn't as it should be."""
        found = absent(lambda: self._iam.get_policy(PolicyArn=self.arn), "NoSuchEntity")
        if found is None:
            statements = ", ".join(each["Sid"] for each in json.loads(self._document)["Statement"])
            return [Difference("policy", MISSING, statements, self._create)]
        version = found["Policy"]["DefaultVersionId"]
        now = self._iam.get_policy_version(PolicyArn=self.arn, VersionId=version)["PolicyVersion"]["Document"]
        if same_policy(now, self._document):
            return []
        what = _changed_statements(now, json.loads(self._document))
        return [Difference("document", f"version {version}", f"a new version: {what}", self._renew)]

    def _create(self) -> None:
        self._iam.create_policy(
            PolicyName=self._name,
            PolicyDocument=self._document,
            Description=self.why,
            Tags=_tag_list(self._naming),
        )
        self._iam.get_waiter("policy_exists").wait(PolicyArn=self.arn)

    def _renew(self) -> None:
        versions = self._iam.list_policy_versions(PolicyArn=self.arn)["Versions"]
        if len(versions) >= VERSIONS_MAX:
            spare = [version for version in versions if not version["IsDefaultVersion"]]
            oldest = min(spare, key=lambda version: version["CreateDate"])
            self._iam.delete_policy_version(PolicyArn=self.arn, VersionId=oldest["VersionId"])
        self._iam.create_policy_version(PolicyArn=self.arn, PolicyDocument=self._document, SetAsDefault=True)


@dataclass(frozen=True, slots=True)
class RolePlan:
    """What a role should be."""

    name: str
    why: str
    trust: str | None
    """Who may take it on; None: whoever may today, and for a new role `trust_at_first`."""
    policy_arns: Sequence[str]
    boundary_arn: str | None
    """What bounds it; None for nothing."""
    trust_at_first: Callable[[], str] | None = None
    session_seconds: int = 3600


class ManagedRole:
    """A role with its trust, its boundary and its policies."""

    region = GLOBAL

    def __init__(self, session: CheckedSession, naming: Naming, plan: RolePlan) -> None:
        self.subject = f"role {plan.name}"
        self.why = plan.why
        self._naming, self._plan = naming, plan
        self._iam = session.client("iam", HOME_REGION)

    def differences(self) -> list[Difference]:
        """What isn't as it should be."""
        found = absent(lambda: self._iam.get_role(RoleName=self._plan.name), "NoSuchEntity")
        if found is None:
            wanted = f"to be taken on by {', '.join(trusted(self._first_trust()))}"
            return [Difference("role", MISSING, wanted, self._create)]
        role = found["Role"]
        return [*self._trust(role), *self._bounds(role), *self._session(role), *self._policies()]

    def _first_trust(self) -> str:
        plan = self._plan
        if plan.trust is not None:
            return plan.trust
        if plan.trust_at_first is None:
            raise ValueError(f"{plan.name} has no trust")
        return plan.trust_at_first()

    def _trust(self, role: dict[str, Any]) -> list[Difference]:
        wanted, now = self._plan.trust, role["AssumeRolePolicyDocument"]
        if wanted is None or same_policy(now, wanted):
            return []
        mend = partial(self._iam.update_assume_role_policy, RoleName=self._plan.name, PolicyDocument=wanted)
        return [Difference("trust", ", ".join(trusted(now)), ", ".join(trusted(wanted)), mend)]

    def _bounds(self, role: dict[str, Any]) -> list[Difference]:
        now = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        wanted = self._plan.boundary_arn
        if now == wanted or wanted is None:
            return []
        mend = partial(
            self._iam.put_role_permissions_boundary, RoleName=self._plan.name, PermissionsBoundary=wanted
        )
        return [Difference("boundary", now or "none", wanted, mend)]

    def _session(self, role: dict[str, Any]) -> list[Difference]:
        now, wanted = role["MaxSessionDuration"], self._plan.session_seconds
        if now == wanted:
            return []
        mend = partial(self._iam.update_role, RoleName=self._plan.name, MaxSessionDuration=wanted)
        return [Difference("longest session", f"{now} s", f"{wanted} s", mend)]

    def _policies(self) -> list[Difference]:
        pages = self._iam.get_paginator("list_attached_role_policies").paginate(RoleName=self._plan.name)
        attached = {policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]}
        wanted = set(self._plan.policy_arns)
        differences = [
            Difference("policies", "not attached", arn, partial(self._attach, arn))
            for arn in sorted(wanted - attached)
        ]
        # What somebody attached besides would be the role's own right, beyond what was reviewed.
        differences += [
            Difference("policies", arn, "not attached", partial(self._detach, arn))
            for arn in sorted(attached - wanted)
        ]
        names = self._iam.list_role_policies(RoleName=self._plan.name)["PolicyNames"]
        return differences + [
            Difference("policies", f"inline {name}", "none inline", partial(self._drop, name))
            for name in names
        ]

    def _create(self) -> None:
        plan = self._plan
        bounds = {"PermissionsBoundary": plan.boundary_arn} if plan.boundary_arn else {}
        _once_it_is_known(self._iam.create_role)(
            RoleName=plan.name,
            AssumeRolePolicyDocument=self._first_trust(),
            **bounds,
            MaxSessionDuration=plan.session_seconds,
            Description=plan.why,
            Tags=_tag_list(self._naming),
        )
        self._iam.get_waiter("role_exists").wait(RoleName=plan.name)
        for arn in plan.policy_arns:
            self._attach(arn)

    def _attach(self, arn: str) -> None:
        _once_it_is_known(self._iam.attach_role_policy)(RoleName=self._plan.name, PolicyArn=arn)

    def _detach(self, arn: str) -> None:
        self._iam.detach_role_policy(RoleName=self._plan.name, PolicyArn=arn)

    def _drop(self, name: str) -> None:
        self._iam.delete_role_policy(RoleName=self._plan.name, PolicyName=name)


class GithubProvider:
    """GitHub as an issuer of identities: one an account, shared with whoever else uses it."""

    region = GLOBAL
    subject = f"identity provider {ISSUER}"
    why = "lets workflows of GitHub take the deploy role on without a stored key"

    def __init__(self, session: CheckedSession, naming: Naming) -> None:
        self._naming = naming
        self._arn = naming.place.iam(f"oidc-provider/{ISSUER}")
        self._iam = session.client("iam", HOME_REGION)

    def differences(self) -> list[Difference]:
        """What isn't as it should be."""
        found = absent(
            lambda: self._iam.get_open_id_connect_provider(OpenIDConnectProviderArn=self._arn), "NoSuchEntity"
        )
        if found is None:
            return [Difference("provider", MISSING, f"for the audience {STS_AUDIENCE}", self._create)]
        if STS_AUDIENCE in found["ClientIDList"]:
            return []
        mend = partial(
            self._iam.add_client_id_to_open_id_connect_provider,
            OpenIDConnectProviderArn=self._arn,
            ClientID=STS_AUDIENCE,
        )
        return [Difference("audience", ", ".join(found["ClientIDList"]) or "none", STS_AUDIENCE, mend)]

    def _create(self) -> None:
        # IAM trusts GitHub's certificate by its own list of authorities: no thumbprint is needed (IAM User
        # Guide, "Obtain the thumbprint for an OpenID Connect identity provider", 2026-11).
        self._iam.create_open_id_connect_provider(
            Url=f"https://{ISSUER}", ClientIDList=[STS_AUDIENCE], Tags=_tag_list(self._naming)
        )


STS_AUDIENCE = "sts.amazonaws.com"
"""Audience that AWS's action for GitHub asks for (GitHub Docs, "OpenID Connect in AWS", 2026-11)."""


def trusted(trust: str | dict[str, Any]) -> list[str]:
    """Who may take a role on, for people: principals, and the subject of what is federated."""
    document = json.loads(trust) if isinstance(trust, str) else trust
    names: list[str] = []
    for statement in _as_list(document["Statement"]):
        principal = statement["Principal"]
        found = (
            ["everybody"]
            if principal == "*"
            else [name for kind in principal.values() for name in _as_list(kind)]
        )
        tests = statement.get("Condition", {}).values()
        subjects = [
            subject
            for test in tests
            for key, value in test.items()
            if key.endswith(":sub")
            for subject in _as_list(value)
        ]
        names += subjects or found
    return names


def _changed_statements(now: dict[str, Any], wanted: dict[str, Any]) -> str:
    before = {each.get("Sid", "without an id"): each for each in _as_list(now["Statement"])}
    after = {each["Sid"]: each for each in wanted["Statement"]}
    said = [
        *(f"+{sid}" for sid in after if sid not in before),
        *(f"-{sid}" for sid in before if sid not in after),
        *(f"~{sid}" for sid in after if sid in before and not same_policy(before[sid], after[sid])),
    ]
    return ", ".join(said)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
