"""The plan of an environment's bootstrap, and carrying it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from modelyard.account.load import AwsSpec
from modelyard.errors import SurroundingsError
from modelyard_cli.account.failures import failure, failures_told
from modelyard_cli.account.session import CheckedSession
from modelyard_cli.bootstrap.backup_settings import BackupOptIns
from modelyard_cli.bootstrap.buckets import StateBucket
from modelyard_cli.bootstrap.carrying import carry_out_steps
from modelyard_cli.bootstrap.keys import StateKey, StateKeyReplica
from modelyard_cli.bootstrap.naming import Naming
from modelyard_cli.bootstrap.parts import Part, Step, examine
from modelyard_cli.bootstrap.rights.boundaries import deploy_boundary, workload_boundary
from modelyard_cli.bootstrap.rights.deployer import deploy_policies
from modelyard_cli.bootstrap.roles import (
    SESSION_SECONDS,
    GithubProvider,
    ManagedPolicy,
    ManagedRole,
    RolePlan,
)
from modelyard_cli.bootstrap.service_roles import SERVICE_ROLES, ServiceRole
from modelyard_cli.bootstrap.state_copy import StateCopy, copy_policy, copy_role
from modelyard_cli.bootstrap.trust import own_trust, trust_policy

SCHEMA = "modelyard.bootstrap/1"


@dataclass(frozen=True, slots=True)
class Trusted:
    """Who may take the deploy role on."""

    principals: Sequence[str] = ()
    """ARNs of roles, users and accounts."""
    repositories: Sequence[str] = ()
    """Repositories on GitHub, as `owner/name` or `owner/name:environment`."""


@dataclass(slots=True)
class Plan:
    """What there is, and what would be done."""

    environment: str
    naming: Naming
    session: CheckedSession
    steps: list[Step]

    @property
    def to_do(self) -> list[Step]:
        """What isn't right, in the order in which it is done."""
        return [step for step in self.steps if step.differences]

    @property
    def deploy_role_arn(self) -> str | None:
        """ARN of the role that runs `pulumi up`; None where people do."""
        naming = self.naming
        return naming.place.iam(f"role/{naming.deploy_role}") if naming.has_deployer else None

    @property
    def next_commands(self) -> list[str]:
        """How to go on."""
        region = self.naming.place.region
        return [
            f"pulumi login 's3://{self.naming.state_bucket(region)}?region={region}'",
            f"pulumi stack init {self.environment} --secrets-provider='{self._secrets_provider}'",
        ]

    @property
    def _secrets_provider(self) -> str:
        return f"awskms://{self.naming.key_alias}?region={self.naming.place.region}"

    def as_json(self) -> dict[str, Any]:
        """The document `modelyard.bootstrap/1`."""
        naming = self.naming
        return {
            "schema": SCHEMA,
            "environment": self.environment,
            "accountId": naming.place.account_id,
            "regions": naming.regions,
            "identity": self.session.identity_arn,
            "deployRole": self.deploy_role_arn,
            "permissionsBoundary": (
                naming.policy_arn(naming.workload_boundary) if naming.has_deployer else None
            ),
            "steps": [step.as_dict() for step in self.steps],
            "applied": all(step.done for step in self.to_do),
            "next": self.next_commands,
        }


def make_plan(environment: AwsSpec, session: CheckedSession, who: Trusted) -> Plan:
    """Look at the account, and say what would be done; nothing is changed. Raises SurroundingsError."""
    naming = Naming.of(environment)
    with failures_told():
        steps = examine(_parts(session, naming, who))
    return Plan(environment.name, naming, session, steps)


def carry_out(plan: Plan, tell: Callable[[Step], None]) -> None:
    """Do what is to be done, telling of each step when it is done.

    Every step is looked up again before it is done, so that a run goes on where another stopped. Raises
    SurroundingsError with what was done and what wasn't.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    def words(error: Exception) -> SurroundingsError:
        return failure(cast("BotoCoreError | ClientError", error))

    carry_out_steps(plan.to_do, tell, (BotoCoreError, ClientError), words)


def _parts(session: CheckedSession, naming: Naming, who: Trusted) -> list[Part]:
    return [
        *[ServiceRole(session, service) for service in SERVICE_ROLES],
        *_state(session, naming),
        *(_deployer(session, naming, who) if naming.has_deployer else []),
        *[BackupOptIns(session, region) for region in naming.regions],
    ]


def _state(session: CheckedSession, naming: Naming) -> list[Part]:
    home, recovery = naming.place.region, naming.recovery
    key = StateKey(session, naming)
    bucket = StateBucket(session, naming, home, partial(key.arn, home))
    if recovery is None:
        return [key, bucket]
    return [
        key,
        StateKeyReplica(session, naming, key, recovery),
        bucket,
        StateBucket(session, naming, recovery, partial(key.arn, recovery)),
        ManagedPolicy(
            session,
            naming,
            naming.replication_role,
            copy_policy(naming, recovery),
            "what copying the state takes",
        ),
        ManagedRole(session, naming, copy_role(naming)),
        StateCopy(session, naming, key, recovery),
    ]


def _deployer(session: CheckedSession, naming: Naming, who: Trusted) -> list[Part]:
    policies = deploy_policies(naming)
    bounds = {
        naming.workload_boundary: (workload_boundary(naming), "bounds every role of the environment"),
        naming.deploy_boundary: (
            deploy_boundary(naming),
            "bounds the deploy role, whatever policies it gets",
        ),
    }
    role = RolePlan(
        name=naming.deploy_role,
        why=f"runs pulumi up of {naming.environment}",
        trust=trust_policy(naming, who.principals, who.repositories),
        trust_at_first=partial(own_trust, session),
        policy_arns=[naming.policy_arn(naming.deploy_policy(part)) for part in policies],
        boundary_arn=naming.policy_arn(naming.deploy_boundary),
        session_seconds=SESSION_SECONDS,
    )
    return [
        *(ManagedPolicy(session, naming, name, text, why) for name, (text, why) in bounds.items()),
        *(
            ManagedPolicy(session, naming, naming.deploy_policy(part), text, f"deploy rights: {part}")
            for part, text in policies.items()
        ),
        *([GithubProvider(session, naming)] if who.repositories else []),
        ManagedRole(session, naming, role),
    ]
