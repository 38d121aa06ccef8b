"""`modelyard sandbox rehearse`: what happens to machines and regions, to see how jobs take it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from modelyard_cli.common import emit_json, example, format_option
from modelyard_cli.sandbox_documents import SCHEMA

if TYPE_CHECKING:
    from modelyard_sandbox.job_faults import JobFault
    from modelyard_sandbox.sandbox import Sandbox

REGION_LOSS = "region-loss"
NOTHING = "nothing"
FAULTS = (
    "host-failure",
    "spot-interruption",
    "out-of-memory",
    "no-capacity",
    "image-missing",
    "unusable-node",
)
WORDED = {
    "host_failure": "the machine of node {node} fails",
    "spot_interruption": "the Spot machine of node {node} is interrupted",
    "out_of_memory": "the container of node {node} is killed for its memory",
    "no_capacity": "there is no capacity",
    "image_missing": "the image of node {node} can't be pulled",
    "unusable_node": "a node that comes can't be used",
}


@click.command(
    "rehearse",
    epilog=example("modelyard sandbox rehearse spot-interruption --job cnn-1 --notice 20s"),
    short_help="Let machines fail, capacity run out, a region go",
)
@click.argument("fault", type=click.Choice([*FAULTS, REGION_LOSS, NOTHING]), required=False)
@click.option(
    "--job", default="*", metavar="NAME", help="Id or name of the jobs, or how either begins, as 'cnn*'."
)
@click.option("--node", default=0, type=click.IntRange(min=0), help="Which node of a multi-node job.")
@click.option(
    "--after",
    metavar="TIME",
    help="How long after the node's start, or from now if it runs, as 30s; of no-capacity, how long.",
)
@click.option(
    "--notice",
    default="2m",
    metavar="TIME",
    help="How long before its end a Spot machine is told.",
    show_default=True,
)
@click.option(
    "--fails",
    is_flag=True,
    help="A job of Azure whose node of low priority is taken back fails, instead of beginning again.",
)
@click.option("--times", default=1, type=click.IntRange(min=1), help="How many attempts it happens to.")
@click.option("--region", metavar="REGION", help="The region of AWS that is lost.")
@format_option("text", "json")
def rehearse_command(
    fault: str | None,
    job: str,
    node: int,
    after: str | None,
    notice: str,
    fails: bool,
    times: int,
    region: str | None,
    output_format: str,
) -> int:
    """Let something happen to the sandbox's machines, to what runs and to what starts next.

    FAULT is added to those before; `nothing` takes all back, lost regions included. Without one, what is
    still to come is shown. A region that is lost answers nobody, and what runs there ends.
    """
    from modelyard_sandbox.sandbox import Sandbox

    sandbox = Sandbox()
    sandbox.must_run()
    if (region is None) == (fault == REGION_LOSS):
        raise click.UsageError(f"--region goes with {REGION_LOSS}, and {REGION_LOSS} needs it")
    if region is not None:
        _must_be_known(region)
    struck = 0
    if fault == NOTHING:
        sandbox.set_job_faults()
        sandbox.lose_regions()
    elif region is not None:
        sandbox.lose_regions(*sandbox.lost_regions(), region)
    elif fault is not None:
        struck = sandbox.set_job_faults(_fault(fault, job, node, after, notice, times, fails=fails), add=True)
    if output_format == "json":
        from modelyard_cli.sandbox_documents import jobs_document

        rehearsed = jobs_document(sandbox)["rehearsed"]
        emit_json({"schema": SCHEMA, "command": "rehearse", "struck": struck, **rehearsed})
        return 0
    if struck:
        click.echo(f"it happens to {'a node that runs' if struck == 1 else f'{struck} nodes that run'}")
    left = [*rehearsed_text(sandbox)]
    for line in left or ["nothing more is rehearsed" if struck else "nothing is rehearsed"]:
        click.echo(line)
    return 0


def rehearsed_text(sandbox: Sandbox) -> Iterator[str]:
    """What is still to happen, one a line."""
    for region in sandbox.lost_regions():
        yield f"rehearsed: {region} is lost"
    for fault in sandbox.job_faults():
        yield f"rehearsed: {_worded(fault)}"


def _fault(
    kind: str, job: str, node: int, after: str | None, notice: str, times: int, *, fails: bool
) -> JobFault:
    from modelyard_sandbox.job_faults import JobFault

    name: Any = kind.replace("-", "_")
    late = None if after is None else _seconds(after, "--after")
    return JobFault(name, job, node, late, _seconds(notice, "--notice"), times, not fails)


def _must_be_known(region: str) -> None:
    from modelyard.catalog.regions import region as facts_of
    from modelyard.catalog.unknown import UnknownRegion

    try:
        facts_of(region)
    except UnknownRegion as error:
        from modelyard.catalog.azure import region_names

        said = f"{region} is one of Azure's: regions of AWS alone can be lost here"
        raise click.BadParameter(
            said if region in region_names() else str(error), param_hint="--region"
        ) from None


def _seconds(text: str, option: str) -> float:
    from modelyard_launcher.durations import duration_seconds

    try:
        return duration_seconds(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def _worded(fault: JobFault) -> str:
    from modelyard_launcher.durations import duration_text

    what = WORDED[fault.kind].format(node=fault.node)
    whose = "any job" if fault.job == "*" else f"jobs {fault.job}"
    if fault.kind == "no_capacity":
        long = "for ever" if fault.after_seconds is None else f"for {duration_text(fault.after_seconds)}"
        return f"{what} for {whose}, {long}"
    when = f"{duration_text(fault.after_seconds)} after its start" if fault.after_seconds else "at its start"
    if fault.kind == "spot_interruption" and not fault.restarts:
        what = f"{what}, and a job of Azure fails with it"
    often = "once" if fault.times == 1 else f"{fault.times} times"
    return f"{what}, {whose}, {when}, {often}"
