"""`modelyard pin-images ENV`: writes the ids of the machine images that the pools run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from modelyard_cli.common import emit_json, environment_argument, example, format_option, status

if TYPE_CHECKING:
    from modelyard_cli.pinning.loading import Loaded
    from modelyard_cli.pinning.plan import Pin


@click.command(
    "pin-images",
    epilog=example("modelyard pin-images prod --check"),
    short_help="Write the ids of the machine images that an environment's nodes run",
)
@environment_argument
@click.option("--check", is_flag=True, help="Write nothing; leave with 1 where an image is missing or older.")
@format_option("text", "json")
def command(environment: str, check: bool, output_format: str) -> int:
    """Write the newest machine image of each pool into the environment's file, for each of its regions.

    AWS is asked, with the credentials here, for the ECS-optimised image of Amazon Linux 2023 that fits the
    pool's type: for CPUs, Graviton, NVIDIA GPUs, Trainium and Inferentia. Only the lines of `image_ids` are
    changed; an image of your own is left alone. What runs changes with the next `up`.
    """
    from modelyard_cli.account.session import account_session
    from modelyard_cli.pinning.loading import load_unpinned
    from modelyard_cli.pinning.plan import plan_pins

    loaded = load_unpinned(environment)
    with status(f"looking for images in account {loaded.environment.account_id}"):
        pins = plan_pins(account_session(loaded.environment), loaded)
    changes = [pin for pin in pins if pin.changes]
    if changes and not check:
        _write(loaded, changes)
    if output_format == "json":
        emit_json(
            {
                "schema": "modelyard.images/1",
                "environment": loaded.environment.name,
                "file": loaded.document.file,
                "written": bool(changes) and not check,
                "images": [pin.as_dict() for pin in pins],
            }
        )
    else:
        _show(loaded, pins, check=check)
    return 1 if check and changes else 0


def _write(loaded: Loaded, changes: Sequence[Pin]) -> None:
    from modelyard_cli.pinning.files import read_text, replace_text
    from modelyard_cli.pinning.rewriting import ImageLine, rewritten

    mark, text = read_text(loaded.path)
    lines = [ImageLine(pin.path, pin.image.image_id, pin.image.name) for pin in changes if pin.image]
    replace_text(loaded.path, mark + rewritten(text, loaded.document, lines))


def _show(loaded: Loaded, pins: Sequence[Pin], *, check: bool) -> None:
    for pin in pins:
        shown = f"{pin.image.image_id} ({pin.image.name})" if pin.image else f"{pin.before} (your own)"
        was = f", was {pin.before}" if pin.status == "newer" else ""
        click.echo(f"{pin.status:>8}  {pin.pool} in {pin.region}: {shown}{was}")
    count, file = sum(pin.changes for pin in pins), loaded.document.file
    if not count:
        click.echo(f"{file} is up to date")
    elif check:
        click.echo(f"{file}: {count} to write: {loaded.command('pin-images')}")
    else:
        click.echo(f"{file}: {count} written")
