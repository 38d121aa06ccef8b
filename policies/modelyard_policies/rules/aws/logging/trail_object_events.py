"""Reads and writes of the objects that hold training data are recorded.

A trail, or a store of CloudTrail Lake, records them for some objects at least; which objects hold training
data can be said by the option prefixes, and then for all of those. Reads and writes may be recorded by
different ones. Judged are stacks that are the account's, and stacks that have a trail or a store.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

from modelyard_policies.aws.account_settings import raise_if_adopted
from modelyard_policies.aws.trails import ACCESSES, records_objects
from modelyard_policies.aws.types import CLOUD_TRAIL, EVENT_DATA_STORE, STACK
from modelyard_policies.declared import ACCOUNT_COMPONENT, is_account_stack
from modelyard_policies.graph.types import AWS
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, each, some
from modelyard_policies.rule import Rule, Severity

RECORDERS = (CLOUD_TRAIL, EVENT_DATA_STORE)


@dataclass(frozen=True, slots=True)
class TrainingData(Options):
    """Where training data is."""

    rule: ClassVar[str] = "trail-object-events"
    prefixes: tuple[str, ...] = option(
        words(),
        (),
        "Starts of the ARNs of objects whose reads and writes have to be recorded, such as "
        "arn:aws:s3:::acme-datasets/; empty for any objects",
    )


RULE = Rule(
    id="trail-object-events",
    code="LM2",
    title="Reads and writes of training data in S3 are recorded",
    severity=Severity.MEDIUM,
    resources=(STACK,),
    reads=(*RECORDERS, ACCOUNT_COMPONENT),
    options=TrainingData,
    why=(
        "A trail records who changed a bucket, but not who copied what is in it: without data events nobody "
        "can say whether the weights have left."
    ),
    mend=(
        "Add to the trail an advanced selector with eventCategory Data, resources.type AWS::S3::Object, and "
        "resources.ARN startsWiths with the buckets that hold datasets and checkpoints."
    ),
    snippet="""\
aws.cloudtrail.Trail(
    "account",
    s3_bucket_name=log_bucket.bucket,
    kms_key_id=key.arn,
    is_multi_region_trail=True,
    enable_log_file_validation=True,
    advanced_event_selectors=[
        {"field_selectors": [{"field": "eventCategory", "equals": ["Management"]}]},
        {
            "field_selectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                {"field": "resources.ARN", "starts_withs": ["arn:aws:s3:::acme-datasets/"]},
            ]
        },
    ],
)
""",
    maps_to={"cis_aws": ["3.8", "3.9"]},
)


@RULE.applies
def something_is_recorded(stack: Resource, graph: GraphView) -> bool:
    """Whether the stack is the account's, or records calls."""
    return bool(graph.of_type(*RECORDERS)) or is_account_stack(graph, AWS)


@RULE.check
def objects_are_recorded(stack: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge all trails and stores together."""
    recorders = graph.of_type(*RECORDERS)
    prefixes = graph.options(TrainingData).prefixes or ("",)

    def is_recorded(case: tuple[str, str]) -> Iterator[Failure]:
        access, prefix = case
        if not some(recorders, lambda recorder: records_objects(recorder, access, prefix)):
            objects = f"objects at {prefix}" if prefix else "objects in S3"
            if recorders:
                yield recorders[0].failure("advancedEventSelectors", f"no {access} of {objects} is recorded")
            else:
                raise_if_adopted(graph, CLOUD_TRAIL)
                yield stack.failure("", f"no {access} of {objects} is recorded")

    yield from each(product(ACCESSES, prefixes), is_recorded)
