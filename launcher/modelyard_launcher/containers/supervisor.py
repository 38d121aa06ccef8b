"""The image of `job supervise --in-cloud`: this very modelyard, in a container."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from modelyard_launcher.clouds import AnyTarget
from modelyard_launcher.containers.building import Built, build_image
from modelyard_launcher.containers.planning import plan_supervisor_build
from modelyard_launcher.containers.recipe import Recipe, Wishes
from modelyard_launcher.containers.sources import Sources
from modelyard_launcher.containers.wheel import constraints, write_wheel
from modelyard_launcher.stores import Access
from modelyard_launcher.supervise.in_cloud import supervisor_image

DOCKERFILE = Path(__file__).parent / "files" / "supervisor.Dockerfile"
"""From which it is built."""

EXTRA = "aws"
"""What a supervisor needs besides: boto3."""


@contextmanager
def supervisor_sources(dockerfile: Path | None = None) -> Generator[Sources]:
    """What the image is built from, in a directory that is there while it is wanted.

    Raises SurroundingsError if modelyard isn't installed.
    """
    with TemporaryDirectory(prefix="modelyard-supervisor-") as name:
        directory = Path(name)
        write_wheel(directory)
        lines = "".join(f"{line}\n" for line in constraints(EXTRA))
        (directory / "constraints.txt").write_text(lines, encoding="ascii")
        yield Sources(dockerfile or DOCKERFILE, directory, "modelyard itself was put there")


def plan_supervisor_image(target: AnyTarget, wishes: Wishes) -> Recipe:
    """How it would be built; its context is made when it is."""
    sources = Sources(
        wishes.dockerfile or DOCKERFILE, Path("<modelyard as a wheel>"), "modelyard is put there"
    )
    return plan_supervisor_build(target, sources, supervisor_image(), wishes)


def build_supervisor_image(
    target: AnyTarget, wishes: Wishes, access: Access, on_line: Callable[[str], None]
) -> Built:
    """Build and push it, unless the environment's registry has this version's already."""
    with supervisor_sources(wishes.dockerfile) as sources:
        recipe = plan_supervisor_build(target, sources, supervisor_image(), wishes)
        return build_image(recipe, access, on_line)
