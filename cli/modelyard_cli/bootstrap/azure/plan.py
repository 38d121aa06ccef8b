"""The plan of an environment's bootstrap on Azure, and carrying it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelyard.planning.azure.roles import ROLE_IDS
from modelyard_cli.account.azure.failures import failures_told, unclear
from modelyard_cli.account.azure.session import Principal, Session, foreign_errors
from modelyard_cli.bootstrap.azure.account import (
    CUSTOMER,
    MICROSOFT,
    PROPERTIES,
    SOURCES,
    blob_service,
    container,
    retention,
    state_account,
)
from modelyard_cli.bootstrap.azure.deployer import (
    Assignment,
    Federation,
    UserIdentity,
    deploy_role,
    identity,
    trusted_subjects,
)
from modelyard_cli.bootstrap.azure.group import state_group, state_lock
from modelyard_cli.bootstrap.azure.holders import assignments, holders
from modelyard_cli.bootstrap.azure.naming import CONTAINER, STATE_KEY, StateNames
from modelyard_cli.bootstrap.azure.providers import Providers
from modelyard_cli.bootstrap.azure.reach import Reach, said_of
from modelyard_cli.bootstrap.azure.resource import read
from modelyard_cli.bootstrap.azure.rights import namespaces
from modelyard_cli.bootstrap.azure.vault import StateVault, VaultKey, secrets_key, state_key
from modelyard_cli.bootstrap.carrying import carry_out_steps
from modelyard_cli.bootstrap.parts import Part, Step, examine

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment

SCHEMA = "modelyard.bootstrap.azure/1"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the command was told; what it wasn't, stays as it is."""

    principals: Sequence[Principal] = ()
    """Who runs `pulumi up`."""
    repositories: Sequence[str] = ()
    """Repositories on GitHub whose workflows do, as `owner/name` or `owner/name:environment`."""
    reach: Reach = field(default_factory=Reach)
    """From where the state and its keys are reached."""
    key: str | None = None
    """Whose key encrypts the state's account: CUSTOMER or MICROSOFT."""


@dataclass(slots=True)
class Plan:
    """What there is, and what would be done."""

    environment: str
    names: StateNames
    session: Session
    steps: list[Step]
    reached_from: str
    """From where the state and its keys are reached, once it is done."""
    secrets: VaultKey
    workflows: UserIdentity | None
    """The identity that workflows sign in as."""

    @property
    def to_do(self) -> list[Step]:
        """What isn't right, in the order in which it is done."""
        return [step for step in self.steps if step.differences]

    @property
    def backend(self) -> str:
        """Where Pulumi keeps the state."""
        return f"azblob://{CONTAINER}?storage_account={self.names.account}"

    @property
    def secrets_provider(self) -> str | None:
        """What encrypts the state's secrets, with the key's version; None before there is one."""
        uri = self.secrets.version_uri()
        return None if uri is None else uri.replace("https://", "azurekeyvault://", 1)

    @property
    def next_commands(self) -> list[str]:
        """How to go on."""
        provider = self.secrets_provider
        login = [f"pulumi login '{self.backend}'"]
        if provider is None:
            return login
        return [*login, f"pulumi stack init {self.environment} --secrets-provider='{provider}'"]

    @property
    def variables(self) -> dict[str, str]:
        """Variables of a workflow that runs `pulumi up`; none if no workflow does.

        ARM_* are the provider's, the others those of the backend and the key ("azure-native: installation and
        configuration", "Pulumi: state and backends", 2026-11).
        """
        client_id = self.workflows.client_id() if self.workflows else None
        if client_id is None:
            return {}
        return {
            "ARM_CLIENT_ID": client_id,
            "ARM_TENANT_ID": self.session.tenant_id,
            "ARM_SUBSCRIPTION_ID": self.session.subscription_id,
            "ARM_USE_OIDC": "true",
            "AZURE_STORAGE_ACCOUNT": self.names.account,
            "AZURE_KEYVAULT_AUTH_VIA_CLI": "true",
        }

    def as_json(self) -> dict[str, Any]:
        """The document `modelyard.bootstrap.azure/1`."""
        return {
            "schema": SCHEMA,
            "environment": self.environment,
            "subscriptionId": self.session.subscription_id,
            "tenantId": self.session.tenant_id,
            "region": self.session.region,
            "identity": self.session.asked_as,
            "resourceGroup": self.names.group,
            "deployIdentity": self.names.deploy_identity if self.workflows else None,
            "trusted": trusted_subjects(self.workflows) if self.workflows else [],
            "reachedFrom": self.reached_from,
            "backend": self.backend,
            "secretsProvider": self.secrets_provider,
            "variables": self.variables,
            "steps": [step.as_dict() for step in self.steps],
            "applied": all(step.done for step in self.to_do),
            "next": self.next_commands,
        }


def make_plan(environment: AzureEnvironment, session: Session, choices: Choices) -> Plan:
    """Look at the subscription, and say what would be done; nothing is changed. Raises SurroundingsError."""
    names = StateNames.of(environment)
    with failures_told():
        workflows: UserIdentity | None = identity(
            session, names, names.deploy_identity, "workflows run `pulumi up` as it"
        )
        if not choices.repositories and workflows.found() is None:
            workflows = None
        account = state_account(session, environment, names, choices.reach, choices.key)
        found = account.found()
        key = choices.key or (CUSTOMER if found is None else _key_of(found))
        secrets = secrets_key(session, names)
        parts: list[Part] = [
            Providers(session, namespaces(environment)),
            state_group(session, names),
            StateVault(session, names, choices.reach),
            secrets,
            *(_customer_key(session, names) if key == CUSTOMER else []),
            account,
            blob_service(session, names),
            container(session, names),
            retention(session, names),
            state_lock(session, names),
            *_deployers(session, names, workflows, choices),
        ]
        steps = examine(parts)
    asked = {PROPERTIES: {"networkAcls": choices.reach.rules(found)}}
    return Plan(environment.name, names, session, steps, said_of(asked), secrets, workflows)


def carry_out(plan: Plan, tell: Callable[[Step], None]) -> None:
    """Do what is to be done, telling of each step when it is done.

    Raises SurroundingsError with what was done and what wasn't.
    """
    carry_out_steps(plan.to_do, tell, foreign_errors(), unclear)


def _key_of(account: dict[str, Any]) -> str:
    """Whose key encrypts an account; one that somebody else made isn't ours to look after."""
    encryption = read(account, (PROPERTIES, "encryption"), {})
    ours = read(encryption, ("keyvaultproperties", "keyname"), "") == STATE_KEY
    return CUSTOMER if encryption.get("keySource") == SOURCES[CUSTOMER] and ours else MICROSOFT


def _customer_key(session: Session, names: StateNames) -> list[Part]:
    role = "Key Vault Crypto Service Encryption User"
    owner = identity(session, names, names.state_identity, "the state's account uses its key by it")
    return [
        state_key(session, names),
        owner,
        Assignment(
            session=session,
            whose=f"identity {names.state_identity}",
            principal=owner.principal,
            role=role,
            role_id=ROLE_IDS[role],
            scope=names.key_id(STATE_KEY),
            where=f"key {STATE_KEY} of {names.vault}",
            why="lets the state's account wrap and unwrap with it",
        ),
    ]


def _deployers(
    session: Session, names: StateNames, workflows: UserIdentity | None, choices: Choices
) -> list[Part]:
    trusted = [
        Federation(session, names, workflows, repository)
        for repository in choices.repositories
        if workflows is not None
    ]
    given = holders(session, names, workflows, choices.principals)
    return [
        deploy_role(session, names),
        *([workflows] if workflows else []),
        *trusted,
        *(each for holder in given for each in assignments(session, names, holder)),
    ]
