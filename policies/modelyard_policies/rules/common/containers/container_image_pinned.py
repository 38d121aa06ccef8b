"""A container runs the very image that somebody chose, from a registry that is the organisation's own.

Allowed unless set otherwise are private registries of ECR and Azure's, of whichever account: they ask who
pulls and who pushes. Public galleries (public.ecr.aws, docker.io, mcr.microsoft.com) aren't, as anybody may
publish in most of them, and what is taken from one is gone when its publisher takes it away: name those that
are wanted, with a repository if need be, or keep a copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.containers import CONTAINERS, Container, describes_containers, each_container
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, matches
from modelyard_policies.rule import Rule, Severity

PRIVATE: Final = (
    *("*.dkr.ecr.*.amazonaws.com", "*.dkr.ecr.*.amazonaws.com.cn", "*.dkr.ecr-fips.*.amazonaws.com"),
    *("*.dkr-ecr.*.on.aws", "*.dkr-ecr-fips.*.on.aws"),
    *("*.azurecr.io", "*.azurecr.us", "*.azurecr.cn"),
)
"""Addresses of private registries (Amazon ECR User Guide, "Amazon ECR private registry"; Azure Container
Registry, "About registries, repositories, and artifacts", 2026-11)."""

DIGEST: Final = re.compile(r"@sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$")


@dataclass(frozen=True, slots=True)
class AllowedRegistries(Options):
    """Where images may come from."""

    rule: ClassVar[str] = "container-image-pinned"
    registries: tuple[str, ...] = option(
        words(),
        PRIVATE,
        "Registries that images may come from, with * for anything; one with a slash names repositories, as "
        "public.ecr.aws/cloudwatch-agent/*",
    )


RULE = Rule(
    id="container-image-pinned",
    code="CT1",
    title="Containers take their image by digest from an allowed registry",
    severity=Severity.MEDIUM,
    resources=CONTAINERS,
    options=AllowedRegistries,
    why=(
        "A tag can be moved: the next node of a job may run other code than the first, with the role's "
        "rights."
    ),
    mend=(
        "Write the image as REGISTRY/REPOSITORY@sha256:DIGEST, from a private registry; name another "
        "registry in the option registries if images may come from there."
    ),
    maps_to={
        "checkov": ["CKV_K8S_43"],
        "azure_policy": ["febd0533-8e55-448f-b837-bd0e06f16469"],
        "mcsb": ["PV-2"],
    },
    snippet="""\
digest = "sha256:9b2f1c7e0a5d4b38c6e1f0a97d3b52c48e6f1a0d9c7b5e3f2a1d0c8b6e4f2a10"
aws.ecs.TaskDefinition(
    "train",
    family="train",
    container_definitions=json.dumps(
        [{"name": "train", "image": f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/training@{digest}"}]
    ),
)
""",
)

RULE.applies(describes_containers)


@RULE.check
def images_are_chosen(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the image of each container."""
    allowed = graph.options(AllowedRegistries).registries
    yield from each_container(resource, lambda container: _is_chosen(container, allowed))


def _is_chosen(container: Container, allowed: tuple[str, ...]) -> Iterator[Failure]:
    image = container.block.text("image").strip()
    if not image:
        return
    registry, repository = _parts(image)
    if not any(
        matches(pattern, f"{registry}/{repository}" if "/" in pattern else registry) for pattern in allowed
    ):
        yield container.block.failure("image", f"comes from {registry}, which isn't an allowed registry")
    if not DIGEST.search(image):
        yield container.block.failure("image", "isn't pinned by a digest")


def _parts(image: str) -> tuple[str, str]:
    """Registry and repository. What names no registry comes from Docker Hub."""
    name = image.partition("@")[0]
    first, slash, rest = name.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost"):
        first, rest = "docker.io", name
    return first.lower(), rest.partition(":")[0]
