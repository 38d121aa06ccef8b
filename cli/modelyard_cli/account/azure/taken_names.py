"""Whether the names that an environment needs are free: deleted vaults keep theirs, others may have some."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.azure.needs import ACCOUNTS
from modelyard_cli.account.azure.quotas import API_VERSION as LEARNING
from modelyard_cli.account.survey import Subject

if TYPE_CHECKING:
    from modelyard_cli.account.azure.survey import Survey
    from modelyard_cli.findings import Finding

VAULTS, STORAGE, REGISTRIES, LOGS = "2024-11-01", "2024-01-01", "2023-01-01-preview", "2023-09-01"
"""api-versions (REST reference: Check Name Availability, List Deleted, 2026-11)."""

NEEDED_FOR = "`pulumi up` of what has this name"


def check(survey: Survey) -> Iterator[Finding]:
    """Look at each name that others than we may have, or that what was deleted keeps."""
    yield from _vaults(survey)
    for purpose in ACCOUNTS:
        name, type_ = survey.names.account(purpose), "Microsoft.Storage/storageAccounts"
        yield from _available(survey, "storage account", name, type_, STORAGE)
    registry = "Microsoft.ContainerRegistry/registries"
    yield from _available(survey, "registry", survey.names.registry, registry, REGISTRIES)
    yield from _logs(survey)
    yield from _workspace(survey)


def _vaults(survey: Survey) -> Iterator[Finding]:
    session = survey.session
    path = f"{session.home}/providers/Microsoft.KeyVault/deletedVaults"
    deleted = {each["name"].lower(): each["properties"] for each in session.arm.pages(path, VAULTS)}
    for name in (survey.names.vault, survey.names.workspace_vault):
        gone = deleted.get(name.lower())
        if gone is None:
            yield from _available(survey, "key vault", name, "Microsoft.KeyVault/vaults", VAULTS)
            continue
        until = str(gone.get("scheduledPurgeDate", ""))[:10]
        yield _subject("key vault", name).missing(
            f"a deleted vault has it until {until}",
            f"{_raise(survey)}, or bring the old one back: `az keyvault recover --name {name}`",
        )


def _available(survey: Survey, kind: str, name: str, type_: str, version: str) -> Iterator[Finding]:
    """Whether it stands where we want it, or could: names of these are unique in all of Azure."""
    session, subject = survey.session, _subject(kind, name)
    if session.arm.find(f"{survey.group_id}/providers/{type_}/{name}", version) is not None:
        yield subject.found("stands in the environment's group")
        return
    namespace = type_.partition("/")[0]
    path = f"{session.home}/providers/{namespace}/checkNameAvailability"
    answer = session.arm.post(path, version, {"name": name, "type": type_}, once=False)
    if answer.get("nameAvailable"):
        yield subject.found("free")
    else:
        yield subject.missing(
            f"taken: {answer.get('message') or answer.get('reason') or 'no reason given'}", _raise(survey)
        )


def _logs(survey: Survey) -> Iterator[Finding]:
    session, name = survey.session, survey.names.log_workspace
    path = f"{session.home}/providers/Microsoft.OperationalInsights/deletedWorkspaces"
    own = f"{survey.group_id}/".lower()
    for gone in session.arm.pages(path, LOGS):
        if gone["name"].lower() != name.lower():
            continue
        subject = _subject("Log Analytics workspace", name)
        if gone["id"].lower().startswith(own):
            yield subject.found("a deleted one has it, which `pulumi up` brings back with its logs")
        else:
            yield subject.missing("a deleted one in another group has it for 14 days", _raise(survey))
        return


def _workspace(survey: Survey) -> Iterator[Finding]:
    """A deleted workspace of Machine Learning keeps its name for 14 days, and Azure lists none."""
    name = survey.names.workspace
    path = f"{survey.group_id}/providers/Microsoft.MachineLearningServices/workspaces/{name}"
    subject = _subject("Machine Learning workspace", name)
    if survey.session.arm.find(path, LEARNING) is not None:
        yield subject.found("stands in the environment's group")
    else:
        yield subject.missing(
            "can't be asked: Azure doesn't tell whether one that was deleted less than 14 days ago has it",
            f"if the environment was destroyed of late, {_raise(survey)}",
            required=False,
        )


def _subject(kind: str, name: str) -> Subject:
    return Subject("names", f"name of {kind} {name}", NEEDED_FOR, "generation")


def _raise(survey: Survey) -> str:
    return f"raise generation in the environment to {survey.environment.generation + 1}"
