"""A repository's tags don't move, its images are under a customer key, and old ones go.

Tags that are left out of immutability by a filter (as build caches need it) are accepted, but not all tags.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.keys import names_customer_key
from modelyard_policies.aws.types import KMS_KEYS, REPOSITORY, REPOSITORY_LIFECYCLE
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="repository-guarded",
    code="CT6",
    title="Repositories have immutable tags, a customer-managed key and a lifecycle policy",
    severity=Severity.MEDIUM,
    resources=(REPOSITORY,),
    reads=(REPOSITORY_LIFECYCLE, *KMS_KEYS),
    why=(
        "Whoever may push replaces the image under a tag that jobs already use; images of training stacks "
        "are tens of gigabytes, which are paid for as long as they lie there."
    ),
    mend=(
        "Set imageTagMutability to IMMUTABLE, encryptionConfigurations to KMS with the environment's key "
        "(which makes a new repository of one that exists), and add a LifecyclePolicy that expires untagged "
        "images."
    ),
    maps_to={"checkov": ["CKV_AWS_51", "CKV_AWS_136"], "security_hub": ["ECR.2", "ECR.3"]},
    snippet="""\
images = aws.ecr.Repository(
    "images",
    name="images",
    image_tag_mutability="IMMUTABLE",
    image_scanning_configuration={"scan_on_push": True},
    encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}],
)
untagged = {
    "rulePriority": 1,
    "selection": {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 14,
    },
    "action": {"type": "expire"},
}
aws.ecr.LifecyclePolicy("images", repository=images.name, policy=json.dumps({"rules": [untagged]}))
""",
)


@RULE.check
def images_are_guarded(repository: Resource, graph: GraphView) -> Iterator[Failure]:
    """Each of the three by itself."""
    yield from each((_tags_stay, _key_is_ours, _old_images_go), lambda check: check(repository, graph))


def _tags_stay(repository: Resource, graph: GraphView) -> Iterator[Failure]:
    mutability = repository.text("imageTagMutability").upper()
    if mutability == "IMMUTABLE_WITH_EXCLUSION":
        key = "imageTagMutabilityExclusionFilters"
        if some(repository.list(key), lambda item: item.text("filter").strip("*") == ""):
            yield repository.failure(key, "leaves out every tag")
    elif mutability != "IMMUTABLE":
        # ECR's default is MUTABLE.
        yield repository.failure(
            "imageTagMutability",
            f"is {repository.shown('imageTagMutability')}, not IMMUTABLE",
        )


def _key_is_ours(repository: Resource, graph: GraphView) -> Iterator[Failure]:
    encryption = repository.block("encryptionConfigurations")
    ours = all_of(
        lambda: encryption.text("encryptionType").upper().startswith("KMS"),
        lambda: names_customer_key(encryption, "kmsKey", graph),
    )
    if not ours:
        yield encryption.failure("kmsKey", "names no customer-managed key")


def _old_images_go(repository: Resource, graph: GraphView) -> Iterator[Failure]:
    here = repository.node.region
    # Repositories of one name in several regions are told apart by where the policy is.
    policies = graph.linked(repository, REPOSITORY_LIFECYCLE, "repository")
    if not any(here is None or policy.node.region in (None, here) for policy in policies):
        yield repository.failure("", "has no LifecyclePolicy, so every image is kept for ever")
