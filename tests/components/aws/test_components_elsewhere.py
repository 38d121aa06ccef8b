"""What components leave to the choice of a service that trains nothing."""

import json

import pytest
from previewing import PLACE, every, one, preview

from modelyard.aws.network import Network
from modelyard.aws.storage import Storage
from modelyard.errors import InputError
from modelyard.planning.endpoints import INTERFACE_SERVICES

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
NETWORK = {
    **PLACE,
    "environment": "web",
    "cidr": "10.0.0.0/24",
    "zone_ids": ["euc1-az1", "euc1-az2"],
    "egress": "endpoints",
    "logs_key_arn": KEY,
}


def services(**change):
    graph = preview(lambda: Network("n", {**NETWORK, **change}) and None)
    endpoints = every(graph, "ec2/vpcEndpoint:VpcEndpoint")
    return {node.properties["serviceName"].removeprefix("com.amazonaws.eu-central-1.") for node in endpoints}


def test_a_network_has_the_endpoints_that_it_is_asked_for_and_s3():
    assert services() == {"s3", *INTERFACE_SERVICES}
    assert services(interface_services=["kms", "ecr.api"]) == {"s3", "kms", "ecr.api"}
    assert services(interface_services=[]) == {"s3"}
    assert services(egress="nat") == {"s3"}


def test_an_endpoint_of_what_keeps_data_is_for_the_accounts_own_identities():
    graph = preview(lambda: Network("n", {**NETWORK}) and None)
    assert {
        node.properties["serviceName"].rpartition("eu-central-1.")[2]
        for node in every(graph, "ec2/vpcEndpoint:VpcEndpoint")
        if "aws:PrincipalAccount" in node.properties.get("policy", "")
    } == {"ecr.api", "ecr.dkr", "logs", "monitoring", "ssm"}


def test_fewer_endpoints_fit_into_a_smaller_network():
    smallest = {**NETWORK, "cidr": "10.0.0.0/26", "interface_services": ["kms"] * 1}
    preview(lambda: Network("n", smallest) and None)
    many = {**smallest, "interface_services": [f"service{count}" for count in range(12)]}
    with pytest.raises(InputError, match=r"n\.cidr"):
        preview(lambda: Network("n", many) and None)


@pytest.mark.parametrize(
    ("change", "field", "mend"),
    [
        ({"egress": "nat", "interface_services": ["kms"]}, "", "leave it out, or choose egress endpoints"),
        ({"interface_services": ["kms", "kms"]}, "", "name each service once"),
        ({"interface_services": ["com.amazonaws.kms "]}, "[0]", "write what follows com.amazonaws.REGION"),
        ({"interface_services": ["kms", "s3"]}, "[1]", "write what follows com.amazonaws.REGION"),
    ],
)
def test_endpoints_that_cannot_be_are_refused(change, field, mend):
    with pytest.raises(InputError) as caught:
        services(**change)
    (problem,) = caught.value.problems
    assert problem.field == f"n.interface_services{field}"
    assert problem.mend.startswith(mend)
    assert problem.allowed


def encryption_is_named_by(**bucket):
    """Who may name an encryption when it writes."""
    args = {**PLACE, "environment": "web", "buckets": {"scans": {"key_arn": KEY, **bucket}}}
    graph = preview(lambda: Storage("s", args) and None)
    policy = json.loads(one(graph, "s3/bucketPolicy:BucketPolicy", "s-scans").properties["policy"])
    (refusal,) = [each for each in policy["Statement"] if each["Sid"] == "NoOtherEncryption"]
    return refusal["Condition"].get("ArnNotEquals", {}).get("aws:PrincipalArn")


def test_the_environments_backup_can_restore_into_a_bucket_that_it_backs_up():
    assert encryption_is_named_by() is None
    own = "arn:aws:iam::123456789012:role/web-eu-central-1-backup"
    assert encryption_is_named_by(backed_up=True) == [own]
    assert encryption_is_named_by(backed_up=True, restoring_role_arns=[]) is None
    other = "arn:aws:iam::123456789012:role/restore"
    assert encryption_is_named_by(backed_up=True, restoring_role_arns=[other]) == [other]
