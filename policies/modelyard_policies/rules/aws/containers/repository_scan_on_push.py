"""Images are scanned for known faults when they are pushed: by the repository, or by its whole registry.

A registry scans what the filters of its rules name: one with * as it stands, one without it wherever it
occurs in a repository's name (Amazon ECR User Guide, "Configuring enhanced scanning for images in Amazon
ECR", 2026-11). Amazon Inspector, enabled for ECR, scans all of a registry.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.types import INSPECTOR_ENABLER, REGISTRY_SCANNING, REPOSITORY
from modelyard_policies.errors import Unread
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, matches, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="repository-scan-on-push",
    code="CT5",
    title="Repositories scan images when they are pushed",
    severity=Severity.MEDIUM,
    resources=(REPOSITORY,),
    reads=(REGISTRY_SCANNING, INSPECTOR_ENABLER),
    why="A package with a known hole goes to every node before anybody reads of it.",
    mend=(
        "Set imageScanningConfiguration.scanOnPush to true, or give the region a "
        "RegistryScanningConfiguration with a rule for the repository."
    ),
    maps_to={"checkov": ["CKV_AWS_163"], "security_hub": ["ECR.1"]},
    snippet="""\
aws.ecr.Repository(
    "training",
    name="training",
    image_tag_mutability="IMMUTABLE",
    image_scanning_configuration={"scan_on_push": True},
    encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}],
)
""",
)


@RULE.check
def pushes_are_scanned(repository: Resource, graph: GraphView) -> Iterator[Failure]:
    """One way is enough."""
    scanned = any_of(
        lambda: _scans_itself(repository),
        lambda: some(_beside(repository, REGISTRY_SCANNING, graph), lambda each: _scans(each, repository)),
        lambda: some(_beside(repository, INSPECTOR_ENABLER, graph), _is_for_images),
    )
    if not scanned:
        scanning = repository.block("imageScanningConfiguration")
        yield scanning.failure(
            "scanOnPush",
            f"is {scanning.shown('scanOnPush')}, and no registry rule scans it",
        )


def _scans_itself(repository: Resource) -> bool:
    return repository.block("imageScanningConfiguration").is_true("scanOnPush")


def _beside(repository: Resource, token: str, graph: GraphView) -> list[Resource]:
    """Those of its own region, as far as it is known."""
    here = repository.node.region
    return [each for each in graph.of_type(token) if here is None or each.node.region in (None, here)]


def _scans(registry: Resource, repository: Resource) -> bool:
    return some(
        registry.list("rules"),
        lambda rule: all_of(
            lambda: rule.text("scanFrequency").upper() in ("SCAN_ON_PUSH", "CONTINUOUS_SCAN"),
            lambda: some(rule.list("repositoryFilters"), lambda each: _takes(each, repository)),
        ),
    )


def _takes(item: Block, repository: Resource) -> bool:
    pattern = item.text("filter")
    if pattern and not pattern.strip("*"):
        return True
    name = repository.text("name")
    if not name:
        raise Unread(repository.urn, "name", "not known before the deployment")
    return bool(pattern) and matches(pattern if "*" in pattern else f"*{pattern}*", name)


def _is_for_images(enabler: Resource) -> bool:
    return some(enabler.strings("resourceTypes"), lambda kind: kind.upper() == "ECR")
