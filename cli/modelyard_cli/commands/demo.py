"""`modelyard demo`: the whole way, in the sandbox."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any

import click

from modelyard_cli.common import emit_json, example, format_option

if TYPE_CHECKING:
    from modelyard_cli.demo.checkpoint import Checkpoint
    from modelyard_cli.demo.story import Story


@click.command("demo", epilog=example("modelyard demo"))
@click.option(
    "--cloud",
    type=click.Choice(["aws", "azure"]),
    default="aws",
    show_default=True,
    help="Whose environment: dev on AWS, or azure-dev, which needs Node for its blobs.",
)
@format_option("text", "json")
def command(cloud: str, output_format: str) -> int:
    """Go the whole way of an environment in a sandbox of the demo's own, and tell each stage.

    Preview, policies, up, a dataset, a training job on two nodes that really trains, its checkpoint
    under its key, and down to nothing. It needs no account and no network, and leaves nothing behind,
    whenever it ends.
    """
    from modelyard_cli.demo.story import Story
    from modelyard_cli.extras import require_extras

    require_extras(cloud)
    # A request to end is taken as Ctrl-C is: what runs is ended, what was made is removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    story = Story(aside=output_format == "json")
    started = time.perf_counter()
    found = _tell(story, cloud)
    seconds = time.perf_counter() - started
    if output_format == "json":
        emit_json(_document(story, found, seconds))
    else:
        click.secho(f"done in {seconds:.1f} s; nothing is left of it", bold=True)
    return 0


def _tell(story: Story, cloud: str) -> Checkpoint:
    from modelyard.environment.load import load_environment
    from modelyard_cli.demo import stages
    from modelyard_cli.demo.place import demo_directory, find_project, variables
    from modelyard_cli.demo.ways import way_of
    from modelyard_sandbox.sandbox import Sandbox

    way = way_of(cloud)
    way.check_machine()
    project = find_project(way.environment_name)
    environment = load_environment(way.environment_name, root=project)
    with demo_directory(project) as directory:
        sandbox = Sandbox(directory / "sandbox")
        demo = stages.Demo(story, project, directory, environment, sandbox, way)
        seen = stages.preview(demo)
        stages.check(demo, seen)
        try:
            stages.up(demo)
            reach = way.variables(sandbox, environment)
            with variables({**reach, "MODELYARD_SANDBOX_DIR": str(sandbox.directory)}):
                where = stages.place(demo)
                known = stages.target(where)
                stages.dataset(demo, known)
                record = stages.train(demo, where)
                found = stages.checkpoint(demo, where, record, known)
            stages.down(demo)
        finally:
            sandbox.stop()
    return found


def _document(story: Story, found: Checkpoint, seconds: float) -> dict[str, Any]:
    return {
        "schema": "modelyard.demo/1",
        "seconds": round(seconds, 3),
        "stages": [stage.as_dict() for stage in story.stages],
        "checkpoint": {
            "accuracy": found.accuracy,
            "store": found.store,
            "object": found.key,
            "encryptionKey": found.encryption_key,
            "sha256": found.sha256,
        },
    }
