"""Builds an image and pushes it, so that a break at any point leaves nothing half done that hurts.

What an engine has built it keeps, and builds on; layers that were pushed are there already; an image is in
the registry once its manifest is, which is the last thing that is pushed. So whoever begins again goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from modelyard.errors import InputError, ModelyardError, Problem, SurroundingsError
from modelyard_launcher.clouds import aws_access
from modelyard_launcher.containers.login import (
    Logins,
    ecr_hosts,
    host_of,
    log_in,
    logged_in,
    must_keep_images,
    region_of,
)
from modelyard_launcher.containers.recipe import Recipe
from modelyard_launcher.containers.registry import Pushed, UnknownError, find_tag
from modelyard_launcher.containers.running import Ended, answer_of, run_shown

if TYPE_CHECKING:
    from modelyard_launcher.access import S3Access
    from modelyard_launcher.stores import Access

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

_IMMUTABLE = re.compile(r"tag.*(?:immutable|cannot be overwritten)", re.IGNORECASE)
"""What a registry says of a tag that is taken (ECR: "tag invalid: The image tag '...' already exists in the
'...' repository and cannot be overwritten because the repository is immutable.")."""


class BuildFailedError(ModelyardError):
    """The image can't be built: its Dockerfile, or what that fetches, is at fault."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Built:
    """An image that was built, and perhaps pushed."""

    recipe: Recipe
    image_id: str | None
    """By which the engine knows it; None if it wasn't built, being there already."""
    tag: str | None
    """Tag in the registry; None if it wasn't pushed."""
    digest: str | None
    """Digest in the registry."""
    was_there: bool = False
    """Whether the registry had it already."""

    @property
    def in_job(self) -> str:
        """The image as a job's YAML names it."""
        names = self.recipe.names
        return names.in_job if self.digest is None else names.pinned(self.digest)

    @property
    def uri(self) -> str:
        """The image in full: as nodes pull it, or as it is known on this machine."""
        names = self.recipe.names
        return names.local if self.digest is None else f"{names.repository_url}@{self.digest}"

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        revision = self.recipe.revision
        return {
            "schema": "modelyard.built/1",
            "image": self.in_job,
            "uri": self.uri,
            "digest": self.digest,
            "tag": self.tag,
            "local": self.recipe.names.local,
            "image_id": self.image_id,
            "pushed": self.digest is not None,
            "was_there": self.was_there,
            "engine": self.recipe.engine.kind,
            "platform": self.recipe.platform,
            "revision": None if revision is None else revision.label,
        }


def build_image(recipe: Recipe, access: Access, on_line: Callable[[str], None]) -> Built:
    """Build an image; push it, if the recipe says so.

    Args:
        recipe: what is built.
        access: who one is in the cloud, for ECR.
        on_line: takes what the engine writes and what happens.

    Raises:
        BuildFailedError: it can't be built.
        InputError: the tag that was asked for is taken by another image.
        SurroundingsError: the registry doesn't let in, or can't be reached.
    """
    logins = _logins(recipe, aws_access(access, "the registry that images are built for"), on_line)
    with logged_in(recipe.engine, logins) as variables, TemporaryDirectory(prefix="modelyard-build-") as own:
        work = _Work(recipe, logins, variables, Path(own), on_line)
        if recipe.once and (known := work.known()) is not None:
            on_line(f"{recipe.uri(known[0])} is there already: nothing is built")
            return Built(recipe, None, known[0], known[1].digest, was_there=True)
        image_id = work.build()
        if not recipe.push:
            return Built(recipe, image_id, None, None)
        tag, there = work.free_tag(image_id)
        if there is not None:
            on_line(f"{recipe.uri(tag)} is there already, with this very image")
            return Built(recipe, image_id, tag, there.digest, was_there=True)
        return Built(recipe, image_id, tag, work.push(image_id, tag))


def _logins(recipe: Recipe, access: S3Access, on_line: Callable[[str], None]) -> dict[str, str]:
    """Logins to the registry, and to those of ECR that base images come from, as far as that can be."""
    host = host_of(recipe.names.repository_url)
    logins: dict[str, str] = {}
    if recipe.push:
        must_keep_images(host, access)
        logins = log_in([host], access)
    texts = [recipe.sources.dockerfile.read_text(errors="replace"), *recipe.arguments.values()]
    others = {found for text in texts for found in ecr_hosts(text)} - logins.keys()
    try:
        logins |= log_in(others, access)
    except SurroundingsError as error:  # the user may be logged in there in another way
        on_line(f"not logged in to {', '.join(sorted(others))}: {error.message}")
    return logins


@dataclass(frozen=True, slots=True)
class _Work:
    """The steps, and what they share."""

    recipe: Recipe
    logins: Logins
    variables: Mapping[str, str]
    """By which the engine finds the logins."""
    directory: Path
    on_line: Callable[[str], None]

    def build(self) -> str:
        """Build it; its id on this machine."""
        recipe, id_file = self.recipe, self.directory / "id"
        ended = run_shown(recipe.build_command(str(id_file)), self.on_line, self.variables)
        if ended.exit_code != 0:
            raise BuildFailedError(
                f"{recipe.engine.kind} can't build the image: {ended.last_word}\n"
                f"  mend: {_mend_of_build(recipe, ended)}"
            )
        found = _DIGEST.search(id_file.read_text())
        if found is None:
            raise SurroundingsError(
                f"{recipe.engine.kind} built the image and didn't say its id",
                "update it, or take another engine",
            )
        return found[0]

    def known(self) -> tuple[str, Pushed] | None:
        """The one tag that is meant and its image, if it is there."""
        tag = self.recipe.tag
        if tag is None or not self.recipe.push:
            return None
        try:
            found = find_tag(self.recipe.names.repository_url, tag, self.logins)
        except UnknownError:
            return None
        return None if found is None else (tag, found)

    def free_tag(self, image_id: str) -> tuple[str, Pushed | None]:
        """The tag to push by, and the image that has it already if it is this one."""
        recipe = self.recipe
        tags = [recipe.tag] if recipe.tag is not None else recipe.names.tags(recipe.revision, image_id)
        digest = ""
        for tag in tags:
            try:
                found = find_tag(recipe.names.repository_url, tag, self.logins)
            except UnknownError:  # pushing will say it
                return tag, None
            if found is None or found.is_the(image_id):
                return tag, found
            digest = found.digest
        raise _taken(recipe, tags[-1], f": {digest}")

    def push(self, image_id: str, tag: str) -> str:
        """Push it; its digest in the registry."""
        recipe, kind, uri = self.recipe, self.recipe.engine.kind, self.recipe.uri(tag)
        tagged = answer_of(recipe.tag_command(image_id, tag).words)
        if tagged.returncode != 0:
            raise SurroundingsError(
                f"{kind} can't name the image {uri}: {tagged.stderr.strip()}", f"check `{kind} images`"
            )
        digest_file = self.directory / "digest"
        ended = run_shown(recipe.push_command(tag, str(digest_file)), self.on_line, self.variables)
        if ended.exit_code != 0:
            if any(_IMMUTABLE.search(line) for line in ended.tail):
                raise _taken(recipe, tag, "")
            raise SurroundingsError(f"{kind} can't push {uri}: {ended.last_word}", _mend_of_push(recipe))
        said = digest_file.read_text() if digest_file.is_file() else _digest_by_docker(recipe, tag, ended)
        found = _DIGEST.search(said)
        if found is None:
            raise SurroundingsError(
                f"{uri} was pushed, and {kind} doesn't say with which digest",
                "update it, or take another engine",
            )
        return found[0]


def _digest_by_docker(recipe: Recipe, tag: str, ended: Ended) -> str:
    """What docker said as it pushed (`<tag>: digest: sha256:... size: 528`), or knows since."""
    said = next((line for line in reversed(ended.tail) if line.startswith(f"{tag}: digest: ")), None)
    if said is not None:
        return said
    asked = recipe.engine.command("image", "inspect", "--format", "{{json .RepoDigests}}", recipe.uri(tag))
    answer = answer_of(asked)
    digests: list[str] = json.loads(answer.stdout or "[]") if answer.returncode == 0 else []
    return next((each for each in digests if each.startswith(f"{recipe.names.repository_url}@")), "")


def _mend_of_build(recipe: Recipe, ended: Ended) -> str:
    if recipe.is_emulated and "exec format error" in "\n".join(ended.tail).lower():
        return (
            f"build on a machine for {recipe.platform}, or let this one run its programs "
            "(Debian and Ubuntu: `sudo apt-get install qemu-user-static`)"
        )
    sources = recipe.sources
    return f"mend {sources.dockerfile}, or what it copies and fetches; its context is {sources.context}"


def _mend_of_push(recipe: Recipe) -> str:
    host = host_of(recipe.names.repository_url)
    if region_of(host) is None:
        how = f"log in by `{recipe.engine.kind} login {host}`"
    else:
        how = "check that you have the environment's submitter policy"
    return f"run it again: what was pushed is kept. If the registry refuses you, {how}"


def _taken(recipe: Recipe, tag: str, digest: str) -> InputError:
    return InputError(
        [
            Problem(
                field="--tag",
                given=tag,
                message=f"{recipe.uri(tag)} is another image already{digest}; tags never move",
                allowed="a tag that the repository doesn't have",
                mend="give another tag, or none: then it is made of the commit and the image",
            )
        ]
    )
