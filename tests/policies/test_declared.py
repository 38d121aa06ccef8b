import json

import pytest

from modelyard_policies.aws.types import AUTO_SCALING_GROUP
from modelyard_policies.declared import is_account_stack, tag
from modelyard_policies.graph import SECRET, UNKNOWN
from modelyard_policies.reading import GraphView

PROVIDER = "pulumi:providers:aws"
BUCKET = "aws:s3/bucket:Bucket"
GROUP = "azure-native:resources:ResourceGroup"
OLDER_ACCOUNT = "azure-native_storage_v20230101:storage:StorageAccount"


@pytest.mark.parametrize(
    ("resources", "declared"),
    [
        ({}, ""),
        ({"data": (BUCKET, {"tags": {"environment": "account"}})}, ""),
        ({"data": (BUCKET, {"tags": {"modelyard:scope": "account"}})}, "aws"),
        ({"data": (BUCKET, {"tags": {"Modelyard:Scope": "account"}})}, ""),
        ({"data": (BUCKET, {"tags": UNKNOWN})}, ""),
        ({"data": (BUCKET, {"tags": {"modelyard:scope": SECRET}})}, ""),
        ({"aws": (PROVIDER, {"defaultTags": json.dumps({"tags": {"modelyard:scope": "Account"}})})}, "aws"),
        ({"all": ("modelyard-aws:index:Account", {}, {}, {"custom": False})}, "aws"),
        ({"group": (GROUP, {"tags": {"modelyard:scope": "account"}})}, "azure-native"),
        ({"group": (GROUP, {"tags": {"Modelyard:Scope": "account"}})}, "azure-native"),
        ({"data": (OLDER_ACCOUNT, {"tags": {"modelyard:scope": "account"}})}, "azure-native"),
        ({"group": (GROUP, {"tags": {"modelyard:scope": "account"}}), "data": (BUCKET, {})}, "azure-native"),
    ],
)
def test_a_stack_says_of_which_cloud_it_is_the_account_s(resources, declared, build):
    view = GraphView(build(resources))
    assert [cloud for cloud in ("aws", "azure-native") if is_account_stack(view, cloud)] == declared.split()


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


@pytest.mark.parametrize(
    ("tags", "found"),
    [([{"key": "team", "value": "ml"}, {"key": "stage", "value": "Staging"}], "staging"), (None, "")],
)
def test_a_group_takes_its_tags_as_a_list_and_none_of_its_provider_s(tags, found, build):
    given = json.dumps({"tags": {"stage": "development"}})
    group = (AUTO_SCALING_GROUP, {"tags": tags}, {}, {"provider": "aws"})
    view = GraphView(build({"aws": (PROVIDER, {"defaultTags": given}), "group": group}))
    assert tag(view.of_type(AUTO_SCALING_GROUP)[0], view, "stage") == found
