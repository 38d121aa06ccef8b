"""Inspector looks through machines and images for holes that are known.

Enablers of one region count together. What an organization's administrator enables in its accounts isn't in
their graphs: that is for a suppression.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.aws.account_settings import is_the_accounts, missing
from modelyard_policies.aws.types import INSPECTOR_ENABLER, STACK
from modelyard_policies.declared import ACCOUNT_COMPONENT
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, each, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class Scans(Options):
    """What Inspector has to look through."""

    rule: ClassVar[str] = "inspector-scans"
    resource_types: tuple[str, ...] = option(
        words(), ("EC2", "ECR"), "What is looked through, as Inspector names it; LAMBDA may be another"
    )


RULE = Rule(
    id="inspector-scans",
    code="LM6",
    title="Inspector looks through machines and images",
    severity=Severity.MEDIUM,
    resources=(STACK, INSPECTOR_ENABLER),
    reads=(INSPECTOR_ENABLER, ACCOUNT_COMPONENT),
    options=Scans,
    why=(
        "A training image is gigabytes of libraries that were new when it was built; holes are found in them "
        "every week after."
    ),
    mend="Give the account's stack an Enabler with resourceTypes EC2 and ECR in each region that is used.",
    snippet="""\
aws.inspector2.Enabler("account", account_ids=["111122223333"], resource_types=["EC2", "ECR"])
""",
    maps_to={"security_hub": ["Inspector.1", "Inspector.2"]},
)


RULE.applies(is_the_accounts)


@RULE.check
def machines_and_images_are_scanned(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the stack for having an enabler, and each enabler with those of its region."""
    if resource.type == STACK:
        what = "no Enabler of Inspector scans machines and images"
        yield from missing(resource, graph, INSPECTOR_ENABLER, what)
        return
    beside = [each for each in graph.of_type(INSPECTOR_ENABLER) if each.node.region == resource.node.region]

    def is_scanned(kind: str) -> Iterator[Failure]:
        if not some(beside, lambda enabler: some(enabler.strings("resourceTypes"), kind.__eq__)):
            yield resource.failure("resourceTypes", f"lacks {kind}")

    yield from each(graph.options(Scans).resource_types, is_scanned)
