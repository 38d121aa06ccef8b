"""Recovery: what protects what, and what is lost, and for how long, when something goes."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from modelyard.planning.recovery import Basis, Chain, Loss, Objective, Term, Verdict, shown_minutes
from modelyard_preview.recovery import BackupPromise, FileSystemRecovery, Recovery, StoreRecovery, Vault
from modelyard_preview.report.names import count

_LOSSES = {Loss.WITHIN_REGION: "a loss in the region", Loss.REGION: "the loss of the region"}
_OBJECTIVES = {Objective.RPO: "RPO", Objective.RTO: "RTO"}
_BASES = {Basis.ASSUMPTION: "assumed", Basis.COMMITMENT: "committed"}
_VERDICTS = {
    Verdict.MET: ("met", ""),
    Verdict.MISSED: ("missed", "bold red"),
    Verdict.UNKNOWN: ("unknown", "yellow"),
    Verdict.NO_TARGET: ("", ""),
}


def recovery(facts: Recovery) -> Iterator[RenderableType]:
    """What protects the data, then each sum with its terms, then what they rest on."""
    region = facts.region or "none: nothing comes back while the region is lost"
    yield Text(f"  recovery region: {region}")
    for store in facts.stores:
        yield Text(f"  {store.name}: {_store(store)}")
    for system in facts.file_systems:
        yield Text(f"  {system.name}: {_file_system(system)}")
    yield _backups(facts.backup)
    for vault in facts.vaults:
        yield Text(f"  vault {vault.name}: {_vault(vault)}")
    if facts.vaults:
        tried = ", ".join(facts.restore_tests)
        yield Text(f"  restores are tried of {tried}" if tried else "  no restore is ever tried")
    if facts.chains:
        yield Padding(_chains(facts.chains), (0, 0, 0, 2))
        yield from _notes(facts.chains)


def _store(store: StoreRecovery) -> str:
    kept = [_said(store.versioned, "versioned", "not versioned", "versioning unknown")]
    if store.copied is None:
        kept.append("not replicated")
    else:
        place = f" to {store.copied.region}" if store.copied.region else ""
        kept.append(f"replicated{place}")
        kept.append(
            _said(store.copied.time_control, "within 15 min", "without a committed time", "time unknown")
        )
    kept.append(_said(store.backed_up, "backed up", "not backed up", "backup unknown"))
    if store.object_lock:
        kept.append("can be locked")
    return ", ".join(kept)


def _file_system(system: FileSystemRecovery) -> str:
    kind = {"efs": "EFS", "fsx_lustre": "FSx for Lustre"}[system.kind]
    if system.urn is None:
        return f"{kind}, not among the resources"
    return f"{kind}, {_said(system.backed_up, 'backed up', 'not backed up', 'backup unknown')}"


def _vault(vault: Vault) -> str:
    place = f"in {vault.region}, " if vault.region else ""
    if vault.lock == "none":
        return f"{place}not locked"
    lock = "locked, how is unknown" if vault.lock is None else f"{vault.lock} lock"
    least, most = vault.min_retention_days, vault.max_retention_days
    days = f", {least or '?'} to {most or '?'} days" if least or most or vault.lock is None else ""
    return f"{place}{lock}{days}"


def _backups(backup: BackupPromise | None) -> Text:
    if backup is None:
        return Text("  backups: none", style="yellow")
    kept = count(backup.retention_days, "day")
    chain = backup.chain
    line = f"  backups: every {backup.every_hours} h, kept {kept}; "
    if chain.minutes is None:
        return Text(f"{line}what may be lost is unknown", style="yellow")
    missed = chain.verdict is Verdict.MISSED
    wanted = shown_minutes(chain.target_minutes or 0)
    verdict = f"only {wanted} may be" if missed else f"and {wanted} may be"
    style = "bold red" if missed else ""
    return Text(f"{line}at worst {shown_minutes(chain.minutes)} are lost, {verdict}", style=style)


def _chains(chains: tuple[Chain, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("after")
    table.add_column("at worst", justify="right", no_wrap=True)
    table.add_column("target", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for chain in chains:
        word, style = _VERDICTS[chain.verdict]
        target = "" if chain.target_minutes is None else shown_minutes(chain.target_minutes)
        table.add_row(
            Text(f"{_LOSSES[chain.loss]}: {chain.subject} {_OBJECTIVES[chain.objective]}", style="bold"),
            Text(_sum(chain), style="bold"),
            target,
            Text(word, style=style),
        )
        for term in chain.terms:
            name, basis = Text(f"  {term.name}", style="dim"), Text(_BASES.get(term.basis, ""), style="dim")
            table.add_row(name, _minutes(term), "", basis)
    return table


def _sum(chain: Chain) -> str:
    if any(term.basis is Basis.ABSENT for term in chain.terms):
        return "never"
    if chain.minutes is not None:
        return shown_minutes(chain.minutes)
    return f"over {shown_minutes(chain.known_minutes)}" if chain.known_minutes else "unknown"


def _minutes(term: Term) -> Text:
    if term.basis is Basis.ABSENT:
        return Text("none", style="red")
    return (
        Text("unknown", style="yellow") if term.minutes is None else Text(shown_minutes(term.minutes), "dim")
    )


def _notes(chains: tuple[Chain, ...]) -> Iterator[RenderableType]:
    """Why terms are unknown or absent and where to state them, and who commits to what; each once."""
    notes = Table.grid(padding=(0, 2))
    seen: set[tuple[str, str]] = set()
    for term in (term for chain in chains for term in chain.terms):
        if term.basis is Basis.CONFIGURED or (term.name, term.source) in seen:
            continue
        seen.add((term.name, term.source))
        notes.add_row(term.name, Text(_note(term), style="dim"))
    if seen:
        yield Padding(notes, (0, 0, 0, 4))
    yield Text("  times count from when somebody asks: noticing a loss is on top", style="dim")


def _note(term: Term) -> str:
    if term.basis is Basis.ASSUMPTION:
        return f"{term.source}: {term.field}"
    if term.basis is Basis.COMMITMENT:
        return f"{term.source} ({term.as_of})"
    state = (
        f"; state an assumption in {term.field}" if term.field and term.field.find("assumed_") >= 0 else ""
    )
    return f"{term.source}{state}"


def _said(value: bool | None, yes: str, no: str, unknown: str) -> str:
    return {True: yes, False: no, None: unknown}[value]
