"""What the commands of `modelyard job` share: where a job goes, and which run is meant."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from modelyard_cli.common import complete_environments

if TYPE_CHECKING:
    from modelyard_launcher.api import Launcher

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])

job_argument = click.argument("job_file", metavar="JOB", type=click.Path(path_type=Path))

run_argument = click.argument("run_id", metavar="RUN")


def where(function: AnyFunction) -> AnyFunction:
    """`--env` and `--target`: given to the command as `environment` and `target_file`."""
    environment = click.option(
        "--env",
        "environment",
        metavar="ENV",
        shell_complete=complete_environments,
        help="Environment, by its name or its file. Without it, the project's only one.",
    )
    target = click.option(
        "--target",
        "target_file",
        metavar="FILE",
        help="Launch target (modelyard.target/1): its file, or its checkpoint store, as s3://BUCKET or "
        "https://ACCOUNT.blob.core.windows.net/checkpoints.",
    )
    return environment(target(function))


def where_words(environment: str | None, target_file: str | None) -> str:
    """`--env` or `--target` as they were given, to be put into a command that somebody may paste."""
    if environment is not None:
        return f" --env {shlex.quote(environment)}"
    return "" if target_file is None else f" --target {shlex.quote(target_file)}"


def backend_option(function: AnyFunction) -> AnyFunction:
    """`--backend`: given to the command as `backend`."""
    return click.option(
        "--backend",
        metavar="NAME",
        help="Where the job runs: aws_batch, azure_ml, or local for this machine. By default the "
        "environment's cloud.",
    )(function)


def container_options(function: AnyFunction) -> AnyFunction:
    """`--container` and `--engine`: given to the command as `container` and `engine`."""
    container = click.option(
        "--container",
        is_flag=True,
        help="With --backend local: run each node in a container of the job's image, as on a cluster.",
    )
    engine = click.option(
        "--engine",
        metavar="ENGINE",
        help="With --container: docker or podman, or the path of one. By default "
        "MODELYARD_CONTAINER_ENGINE, or the first that can be used.",
    )
    return container(engine(function))


def find_launcher(
    environment: str | None,
    target_file: str | None,
    backend: str | None = None,
    *,
    container: bool = False,
    engine: str | None = None,
) -> Launcher:
    """The launcher of an environment or a target; both can't be given."""
    from modelyard_launcher.api import Launcher

    if environment is not None and target_file is not None:
        raise click.UsageError("--env names an environment and --target another: give one of them")
    if engine is not None and not container:
        raise click.UsageError("--engine is for --container")
    return Launcher(environment, target=target_file, backend=backend, container=container, engine=engine)


def seconds_of(text: str, option: str) -> float:
    """Seconds of a time as people write it. Raises BadParameter."""
    from modelyard_launcher.durations import duration_seconds

    try:
        return duration_seconds(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
