"""What building an image would mean: from what, for which machines, by which names, by which commands."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelyard_launcher.containers.engines import Engine
from modelyard_launcher.containers.login import host_of, is_loopback, region_of
from modelyard_launcher.containers.names import ImageNames
from modelyard_launcher.containers.revision import Revision
from modelyard_launcher.containers.running import Command
from modelyard_launcher.containers.sources import Sources

PLATFORMS = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}
"""Platforms as images name them, by the architecture as a target does."""

_MACHINES = {
    "x86_64": "linux/amd64",
    "amd64": "linux/amd64",
    "arm64": "linux/arm64",
    "aarch64": "linux/arm64",
}

ID_PLACEHOLDER = "<image id>"
"""What stands in a plan for the id of an image that isn't built yet."""

ID_FILE_PLACEHOLDER = "<a temporary file>"

_ID_END = "0" * 64


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that building an image takes."""

    engine: Engine
    sources: Sources
    names: ImageNames
    platform: str
    """Platform of the nodes that it is for, as linux/amd64."""
    revision: Revision | None
    push: bool
    """Whether it goes to the registry."""
    tag: str | None = None
    """The one tag to push it by, if one was asked for."""
    arguments: Mapping[str, str] = field(default_factory=dict[str, str])
    """Build arguments."""
    once: bool = False
    """Whether an image that has the one tag already will do."""

    def build_command(self, id_file: str) -> Command:
        """The command that builds it; it writes the image's id into a file.

        What differs between two builds of the same is left out, as far as the engine can: times are those of
        the commit, and no attestation tells of the machine.
        """
        words = ["build", "--file", str(self.sources.dockerfile), "--platform", self.platform]
        for name, value in self.labels.items():
            words += ["--label", f"{name}={value}"]
        for name, value in sorted(self.arguments.items()):
            words += ["--build-arg", f"{name}={value}"]
        variables: dict[str, str] = {}
        if self.engine.kind == "docker":
            variables["BUILDX_NO_DEFAULT_ATTESTATIONS"] = "1"
            if self.revision is not None:
                variables["SOURCE_DATE_EPOCH"] = str(self.revision.committed_at)
        elif self.revision is not None:
            words += ["--timestamp", str(self.revision.committed_at)]
        words += ["--tag", self.names.local, "--iidfile", id_file, str(self.sources.context)]
        return Command(self.engine.command(*words), variables)

    def tag_command(self, image_id: str, tag: str) -> Command:
        """The command that gives it a name of the registry's."""
        return Command(self.engine.command("tag", image_id, self.uri(tag)))

    def push_command(self, tag: str, digest_file: str) -> Command:
        """The command that pushes it. Docker tells the digest when it is asked, the others write it down."""
        words = ["push"]
        if self.engine.kind != "docker":
            words += ["--digestfile", digest_file]
            # A registry of this machine seldom has a certificate; docker knows that by itself.
            words += ["--tls-verify=false"] if is_loopback(host_of(self.names.repository_url)) else []
        return Command(self.engine.command(*words, self.uri(tag)))

    def uri(self, tag: str) -> str:
        """The image by a tag of the environment's repository."""
        return f"{self.names.repository_url}:{tag}"

    @property
    def labels(self) -> dict[str, str]:
        """What the image says of itself; it stands before what its Dockerfile says."""
        labels: dict[str, str] = {}
        if self.revision is not None:
            labels["org.opencontainers.image.revision"] = self.revision.label
        if self.names.version is not None:
            labels["org.opencontainers.image.version"] = self.names.version
        return labels

    @property
    def planned_tags(self) -> list[str]:
        """The tags that it may be pushed by, as far as they are known beforehand."""
        if self.tag is not None:
            return [self.tag]
        return [
            tag.replace(_ID_END[:12], "<digits of its id>") for tag in self.names.tags(self.revision, _ID_END)
        ]

    @property
    def is_emulated(self) -> bool:
        """Whether this machine has to act as another to build it."""
        return _MACHINES.get(platform.machine().lower()) != self.platform

    def commands(self) -> Sequence[Command]:
        """The commands, in their order; what is known only then stands in angle brackets."""
        commands = [self.build_command(ID_FILE_PLACEHOLDER)]
        if self.push:
            tag = self.planned_tags[0]
            commands += [self.tag_command(ID_PLACEHOLDER, tag), self.push_command(tag, ID_FILE_PLACEHOLDER)]
        return commands

    def text(self) -> str:
        """The commands as they can be typed."""
        commands = [command.shown() for command in self.commands()]
        region = region_of(host_of(self.names.repository_url))
        if self.push and region is not None:
            commands.insert(
                1,
                f"# ecr GetAuthorizationToken in {region}; "
                f"{self.engine.kind} finds the login in a directory of its own",
            )
        return "\n".join(commands)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "schema": "modelyard.build/1",
            "engine": self.engine.kind,
            "dockerfile": str(self.sources.dockerfile),
            "context": str(self.sources.context),
            "context_reason": self.sources.why,
            "platform": self.platform,
            "repository": self.names.repository_url,
            "local": self.names.local,
            "tags": self.planned_tags if self.push else [],
            "revision": None if self.revision is None else self.revision.label,
            "commands": [command.as_dict() for command in self.commands()],
        }


def platform_of(architecture: str | None) -> str:
    """The platform of nodes; that of this machine's kind where a target doesn't say."""
    return PLATFORMS.get(architecture or "", "linux/amd64")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What may be asked for otherwise than it is by default."""

    engine: str | None = None
    dockerfile: Path | None = None
    context: Path | None = None
    tag: str | None = None
    platform: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict[str, str])
    push: bool = True
