"""From Pulumi's names to the API's, by botocore's own shapes."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from modelyard_sandbox.aws.translate import to_request
from modelyard_sandbox.errors import UnsupportedError


def shape(service: str, operation: str) -> Any:
    model = botocore.session.get_session().get_service_model(service)
    return model.operation_model(operation).input_shape


@pytest.mark.parametrize(
    ("service", "operation", "given", "request_"),
    [
        ("ec2", "CreateVpc", {"cidrBlock": "10.0.0.0/16"}, {"CidrBlock": "10.0.0.0/16"}),
        ("ec2", "CreateVpc", {"cidrBlock": None}, {}),
        ("kms", "CreateKey", {"tags": {"b": "2", "a": "1"}}, {
            "Tags": [{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "2"}]
        }),
        ("logs", "CreateLogGroup", {"tags": {"a": "1"}}, {"tags": {"a": "1"}}),
        ("kms", "CreateKey", {"multiRegion": "true"}, {"MultiRegion": True}),
        ("batch", "CreateJobQueue", {"computeEnvironmentOrders": [{"order": 1.0, "computeEnvironment": "a"}]}, {
            "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "a"}]
        }),
        ("ecr", "CreateRepository", {"encryptionConfigurations": [{"encryptionType": "KMS"}]}, {
            "encryptionConfiguration": {"encryptionType": "KMS"}
        }),
        ("ec2", "CreateVpcEndpoint", {"subnetIds": "subnet-1"}, {"SubnetIds": ["subnet-1"]}),
    ],
)  # fmt: skip
def test_inputs_find_their_place(
    service: str, operation: str, given: dict[str, Any], request_: dict[str, Any]
) -> None:
    assert to_request(shape(service, operation), given) == request_


@pytest.mark.parametrize(
    ("service", "operation", "given", "message"),
    [
        ("ec2", "CreateVpc", {"cidr": "a"}, "cidr has no place in the API's CreateVpcRequest"),
        ("ec2", "CreateVpc", {"cidrBlock": ["a"]}, r"cidrBlock takes a string, not \['a'\]"),
        ("kms", "CreateKey", {"multiRegion": "maybe"}, "multiRegion takes a boolean, not 'maybe'"),
        ("batch", "CreateJobQueue", {"priority": "high"}, "priority takes a integer, not 'high'"),
        (
            "batch",
            "CreateJobQueue",
            {"computeEnvironmentOrder": [{"order": 1}, {"rank": 1}]},
            r"computeEnvironmentOrder\[1\]\.rank has no place",
        ),
        (
            "ecr",
            "CreateRepository",
            {"encryptionConfigurations": [{}, {}]},
            "encryptionConfigurations takes one EncryptionConfiguration, not 2",
        ),
        (
            "ecr",
            "CreateRepository",
            {"encryptionConfiguration": "KMS"},
            "encryptionConfiguration takes an object",
        ),
    ],
)
def test_what_finds_no_place_is_refused_by_its_path(
    service: str, operation: str, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnsupportedError, match=message):
        to_request(shape(service, operation), given)
