"""Energy and recovery in a few lines."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from modelyard_preview.energy import Energy
from modelyard_preview.recovery import BackupPromise, Recovery, StoreRecovery
from modelyard_preview.report.names import count


def energy(facts: Energy) -> Iterator[Text]:
    """The carbon of the region's power, with the spread of its sources."""
    spread = facts.spread
    place = f"power in {facts.place}"
    if spread is None:
        yield Text(f"  {place}: no source for its carbon")
    else:
        sources = count(len(facts.carbon), "source")
        yield Text(f"  {place}: {spread[0]:g} to {spread[1]:g} g CO2e/kWh ({sources})")
    yield Text("  what the machines draw isn't known yet, so neither is their carbon", style="dim")


def recovery(facts: Recovery) -> Iterator[Text]:
    """What comes back, store by store, and what the backups promise."""
    region = facts.region or "none: nothing comes back while the region is lost"
    yield Text(f"  recovery region: {region}")
    for store in facts.stores:
        yield Text(f"  {store.name}: {_store(store)}")
    yield _promise(facts.backup)


def _store(store: StoreRecovery) -> str:
    versioned = {True: "versioned", False: "not versioned", None: "versioning unknown"}[store.versioned]
    replicated = "replicated" if store.replicated else "not replicated"
    backed_up = "backed up" if store.backed_up else "not backed up"
    return f"{versioned}, {replicated}, {backed_up}"


def _promise(backup: BackupPromise | None) -> Text:
    if backup is None:
        return Text("  backups: none", style="yellow")
    worst = f"{backup.worst_rpo_minutes / 60:g} h"
    wanted = f"{backup.rpo_minutes / 60:g} h"
    line = f"  backups: every {backup.every_hours} h, kept {count(backup.retention_days, 'day')}; "
    verdict = f"and {wanted} may be" if backup.met else f"only {wanted} may be"
    return Text(f"{line}at worst {worst} are lost, {verdict}", style="" if backup.met else "bold red")
