"""An environment in the sandbox: up, and down to nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelyard.account.load import StackSpec, config_of
from modelyard_preview.engine import Program, run_program
from modelyard_preview.engine.values import holds_secret
from modelyard_preview.program import project_around
from modelyard_preview.report.names import count
from modelyard_sandbox.aws.cloud import GLOBAL_REGION, Cloud
from modelyard_sandbox.aws.registry import handler_of, handlers
from modelyard_sandbox.definitions_of_jobs import remove_definitions
from modelyard_sandbox.errors import CloudError, ImpossibleError, SandboxError
from modelyard_sandbox.invokes import offline_answers
from modelyard_sandbox.notes import deleted_though_protected
from modelyard_sandbox.preflight import preflight
from modelyard_sandbox.pulumi_stacks import holding, ids_held
from modelyard_sandbox.realizer import SandboxRealizer
from modelyard_sandbox.sandbox import DIRECTORY_VARIABLE, Sandbox
from modelyard_sandbox.state import Entry, State, deletion_order, ids_owned, read_counts


@dataclass(frozen=True, slots=True)
class Run:
    """A program to realise, and as whom."""

    program: Program
    project: str
    stack: str
    config: Mapping[str, str]
    root: Path
    account_id: str
    region: str


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
    seconds: float
    notes: tuple[str, ...]


def run_of(environment: StackSpec, program: Path) -> Run:
    """How an environment's program is run; `program` is its `__main__.py`."""
    project, root = project_around(program)
    return Run(
        program=program,
        project=project,
        stack=environment.name,
        config=config_of(environment),
        root=root,
        account_id=environment.account_id,
        region=environment.regions.primary,
    )


def up(environment: StackSpec, sandbox: Sandbox, *, program: Path) -> UpResult:
    """Bring an environment up in a sandbox whose server runs: create what is new, change what changed,
    delete the rest.

    Raises:
        RealizationError: the cloud refused something; says what stands, and that `up` again continues.
        UnsupportedError: the program asks for what the sandbox doesn't know; nothing was created.
        SurroundingsError: no server runs, or another process is at work in the directory.
    """
    return bring_up(run_of(environment, program), sandbox)


def down(environment: StackSpec, sandbox: Sandbox) -> DownResult:
    """Take an environment down to nothing, objects, images and protected resources included, and check by
    listing.

    Raises:
        SurroundingsError: no server runs, or another process is at work in the directory.
    """
    return take_down(environment.name, environment.account_id, environment.regions.primary, sandbox)


def standing(sandbox: Sandbox) -> dict[str, int]:
    """How many resources each environment has in the sandbox; nothing without a server."""
    server = sandbox.server()
    counts = read_counts(sandbox.directory, server.name) if server else {}
    return {name: count for name, count in counts.items() if count}


def bring_up(run: Run, sandbox: Sandbox) -> UpResult:
    """Realise any program in the sandbox; as `up`."""
    started = time.monotonic()
    with sandbox.at_work(f"bringing up {run.stack}"):
        state, notes = _open(sandbox, run.stack, run.account_id)
        if not state.standing:
            _refuse_twin(run, sandbox)
        cloud = sandbox.cloud(run.region, run.account_id)
        stacks = {f"organization/{run.project}/{run.stack}": state.stack_outputs}
        preview = run_program(
            run.program,
            project=run.project,
            stack=run.stack,
            config={"aws:region": run.region, **run.config},
            root=run.root,
            invokes=offline_answers(cloud),
            stacks=stacks,
        )
        planned = preflight(preview.graph, cloud)
        notes += _recover(state, cloud)
        realizer = SandboxRealizer(cloud, state, planned)
        result = run_program(
            run.program,
            project=run.project,
            stack=run.stack,
            config={"aws:region": run.region, **run.config},
            root=run.root,
            dry_run=False,
            realizer=realizer,
            stacks=stacks,
        )
        plain = {name: value for name, value in result.outputs.items() if not holds_secret(value)}
        state.keep_outputs(plain)
        realizer.finish()
    counts = {
        word: realizer.done[word] for word in ("created", "updated", "replaced", "unchanged", "deleted")
    }
    seconds = time.monotonic() - started
    return UpResult(run.stack, **counts, seconds=seconds, outputs=result.outputs, notes=tuple(notes))


def take_down(name: str, account_id: str, region: str, sandbox: Sandbox) -> DownResult:
    """Take everything away that a state holds; as `down`."""
    started = time.monotonic()
    with sandbox.at_work(f"taking down {name}"):
        state, notes = _open(sandbox, name, account_id)
        cloud = sandbox.cloud(region, state.account_id)
        notes += _recover(state, cloud)
        entries = deletion_order(state.standing)
        protected = [entry for entry in entries if entry.protect]
        if protected:
            notes.append(deleted_though_protected(protected))
        failed = _take_all_away(entries, cloud, state)
        regions = {region, *(entry.region for entry in entries)}
        listed = _list(cloud, regions)
        kept = {label: f"{label}: {reason}" for label, reason in failed.items()}
        for entry in entries:
            label = f"{entry.label} ({entry.id})"
            if label not in kept and _stands(entry, cloud, listed):
                kept[label] = f"{label}: it is still listed after its deletion"
        owned = ids_owned(sandbox.directory, state.server, state.account_id, without=state.path)
        mine = {(entry.type, entry.region, entry.id) for entry in entries}
        held = ids_held(sandbox.directory)
        besides = {each for each in listed - owned - mine if (each[0], each[2]) not in held}
        definitions = remove_definitions(name, besides, cloud)
        if definitions:
            notes.append(
                f"removed the {count(len(definitions), 'job definition')} of what was submitted to it"
            )
        others = sorted(f"{type_} {id_} ({place})" for type_, place, id_ in besides - definitions)
        if not state.standing:
            state.remove_file()
    return DownResult(
        environment=name,
        deleted=len(entries) - len(failed),
        remaining=tuple(kept.values()),
        others=tuple(others),
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


def _open(sandbox: Sandbox, name: str, account_id: str) -> tuple[State, list[str]]:
    server = sandbox.must_run()
    path = State.path_of(sandbox.directory, name)
    state, note = State.load(path, server.name, account_id)
    if state.account_id != account_id and state.standing:
        raise ImpossibleError(
            f"{name} stands in the account {state.account_id}, and its environment names {account_id} now\n"
            "  mend: name the old account, take it down, and bring it up in the new one"
        )
    return state, [note] if note else []


def _recover(state: State, cloud: Cloud) -> list[str]:
    """Remove what an interrupted creation may have left: it was begun, and never came into the state.

    Made again under its mark it tells what it had made; what it hadn't is made now, and removed as well.
    """
    intent = state.intent
    if intent is None:
        return []
    handler = handler_of(intent.type)
    place = cloud.in_region(intent.region)
    try:
        id_ = handler.make_once(place, intent.inputs, intent.token)
    except SandboxError:
        said = "it had made nothing"
    else:
        handler.clear(place, id_, intent.inputs)
        handler.delete(place, id_, intent.inputs)
        said = f"removed {id_}"
    state.abandon()
    return [f"the creation of {intent.type} {intent.name!r} was interrupted: {said}"]


def _take_all_away(entries: Sequence[Entry], cloud: Cloud, state: State) -> dict[str, str]:
    """Take everything away; what was refused, with the reasons.

    What something else still uses is tried again once others are gone, as long as any of it goes: programs
    don't say every dependency (an internet gateway goes after the NAT gateways), and the AWS provider tries
    again as well.
    """
    left = list(entries)
    while left:
        failed: dict[str, str] = {}
        again: list[Entry] = []
        for entry in left:
            try:
                _take_away(entry, cloud)
            except SandboxError as error:
                failed[f"{entry.label} ({entry.id})"] = str(error)
                again.append(entry)
            else:
                state.drop(entry)
        if len(again) == len(left):
            return failed
        left = again
    return {}


def _take_away(entry: Entry, cloud: Cloud) -> None:
    handler = handler_of(entry.type)
    place = cloud.in_region(entry.region)
    try:
        handler.clear(place, entry.id, entry.inputs)
    except CloudError as error:
        if not error.says_gone:
            raise
    handler.delete(place, entry.id, entry.inputs)


def _list(cloud: Cloud, regions: set[str]) -> set[tuple[str, str, str]]:
    """Type, region and id of everything in the account that isn't AWS's own."""
    found: set[tuple[str, str, str]] = set()
    for type_, handler in handlers().items():
        for region in {GLOBAL_REGION} if handler.is_global else regions - ({GLOBAL_REGION} - {cloud.region}):
            found |= {(type_, region, id_) for id_ in handler.list_ids(cloud.in_region(region)) or ()}
    return found


def _stands(entry: Entry, cloud: Cloud, listed: set[tuple[str, str, str]]) -> bool:
    """Whether a deleted resource is still there: by listing, or by reading what is a part of another."""
    handler = handler_of(entry.type)
    place = cloud.in_region(entry.region)
    if handler.stays:
        return False
    if handler.list_ids(place) is None:
        return handler.read(place, entry.id, entry.inputs) is not None
    return (entry.type, entry.region, entry.id) in listed
