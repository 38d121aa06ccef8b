import json

import pytest

from modelyard_policies.declared import is_account_stack, tag
from modelyard_policies.graph import SECRET, UNKNOWN
from modelyard_policies.reading import GraphView

PROVIDER = "pulumi:providers:aws"


@pytest.mark.parametrize(
    ("resources", "declared"),
    [
        ({}, False),
        ({"data": ("aws:s3/bucket:Bucket", {"tags": {"environment": "account"}})}, False),
        ({"data": ("aws:s3/bucket:Bucket", {"tags": {"modelyard:scope": "account"}})}, True),
        ({"data": ("aws:s3/bucket:Bucket", {"tags": UNKNOWN})}, False),
        ({"data": ("aws:s3/bucket:Bucket", {"tags": {"modelyard:scope": SECRET}})}, False),
        ({"aws": (PROVIDER, {"defaultTags": json.dumps({"tags": {"modelyard:scope": "account"}})})}, True),
        ({"all": ("modelyard-aws:index:Account", {}, {}, {"custom": False})}, True),
    ],
)
def test_a_stack_says_that_it_is_the_accounts(resources, declared, build):
    assert is_account_stack(GraphView(build(resources))) is declared


@pytest.mark.parametrize(
    ("token", "found"),
    [
        ("aws:s3/bucket:Bucket", ""),
        ("azure-native:storage:StorageAccount", "development"),
        ("azure-native:storage/v20230101:StorageAccount", "development"),
    ],
)
def test_the_case_of_a_tag_s_key_matters_on_aws_only(token, found, build):
    view = GraphView(build({"data": (token, {"tags": {"Stage": "Development"}})}))
    assert tag(next(view.resources()), view, "stage") == found
