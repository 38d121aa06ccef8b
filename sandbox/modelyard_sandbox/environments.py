"""An environment in the sandbox: up, and down to nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelyard.account.load import StackSpec, config_of
from modelyard.account.spec import AwsAccount
from modelyard.environment.only import is_azure
from modelyard_preview.engine import Program, run_program
from modelyard_preview.engine.values import holds_secret
from modelyard_preview.program import project_around
from modelyard_sandbox.clouds import Account, realm_of
from modelyard_sandbox.errors import ImpossibleError
from modelyard_sandbox.notes import deleted_though_protected
from modelyard_sandbox.preflight import preflight
from modelyard_sandbox.pulumi_stacks import holding, ids_held
from modelyard_sandbox.realizer import SandboxRealizer
from modelyard_sandbox.realm import Realm
from modelyard_sandbox.recovering import recover
from modelyard_sandbox.sandbox import DIRECTORY_VARIABLE, Sandbox
from modelyard_sandbox.state import State, deletion_order, ids_owned, read_counts
from modelyard_sandbox.taking_down import Teardown, labelled, worded_left


@dataclass(frozen=True, slots=True)
class Run:
    """A program to realise, and as whom."""

    program: Program
    project: str
    stack: str
    config: Mapping[str, str]
    root: Path
    account: Account


@dataclass(frozen=True, slots=True)
class UpResult:
    """What an `up` did."""

    environment: str
    created: int
    updated: int
    replaced: int
    unchanged: int
    deleted: int
    seconds: float
    outputs: dict[str, Any]
    """The stack's outputs; a secret is the graph's `SECRET`."""
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DownResult:
    """What a `down` did, and what it found afterwards by listing."""

    environment: str
    deleted: int
    remaining: tuple[str, ...]
    """What is still there of the environment, and should not be; with the cloud's reason where there is
    one.
    """
    others: tuple[str, ...]
    """What the account holds besides, that neither an environment nor a stack of Pulumi knows: made by hand,
    or by a service by itself.
    """
    leftovers: tuple[str, ...]
    """What the cloud keeps by itself of what was there, as names that stay taken; it counts for nothing."""
    seconds: float
    notes: tuple[str, ...]


def account_of(spec: StackSpec) -> Account:
    """Where the resources of an environment, or of an account's own stack, go."""
    if not isinstance(spec, AwsAccount) and is_azure(spec):
        primary = spec.regions.primary
        return Account("azure", spec.subscription_id, primary, spec.tenant_id, spec.generation)
    return Account("aws", spec.account_id, spec.regions.primary)


def run_of(spec: StackSpec, program: Path) -> Run:
    """How an environment's program is run; `program` is its `__main__.py`."""
    project, root = project_around(program)
    return Run(program, project, spec.name, config_of(spec), root, account_of(spec))


def up(spec: StackSpec, sandbox: Sandbox, *, program: Path) -> UpResult:
    """Bring an environment up in a sandbox whose server runs: create what is new, change what changed,
    delete the rest.

    Raises:
        RealizationError: the cloud refused something; says what stands, and that `up` again continues.
        UnsupportedError: the program asks for what the sandbox doesn't know; nothing was created.
        SurroundingsError: no server runs, or another process is at work in the directory.
    """
    return bring_up(run_of(spec, program), sandbox)


def down(spec: StackSpec, sandbox: Sandbox) -> DownResult:
    """Take an environment down to nothing, objects, images and protected resources included, and check by
    listing.

    Raises:
        SurroundingsError: no server runs, or another process is at work in the directory.
    """
    return take_down(spec.name, account_of(spec), sandbox)


def standing(sandbox: Sandbox) -> dict[str, int]:
    """How many resources each environment has in the sandbox; nothing without a server."""
    server = sandbox.server()
    counts = read_counts(sandbox.directory, server.name) if server else {}
    return {name: count for name, count in counts.items() if count}


def bring_up(run: Run, sandbox: Sandbox) -> UpResult:
    """Realise any program in the sandbox; as `up`."""
    started = time.monotonic()
    with sandbox.at_work(f"bringing up {run.stack}"):
        realm = realm_of(run.account, sandbox)
        state, notes = _open(sandbox, run.stack, run.account.id, realm)
        if not state.standing:
            _refuse_twin(run, sandbox)
        known: dict[str, Any] = {
            "project": run.project,
            "stack": run.stack,
            "config": {**run.account.config, **run.config},
            "root": run.root,
            "cloud": run.account.cloud,
            "stacks": {f"organization/{run.project}/{run.stack}": state.stack_outputs},
        }
        preview = run_program(run.program, invokes=realm.offline_answers(), **known)
        planned = preflight(preview.graph, realm)
        notes += recover(state, realm)
        realizer = SandboxRealizer(realm, state, planned)
        result = run_program(run.program, dry_run=False, realizer=realizer, **known)
        plain = {name: value for name, value in result.outputs.items() if not holds_secret(value)}
        state.keep_outputs(plain)
        realizer.finish()
    counts = {
        word: realizer.done[word] for word in ("created", "updated", "replaced", "unchanged", "deleted")
    }
    seconds = time.monotonic() - started
    said = (*notes, *realizer.notes)
    return UpResult(run.stack, **counts, seconds=seconds, outputs=result.outputs, notes=said)


def take_down(name: str, account: Account, sandbox: Sandbox) -> DownResult:
    """Take everything away that a state holds; as `down`."""
    started = time.monotonic()
    with sandbox.at_work(f"taking down {name}"):
        realm = realm_of(account, sandbox)
        state, notes = _open(sandbox, name, account.id, realm)
        notes += recover(state, realm)
        entries = deletion_order(state.standing)
        protected = [entry for entry in entries if entry.protect]
        if protected:
            notes.append(deleted_though_protected(protected))
        teardown = Teardown(realm, state)
        kept = {label: f"{label}: {why}" for label, why in teardown.take_all_away().items()}
        if teardown.left:
            notes.append(worded_left(teardown.left))
        listed = realm.listed({realm.home, *(entry.region for entry in entries)})
        for entry in teardown.still_standing(listed):
            kept[labelled(entry)] = f"{labelled(entry)}: it is still listed after its deletion"
        owned = ids_owned(sandbox.directory, state.server, state.account_id, without=state.path)
        mine = {(entry.type, entry.region, entry.id) for entry in entries}
        held = ids_held(sandbox.directory)
        besides = {each for each in listed - owned - mine if (each[0], each[2]) not in held}
        cleaned, said = realm.clean_up(name, besides)
        notes += said
        others = sorted(f"{type_} {id_} ({place})" for type_, place, id_ in besides - cleaned)
        leftovers = realm.leftovers((entry.type, entry.region, entry.id) for entry in teardown.deleted)
        if not state.standing:
            state.remove_file()
    return DownResult(
        environment=name,
        deleted=len(teardown.deleted),
        remaining=tuple(kept.values()),
        others=tuple(others),
        leftovers=tuple(leftovers),
        seconds=time.monotonic() - started,
        notes=tuple(notes),
    )


def _refuse_twin(run: Run, sandbox: Sandbox) -> None:
    """Refuse what Pulumi has brought up already: the names of everything would be taken."""
    for stack in holding(sandbox.directory):
        if (stack.project, stack.name) == (run.project, run.stack):
            raise ImpossibleError(
                f"{run.stack} stands in this sandbox already, as Pulumi's stack {stack.project}/{stack.name} "
                f"with {stack.resources} resources: the names of everything are taken\n"
                "  nothing was created\n"
                f"  mend: `pulumi destroy --stack {stack.name}` first, or name another sandbox: "
                f"{DIRECTORY_VARIABLE}=DIRECTORY"
            )


def _open(sandbox: Sandbox, name: str, account_id: str, realm: Realm) -> tuple[State, list[str]]:
    server = sandbox.must_run()
    path = State.path_of(sandbox.directory, name)
    state, note = State.load(path, server.name, account_id)
    if state.account_id != account_id and state.standing:
        raise ImpossibleError(
            f"{name} stands in the {_account_word(state.account_id)} {state.account_id}, and its environment "
            f"names {account_id} now\n"
            f"  mend: name the old {realm.account_word}, take it down, and bring it up in the new one"
        )
    return state, [note] if note else []


def _account_word(account_id: str) -> str:
    return "subscription" if "-" in account_id else "account"
