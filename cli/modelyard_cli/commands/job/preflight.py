"""`modelyard job preflight`: the nodes of a job are checked, and the network between them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard_cli.commands.job.options import backend_option, find_launcher, job_argument, where
from modelyard_cli.common import emit_json, example, format_option

if TYPE_CHECKING:
    from modelyard_launcher.preflight.running import Checked
    from modelyard_launcher.preflight.verdicts import Row


@click.command(
    "preflight",
    epilog=example("modelyard job preflight workloads/cnn/job.yaml --env dev"),
    short_help="Check a job's nodes and the network between them",
)
@job_argument
@where
@backend_option
@format_option("text", "json")
def command(
    job_file: Path,
    environment: str | None,
    target_file: str | None,
    backend: str | None,
    output_format: str,
) -> int:
    """Check the nodes that JOB would get: its image on as many nodes of its pool, and none of its program.

    Devices, drivers and versions, EFA and whether NCCL uses it, an all-reduce between all nodes, clocks, and
    whether the datasets can be read and checkpoints written. A node that is at fault is named; none is ended.
    Nodes cost what they cost for the job, for some minutes. Leaves with 0 if all is as it should be, else
    with 1, and with 130 after Ctrl-C.
    """
    from modelyard_launcher.records import INTERRUPTED

    launcher = find_launcher(environment, target_file, backend)
    checked = launcher.preflight(job_file, on_event=lambda text: click.echo(f"modelyard: {text}", err=True))
    if output_format == "json":
        emit_json(checked.as_dict())
    else:
        for line in _lines(checked):
            click.echo(line)
    if checked.passed:
        return 0
    return 130 if checked.record.reason == INTERRUPTED else 1


def _lines(checked: Checked) -> list[str]:
    record, verdict = checked.record, checked.verdict
    lines: list[str] = []
    if verdict is not None:
        width = max(len(row.check) for row in verdict.rows)
        for row in verdict.rows:
            lines += _row(row, width)
    nodes = "1 node" if record.num_nodes == 1 else f"{record.num_nodes} nodes"
    where_ = f"{nodes} of pool {record.pool}"
    if checked.passed:
        return [*lines, f"{where_}: as they should be ({record.run_id})"]
    return [*lines, f"{where_}: {record.reason or record.state} ({record.run_id})"]


def _row(row: Row, width: int) -> list[str]:
    """A check; of one that failed, what it should be and how to mend it."""
    line = f"{row.check:<{width}}  {row.status:<7}  {row.found}"
    if row.status != "failed":
        return [line]
    under = " " * (width + 11)
    return [line, f"{under}expected: {row.expected}", f"{under}mend: {row.mend}"]
