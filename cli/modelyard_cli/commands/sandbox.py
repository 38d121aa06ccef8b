"""`modelyard sandbox up|down|status|rehearse|start|stop|clock|env`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from modelyard_cli.common import (
    OrderedGroup,
    emit_json,
    environment_argument,
    example,
    format_option,
    status,
)
from modelyard_cli.sandbox_blobs import serve_blobs
from modelyard_cli.sandbox_documents import SCHEMA, down_document, job_lines, jobs_document, up_document
from modelyard_cli.sandbox_rehearsals import rehearse_command, rehearsed_text
from modelyard_cli.sandbox_texts import down_lines, up_lines, worded_stack

if TYPE_CHECKING:
    from modelyard_sandbox.sandbox import Sandbox


@click.group(
    "sandbox",
    cls=OrderedGroup,
    epilog=example("modelyard sandbox up dev"),
    short_help="The local stand-in for the cloud: up, down, status, rehearse, start, stop, env",
)
def command() -> None:
    """The local stand-in for the cloud: an environment is realised in it for real, without an account.

    It lives in .modelyard/sandbox of the project, or where MODELYARD_SANDBOX_DIR says. What it doesn't
    check is in `modelyard sandbox status`.
    """


@command.command(
    "up",
    epilog=example("modelyard sandbox up dev"),
    short_help="Bring an environment up, or up to date",
)
@environment_argument(accounts=True)
@format_option("text", "json")
def up_command(environment: str, output_format: str) -> int:
    """Bring an environment up: create what is new, change what changed, delete what is no longer asked for.

    Starts the sandbox's server if none runs. A second `up` changes nothing.
    """
    from modelyard.account.load import load_stack
    from modelyard_preview.program import find_program
    from modelyard_preview.program_faults import program_faults
    from modelyard_sandbox.environments import account_of, up
    from modelyard_sandbox.sandbox import Sandbox

    loaded = load_stack(environment)
    program = find_program(environment)
    sandbox = Sandbox()
    on_azure = account_of(loaded).cloud == "azure"
    with status(f"bringing {loaded.name} up in the sandbox"):
        record = sandbox.start()
        blobs = serve_blobs(sandbox) if on_azure else None
        with program_faults(program):
            result = up(loaded, sandbox, program=program)
    endpoint = record.azure_endpoint if on_azure else record.endpoint
    if output_format == "json":
        emit_json({**up_document(result, endpoint), **(blobs.document if blobs else {})})
        return 0
    _tell_emptied(sandbox)
    _tell(result.notes)
    for line in up_lines(result, endpoint, blobs):
        click.echo(line)
    click.echo("  what the sandbox doesn't check: modelyard sandbox status")
    return 0


@command.command(
    "down",
    epilog=example("modelyard sandbox down dev"),
    short_help="Take an environment down to nothing",
)
@environment_argument(accounts=True)
@format_option("text", "json")
def down_command(environment: str, output_format: str) -> int:
    """Take an environment down to nothing, and check by listing that nothing of it remains.

    This is a sandbox: buckets are emptied, images and protected resources deleted as well. The server ends
    with the last that stands in it, stacks of Pulumi among it. Exit code 1 if something remains.
    """
    from modelyard.account.load import load_stack
    from modelyard_sandbox.environments import DownResult, down, standing
    from modelyard_sandbox.pulumi_stacks import holding
    from modelyard_sandbox.sandbox import Sandbox

    loaded = load_stack(environment)
    sandbox = Sandbox()
    if sandbox.server() is None:
        if output_format == "json":
            emit_json(down_document(DownResult(loaded.name, 0, (), (), (), 0.0, ()), running=False))
        else:
            click.echo(f"no sandbox runs in {sandbox.directory}: nothing to take down")
        return 0
    with status(f"taking {loaded.name} down"):
        result = down(loaded, sandbox)
        stacks = holding(sandbox.directory)
        left = standing(sandbox) or result.remaining or result.others or stacks
        ended = not left and sandbox.stop()
    if output_format == "json":
        emit_json(down_document(result, running=not ended))
        return 1 if result.remaining else 0
    _tell(result.notes)
    for line in down_lines(result, stacks, ended=bool(ended)):
        click.echo(line)
    return 1 if result.remaining else 0


@command.command(
    "status",
    epilog=example("modelyard sandbox status --format json"),
    short_help="What stands in the sandbox, and what it doesn't check",
)
@format_option("text", "json")
def status_command(output_format: str) -> int:
    """Say whether the sandbox runs, what stands in it, and what it doesn't check."""
    from modelyard_sandbox.environments import standing
    from modelyard_sandbox.gaps import NOT_CHECKED
    from modelyard_sandbox.pulumi_stacks import stacks_in
    from modelyard_sandbox.sandbox import Sandbox

    sandbox = Sandbox()
    server = sandbox.status()
    environments = standing(sandbox)
    # Without a server they hold nothing that stands.
    stacks = stacks_in(sandbox.directory) if server.running else []
    if output_format == "json":
        emit_json(
            {
                "schema": SCHEMA,
                "command": "status",
                "running": server.running,
                "directory": str(sandbox.directory),
                "endpoint": server.endpoint,
                "azureEndpoint": server.azure_endpoint,
                "blobEndpoint": server.blob_endpoint,
                "pid": server.pid,
                "log": str(sandbox.log_path),
                "environments": [{"name": name, "resources": count} for name, count in environments.items()],
                "stacks": [
                    {"project": stack.project, "stack": stack.name, "resources": stack.resources}
                    for stack in stacks
                ],
                **jobs_document(sandbox),
                "notChecked": [{"subject": gap.subject, "what": gap.what} for gap in NOT_CHECKED],
            }
        )
        return 0
    if server.running:
        click.echo(f"the sandbox runs at {server.endpoint} (process {server.pid}, {sandbox.directory})")
        click.echo(f"  Azure's resource manager: {server.azure_endpoint}")
        served = server.blob_endpoint or "not served; `modelyard sandbox start` starts them"
        click.echo(f"  blobs of Azure's accounts: {served}")
        click.echo(f"  log: {sandbox.log_path}")
    else:
        click.echo(f"no sandbox runs in {sandbox.directory}")
        if sandbox.log_path.exists():
            click.echo(f"  log of the one before: {sandbox.log_path}")
    for name, count in environments.items():
        click.echo(f"  {name}: {count} resources")
    for stack in stacks:
        click.echo(f"  {worded_stack(stack)}")
    if server.running:
        for line in (*job_lines(sandbox.jobs()), *rehearsed_text(sandbox)):
            click.echo(f"  {line}")
    click.echo("\nnot checked here:")
    width = max(len(gap.subject) for gap in NOT_CHECKED)
    for gap in NOT_CHECKED:
        click.echo(f"  {gap.subject:<{width}}  {gap.what}")
    return 0


command.add_command(rehearse_command)


@command.command(
    "start",
    epilog=example('modelyard sandbox start && eval "$(modelyard sandbox env dev)"'),
    short_help="Start the sandbox's server, empty",
)
@click.option(
    "--blobs", is_flag=True, help="Install what serves blobs of Azure's accounts, if it isn't there."
)
@format_option("text", "json")
def start_command(output_format: str, *, blobs: bool) -> int:
    """Start the sandbox's server unless one runs, and build nothing in it.

    For `pulumi up` and other tools that bring their own environments: see `modelyard sandbox env`. Blobs of
    Azure's accounts are served by Azurite, where it and Node.js are on this machine.
    """
    from modelyard_sandbox.sandbox import Sandbox

    sandbox = Sandbox()
    with status("starting the sandbox"):
        record = sandbox.start()
        served = serve_blobs(sandbox, fetch=blobs)
    if output_format == "json":
        emit_json(
            {
                "schema": SCHEMA,
                "command": "start",
                "running": True,
                "endpoint": record.endpoint,
                "azureEndpoint": record.azure_endpoint,
                **served.document,
                "emptied": [
                    {"project": gone.project, "stack": gone.name, "resources": gone.resources}
                    for gone in sandbox.emptied
                ],
            }
        )
        return 0
    _tell_emptied(sandbox)
    click.echo(f"the sandbox runs at {record.endpoint} (process {record.process.pid})")
    click.echo(f"  Azure's resource manager: {record.azure_endpoint}")
    click.echo(f"  {served.text}")
    return 0


@command.command(
    "stop", epilog=example("modelyard sandbox stop"), short_help="End the server, and all that stands in it"
)
@format_option("text", "json")
@click.option("--force", is_flag=True, help="End it under a `pulumi` that is at work as well.")
def stop_command(output_format: str, *, force: bool) -> int:
    """End the sandbox's server. What stands in it is gone: it lives in the server's memory.

    Pulumi's stacks stay with their configuration; the next start empties them, for what they hold is gone.
    """
    from modelyard_sandbox.pulumi_stacks import refuse_under_way
    from modelyard_sandbox.sandbox import Sandbox

    sandbox = Sandbox()
    if not force:
        refuse_under_way(sandbox.directory, "wait until it has ended, or end it; --force stops all the same")
    ended = sandbox.stop()
    if output_format == "json":
        emit_json({"schema": SCHEMA, "command": "stop", "running": False, "ended": ended})
    else:
        click.echo("the sandbox has ended, with all that stood in it" if ended else "no sandbox runs")
    return 0


@command.command(
    "clock",
    epilog=example("modelyard sandbox clock --forward 40d"),
    short_help="The sandbox's time, and how to let some of it pass",
)
@click.option(
    "--forward",
    metavar="TIME",
    help="Let this much time pass, as 90m, 12h or 40d. It never goes back while the sandbox runs.",
)
@format_option("text", "json")
def clock_command(forward: str | None, output_format: str) -> int:
    """Print the time that locks, retentions and deletion windows go by in the sandbox.

    With --forward so much of it passes at once: what has expired by then is gone.
    """
    from datetime import timedelta

    from modelyard_launcher.durations import duration_seconds
    from modelyard_sandbox.sandbox import Sandbox

    try:
        seconds = duration_seconds(forward) if forward is not None else 0
        now = Sandbox().clock(timedelta(seconds=seconds))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--forward") from None
    if output_format == "json":
        emit_json({"schema": SCHEMA, "command": "clock", "now": now.isoformat(timespec="seconds")})
    else:
        click.echo(f"it is {now:%Y-%m-%d %H:%M} UTC in the sandbox")
    return 0


@command.command(
    "env",
    epilog=example('eval "$(modelyard sandbox env dev)" && pulumi stack init dev && pulumi up --stack dev'),
    short_help="The variables that send tools to the sandbox",
)
@environment_argument(required=False, accounts=True)
@format_option("text", "json")
def env_command(environment: str | None, output_format: str) -> int:
    """Print the variables that send pulumi, boto3, the AWS CLI, any SDK and this launcher to the sandbox.

    They name ENV's account and region, or its subscription and tenant; without ENV the account 123456789012
    and the region us-east-1, for stacks of your own. Lines of `export` for a POSIX shell, or a JSON mapping.
    They point at the sandbox alone: its credentials are false ones, no profile or file of yours is read, and
    Pulumi has a home of the sandbox's own.
    """
    import shlex

    from modelyard_sandbox.accounts import DEFAULT_ACCOUNT_ID
    from modelyard_sandbox.clouds import Account
    from modelyard_sandbox.pulumi_home import environment_of
    from modelyard_sandbox.sandbox import DEFAULT_REGION, Sandbox

    account = Account("aws", DEFAULT_ACCOUNT_ID, DEFAULT_REGION)
    if environment is not None:
        from modelyard.account.load import load_stack
        from modelyard_sandbox.environments import account_of

        # Images may be missing: these variables are what `pin-images` is run with.
        account = account_of(load_stack(environment, before_pinning=True))
    variables = environment_of(Sandbox(), account)
    if output_format == "json":
        emit_json({"schema": SCHEMA, "command": "env", "variables": variables})
        return 0
    for name, value in sorted(variables.items()):
        click.echo(f"export {name}={shlex.quote(value)}")
    return 0


def _tell_emptied(sandbox: Sandbox) -> None:
    _tell(
        f"the stack {gone.project}/{gone.name} held {gone.resources} resources of a sandbox that has ended: "
        "it starts from nothing"
        for gone in sandbox.emptied
    )


def _tell(notes: Iterable[str]) -> None:
    for note in notes:
        click.echo(note, err=True)
