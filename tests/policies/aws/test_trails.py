"""What selectors of a trail take, in their two kinds."""

import pytest

from modelyard_policies.aws.trails import READ, WRITE, records_management, records_objects
from modelyard_policies.aws.types import CLOUD_TRAIL
from modelyard_policies.graph import Node
from modelyard_policies.reading import Resource

DATASETS = "arn:aws:s3:::datasets/"


def trail(**properties) -> Resource:
    return Resource(Node(urn="urn", type=CLOUD_TRAIL, name="trail", properties=properties))


def advanced(*selectors) -> Resource:
    return trail(
        advancedEventSelectors=[
            {"fieldSelectors": [{"field": field, **how} for field, how in fields.items()]}
            for fields in selectors
        ]
    )


def management(**more):
    return {"eventCategory": {"equals": ["Management"]}, **more}


def objects(**more):
    return {
        "eventCategory": {"equals": ["Data"]},
        "resources.type": {"equals": ["AWS::S3::Object"]},
        **{name.replace("__", "."): how for name, how in more.items()},
    }


def older(values=(), **more) -> Resource:
    data = [{"type": "AWS::S3::Object", "values": list(values)}]
    return trail(eventSelectors=[{"dataResources": data, **more}])


@pytest.mark.parametrize(
    ("recorder", "expected"),
    [
        (trail(), True),
        (trail(eventSelectors=[], advancedEventSelectors=[]), True),
        (trail(eventSelectors=[{}]), True),
        (trail(eventSelectors=[{"readWriteType": "WriteOnly"}]), False),
        (trail(eventSelectors=[{"includeManagementEvents": False}]), False),
        (trail(eventSelectors=[{"excludeManagementEventSources": ["kms.amazonaws.com"]}]), False),
        (advanced(management()), True),
        (
            advanced(management(readOnly={"equals": ["true"]}), management(readOnly={"equals": ["false"]})),
            True,
        ),
        (advanced(management(readOnly={"equals": ["false"]})), False),
        (advanced(management(eventSource={"notEquals": ["kms.amazonaws.com"]})), False),
        (advanced(objects()), False),
    ],
)
def test_every_call_that_manages_something_is_recorded(recorder, expected):
    assert records_management(recorder) is expected


@pytest.mark.parametrize(
    ("recorder", "reads", "writes"),
    [
        (trail(), False, False),
        (advanced(management()), False, False),
        (advanced(objects()), True, True),
        (advanced(objects(readOnly={"equals": ["true"]})), True, False),
        (advanced(objects(readOnly={"equals": ["false"]})), False, True),
        (advanced(objects(eventName={"equals": ["DeleteObject"]})), False, False),
        (advanced(objects(eventName={"notEquals": ["HeadObject"]})), True, True),
        (advanced({"eventCategory": {"equals": ["Data"]}}), False, False),
        (older(["arn:aws:s3"]), True, True),
        (older(["arn:aws:s3"], readWriteType="WriteOnly"), False, True),
        (trail(eventSelectors=[{"dataResources": [{"type": "AWS::Lambda::Function"}]}]), False, False),
    ],
)
def test_reads_and_writes_of_objects_are_told_apart(recorder, reads, writes):
    assert records_objects(recorder, READ, "") is reads
    assert records_objects(recorder, WRITE, "") is writes


@pytest.mark.parametrize(
    ("recorder", "expected"),
    [
        (advanced(objects()), True),
        (advanced(objects(resources__ARN={"startsWiths": ["arn:aws:s3:::other/", DATASETS]})), True),
        (advanced(objects(resources__ARN={"startsWiths": ["arn:aws:s3:::data"]})), True),
        (advanced(objects(resources__ARN={"startsWiths": [f"{DATASETS}public/"]})), False),
        (advanced(objects(resources__ARN={"equals": [DATASETS]})), False),
        (advanced(objects(resources__ARN={"notStartsWiths": ["arn:aws:s3:::logs/"]})), True),
        (advanced(objects(resources__ARN={"notStartsWiths": [f"{DATASETS}public/"]})), False),
        (older(["arn:aws:s3"]), True),
        (older([DATASETS]), True),
        (older([f"{DATASETS}public/"]), False),
    ],
)
def test_all_objects_of_a_place_are_recorded(recorder, expected):
    assert records_objects(recorder, READ, DATASETS) is expected
