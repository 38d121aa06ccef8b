"""`modelyard job build`: the image of a job, in the environment's registry."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click

from modelyard_cli.commands.job.options import find_launcher, where
from modelyard_cli.common import emit_json, example, format_option

if TYPE_CHECKING:
    from modelyard_launcher.api import Launcher
    from modelyard_launcher.containers.building import Built
    from modelyard_launcher.containers.recipe import Recipe, Wishes


@click.command(
    "build",
    epilog=example("modelyard job build workloads/cnn/job.yaml --env dev --write"),
    short_help="Build a job's image and push it to the environment's registry",
)
@click.argument("job_file", metavar="[JOB]", type=click.Path(path_type=Path), required=False)
@where
@click.option(
    "--file",
    "dockerfile",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Dockerfile, by default the one beside the job's file.",
)
@click.option(
    "--context",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Directory whose files it copies: by default the nearest one from the Dockerfile up with a "
    ".dockerignore, else the Dockerfile's own.",
)
@click.option(
    "--tag", metavar="TAG", help="Tag in the registry, by default made of name, version and commit."
)
@click.option(
    "--platform",
    metavar="PLATFORM",
    help="linux/amd64 or linux/arm64, by default that of the job's pool.",
)
@click.option(
    "--build-arg", "arguments", metavar="NAME=VALUE", multiple=True, help="Argument of the Dockerfile."
)
@click.option(
    "--engine",
    metavar="ENGINE",
    help="docker, podman or buildah, or the path of one. By default MODELYARD_CONTAINER_ENGINE, or the first "
    "that can be used.",
)
@click.option(
    "--push/--no-push",
    default=True,
    help="Whether it goes to the registry, or stays on this machine to try the job by "
    "`job submit --backend local --container`.",
)
@click.option("--write", is_flag=True, help="Write the image with its digest into JOB.")
@click.option("--supervisor", is_flag=True, help="Build the image of `job supervise --in-cloud` instead.")
@click.option("--plan", "only_plan", is_flag=True, help="Print the exact commands and nothing else.")
@format_option("text", "json")
def command(
    job_file: Path | None,
    environment: str | None,
    target_file: str | None,
    dockerfile: Path | None,
    context: Path | None,
    tag: str | None,
    platform: str | None,
    arguments: tuple[str, ...],
    engine: str | None,
    push: bool,
    write: bool,
    supervisor: bool,
    only_plan: bool,
    output_format: str,
) -> int:
    """Build the image of JOB and push it to the environment's registry; print the line for the job's YAML,
    with the digest that was pushed.

    What the engine writes goes to standard error. Leaves with 1 if the image can't be built, with 3 if there
    is no engine or the registry doesn't take it. Broken off, run it again: what was built and pushed is kept.
    """
    _check_usage(job_file, context, supervisor=supervisor, write=write, push=push, only_plan=only_plan)
    from modelyard_launcher.containers.recipe import Wishes

    wishes = Wishes(engine, dockerfile, context, tag, platform, _named(arguments), push)
    launcher = find_launcher(environment, target_file)
    if only_plan:
        _show_plan(_plan(launcher, job_file, wishes), output_format)
        return 0
    with _ended_in_order():
        built = _build(launcher, job_file, wishes)
    if write and job_file is not None:
        _write(job_file, built.in_job)
    if output_format == "json":
        emit_json({**built.as_dict(), "written": str(job_file) if write else None})
        return 0
    if built.digest is None:
        click.echo(f"modelyard: {built.recipe.names.local} is on this machine alone", err=True)
    elif not built.was_there:
        click.echo(f"modelyard: pushed {built.recipe.uri(built.tag or '')}", err=True)
    if write:
        click.echo(f"modelyard: written into {job_file}", err=True)
    click.echo(f"image: {built.in_job}")
    return 0


def _check_usage(
    job_file: Path | None, context: Path | None, *, supervisor: bool, write: bool, push: bool, only_plan: bool
) -> None:
    if supervisor == (job_file is not None):
        raise click.UsageError("name the JOB whose image is built, or give --supervisor")
    if supervisor and context is not None:
        raise click.UsageError("--context is for a job: the supervisor's is modelyard itself")
    if supervisor and write:
        raise click.UsageError("--write is for a job: the supervisor's image is found by its version")
    if write and not push:
        raise click.UsageError("--write needs the digest in the registry, which --no-push doesn't make")
    if write and only_plan:
        raise click.UsageError("--plan prints commands and changes nothing: give it without --write")


def _named(arguments: tuple[str, ...]) -> dict[str, str]:
    """Arguments by their names. Raises BadParameter."""
    named: dict[str, str] = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{argument!r} isn't NAME=VALUE", param_hint="--build-arg")
        named[name] = value
    return named


def _plan(launcher: Launcher, job_file: Path | None, wishes: Wishes) -> Recipe:
    return (
        launcher.plan_supervisor_image(wishes) if job_file is None else launcher.plan_image(job_file, wishes)
    )


def _build(launcher: Launcher, job_file: Path | None, wishes: Wishes) -> Built:
    if job_file is None:
        return launcher.build_supervisor_image(wishes, on_line=_say)
    return launcher.build_image(job_file, wishes, on_line=_say)


def _say(line: str) -> None:
    click.echo(line, err=True)


def _show_plan(recipe: Recipe, output_format: str) -> None:
    if output_format == "json":
        emit_json(recipe.as_dict())
    else:
        click.echo(recipe.text())


def _write(job_file: Path, image: str) -> None:
    from modelyard_cli.pinning.files import read_text, replace_text
    from modelyard_cli.pinning.job_image import with_image
    from modelyard_launcher.load import load_job

    document = load_job(job_file).document  # as it is now: the build may have taken a while
    mark, text = read_text(job_file)
    replace_text(job_file, mark + with_image(text, document, image))


@contextmanager
def _ended_in_order() -> Generator[None]:
    """Leave by an exception when asked to end, so that the login of this build goes with it."""

    def leave(number: int, _: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
