"""From a job, or the supervisor, to the recipe of its image."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from modelyard.errors import InputError, Problem
from modelyard.outputs import LaunchTarget
from modelyard_launcher.clouds import AnyTarget, aws_target, on_azure
from modelyard_launcher.containers.engines import BUILDERS, find_engine
from modelyard_launcher.containers.names import TAG_PATTERN, ImageNames, image_names
from modelyard_launcher.containers.recipe import PLATFORMS, Recipe, Wishes, platform_of
from modelyard_launcher.containers.revision import revision_of
from modelyard_launcher.containers.sources import Sources, find_sources
from modelyard_launcher.images import LONGEST_TAG
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.pools import choose_pool
from modelyard_launcher.target import UNKNOWN_YET

REPOSITORY_PLACEHOLDER = "<repository>"
"""What stands in a plan for the repository of an environment that isn't up."""


def plan_build(loaded: LoadedJob, target: AnyTarget, wishes: Wishes) -> Recipe:
    """How the image of a job would be built.

    Raises InputError, and SurroundingsError if there is no engine.
    """
    target = _with_a_repository(target)
    names = image_names(loaded, _repository(target))
    sources = find_sources(loaded.base, wishes.dockerfile, wishes.context)
    pool = choose_pool(loaded, target, now=datetime.now(UTC)).pool
    own_file = loaded.base / Path(loaded.document.file).name
    return _recipe(names, sources, wishes, platform_of(pool.architecture), own_file)


def plan_supervisor_build(target: AnyTarget, sources: Sources, image: str, wishes: Wishes) -> Recipe:
    """How the image of `job supervise --in-cloud` would be built, by the name that it looks for.

    One that is there already will do: it is of the same version.
    """
    target = _with_a_repository(target)
    name, _, version = image.partition(":")
    names = ImageNames(_repository(target), name, version)
    without = [pool for pool in target.pools if pool.accelerator is None]
    architecture = without[0].architecture if without else None
    once = replace(wishes, tag=wishes.tag or names.base_tag)
    return replace(_recipe(names, sources, once, platform_of(architecture)), once=wishes.tag is None)


def _with_a_repository(target: AnyTarget) -> LaunchTarget:
    if on_azure(target):
        by_hand = f"build it with docker and push it to {target.registry} after `az acr login`"
        return aws_target(target, "`modelyard job build`", f"{by_hand}; name it by its digest")
    return target


def _repository(target: LaunchTarget) -> str:
    """The environment's repository; in a plan for one that isn't up, a word for it."""
    url = target.registry.repository_url
    return REPOSITORY_PLACEHOLDER if url == UNKNOWN_YET else url


def _recipe(
    names: ImageNames, sources: Sources, wishes: Wishes, platform: str, but: Path | None = None
) -> Recipe:
    problems = [*_bad_tag(wishes.tag), *_bad_platform(wishes.platform)]
    if problems:
        raise InputError(problems)
    return Recipe(
        engine=find_engine(BUILDERS, wishes.engine),
        sources=sources,
        names=names,
        platform=wishes.platform or platform,
        revision=revision_of([sources.context, sources.dockerfile], but),
        push=wishes.push,
        tag=wishes.tag,
        arguments=wishes.arguments,
    )


def _bad_tag(tag: str | None) -> list[Problem]:
    if tag is None or (re.fullmatch(TAG_PATTERN, tag) and len(tag) <= LONGEST_TAG):
        return []
    return [
        Problem(
            field="--tag",
            given=tag,
            message="this is no tag",
            allowed=f"letters, digits, dots, dashes and underscores, {LONGEST_TAG} at most, "
            "no dot or dash first",
            mend="choose another, as cnn-0.1.0-b2",
        )
    ]


def _bad_platform(platform: str | None) -> list[Problem]:
    if platform is None or platform in PLATFORMS.values():
        return []
    return [
        Problem(
            field="--platform",
            given=platform,
            message="nodes are of no such platform",
            allowed=", ".join(PLATFORMS.values()),
            mend="take one of these, or leave it out: the job's pool says it",
        )
    ]
