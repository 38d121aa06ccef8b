"""How an image that is built is named: in the environment's repository, and in a job's YAML.

The environment has one repository, whose tags never move (docs/decisions/0037). So an image has the job's
name for it, its version and the commit in its tag: cnn:0.1.0 is pushed as cnn-0.1.0-3f2a1b9c0d1e. On this
machine it has the name that the job's own stands for as well, cnn-0.1.0, which is never pushed: so a job is
tried here before anything is.
"""

from __future__ import annotations

from dataclasses import dataclass

from modelyard.errors import InputError
from modelyard_launcher.containers.revision import SHOWN_DIGITS, Revision
from modelyard_launcher.images import LONGEST_TAG
from modelyard_launcher.job import image_reference
from modelyard_launcher.load import LoadedJob

TAG_PATTERN = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
"""As registries take it, but for its length (OCI Distribution Specification 1.1, "Pulling manifests")."""


@dataclass(frozen=True, slots=True)
class ImageNames:
    """How an image is named."""

    repository_url: str
    """Repository of the environment."""
    name: str
    """Its own name, as cnn."""
    version: str | None
    """Its version, as 0.1.0."""

    @property
    def base_tag(self) -> str:
        """What every tag of it begins with."""
        return self.name if self.version is None else f"{self.name}-{self.version}"

    @property
    def local(self) -> str:
        """Its name on this machine: what the job's image stands for."""
        return f"{self.repository_url}:{self.name}-{self.version or 'latest'}"

    @property
    def in_job(self) -> str:
        """Its name as a job's YAML has it, without a digest."""
        return self.name if self.version is None else f"{self.name}:{self.version}"

    def pinned(self, digest: str) -> str:
        """The same with a digest. The repository isn't named: in the recovery region it is another."""
        return f"{self.in_job}@{digest}"

    def tags(self, revision: Revision | None, image_id: str) -> list[str]:
        """The tags to push it by, the first that isn't taken by another image.

        A commit's own tag, where the files are as the commit has them; else, and where that is taken (by a
        build with other arguments, or of another day), the image's own digits stand behind it.
        """
        own = image_id.removeprefix("sha256:")[:SHOWN_DIGITS]
        if revision is None:
            return [_cut(self.base_tag, own)]
        both = _cut(self.base_tag, f"{revision.short}-{own}")
        return [both] if revision.changed else [_cut(self.base_tag, revision.short), both]


def _cut(base: str, end: str) -> str:
    """A tag that isn't too long."""
    return f"{base[: LONGEST_TAG - len(end) - 1]}-{end}"


def image_names(loaded: LoadedJob, repository_url: str) -> ImageNames:
    """How the image of a job is named. Raises InputError if it is one of another registry."""
    job = loaded.job
    if job.image is None:
        return ImageNames(repository_url, job.name, None)
    reference = image_reference(job.image)
    if "/" in reference.name:
        problem = loaded.problem(
            "image",
            job.image,
            "it names a repository of its own, and `job build` pushes to the environment's",
            allowed="a name without a registry, as cnn:0.1.0; or no image, then it is named by the job",
            mend=f"write image: {job.name}:0.1.0 for an image of the job's own",
        )
        raise InputError([problem])
    return ImageNames(repository_url, reference.name, reference.tag)
