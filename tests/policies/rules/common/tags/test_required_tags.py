import json

import pytest

from modelyard_policies.aws.types import AUTO_SCALING_GROUP, BUCKET, BUCKET_VERSIONING, LAUNCH_TEMPLATE, ROLE
from modelyard_policies.azure.types import BLOB_CONTAINER, STORAGE_ACCOUNT, VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.engine import evaluate
from modelyard_policies.errors import OptionError
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.reading import GraphView
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.common.tags.required_tags import RULE, RequiredTags

TAGS = {"environment": "dev", "owner": "ml", "cost-center": "42", "data-classification": "internal"}
LESS = {"environment": "dev", "data-classification": "internal"}
ALL = "environment, owner, cost-center, data-classification"
PROVIDER = "pulumi:providers:aws"


def template(*specifications):
    return {"node": (LAUNCH_TEMPLATE, {"tags": TAGS, "tagSpecifications": list(specifications)})}


def group(*tags, **properties):
    return {"web": (AUTO_SCALING_GROUP, {"tags": list(tags), **properties})}


def listed(propagate, **values):
    return [{"key": key, "value": value, "propagateAtLaunch": propagate} for key, value in values.items()]


INSTANCE = {"resourceType": "instance", "tags": TAGS}
VOLUME = {"resourceType": "volume", "tags": TAGS}

CASES = {
    "bad": {
        "none": (
            {"data": (ROLE, {})},
            f"data: tags: lacks {ALL}",
        ),
        "a store, which another rule asks for its class": (
            {"data": (BUCKET, {})},
            "data: tags: lacks environment, owner, cost-center",
        ),
        "some": ({"data": (BUCKET, {"tags": LESS})}, "data: tags: lacks owner, cost-center"),
        "keys are exact": (
            {"data": (BUCKET, {"tags": {**LESS, "Owner": "ml", "cost_center": "42"}})},
            "data: tags: lacks owner, cost-center",
        ),
        "an empty tag": ({"data": (BUCKET, {"tags": {**TAGS, "owner": " "}})}, "data: tags: lacks owner"),
        "tags that aren't a mapping": (
            {"data": (ROLE, {"tags": "owner"})},
            f"data: tags: lacks {ALL}",
        ),
        "a provider that has some": (
            {
                "aws": (PROVIDER, {"defaultTags": json.dumps({"tags": {"owner": "ml"}})}),
                "data": (BUCKET, {"tags": LESS}, {}, {"provider": "aws"}),
            },
            "data: tags: lacks cost-center",
        ),
        "a template that passes nothing on": (
            template(),
            f"node: tagSpecifications: gives each instance no {ALL}",
            f"node: tagSpecifications: gives each volume no {ALL}",
        ),
        "a template that tags instances only": (
            template(INSTANCE, {"resourceType": "volume", "tags": LESS}),
            "node: tagSpecifications: gives each volume no owner, cost-center",
        ),
        "a group that says less": (
            group(*listed(True, **LESS), launchTemplate={"id": "lt-1"}),
            "web: tags: lacks owner, cost-center",
        ),
        "a group without a template, that passes less on": (
            group(*listed(True, **LESS), *listed(False, **TAGS)),
            "web: tags: gives each instance no owner, cost-center",
        ),
        "Azure": (
            {"data": (STORAGE_ACCOUNT, {"tags": {**LESS, "cost_center": "42"}})},
            "data: tags: lacks owner, cost-center",
        ),
        "Azure, an empty tag": (
            {"nodes": (VIRTUAL_MACHINE_SCALE_SET, {"tags": {**TAGS, "owner": ""}})},
            "nodes: tags: lacks owner",
        ),
    },
    "good": {
        "all": ({"data": (BUCKET, {"tags": {**TAGS, "more": "x"}})},),
        "a store without its class": (
            {"data": (BUCKET, {"tags": {"environment": "dev", "owner": "ml", "cost-center": "42"}})},
        ),
        "a value that isn't known": ({"data": (BUCKET, {"tags": {**TAGS, "owner": UNKNOWN}})},),
        "from the provider": (
            {
                "aws": (PROVIDER, {"defaultTags": json.dumps({"tags": TAGS})}),
                "data": (BUCKET, {}, {}, {"provider": "aws"}),
            },
        ),
        "from the provider, not as text": (
            {
                "aws": (PROVIDER, {"defaultTags": {"tags": TAGS}}),
                "data": (BUCKET, {"tags": LESS}, {}, {"provider": "aws"}),
            },
        ),
        "a template that passes all on": (template(INSTANCE, VOLUME),),
        "a group": (group(*listed(False, **TAGS), mixedInstancesPolicy={}),),
        "a group without a template": (group(*listed("true", **TAGS)),),
        "Azure, however they are written": (
            {"data": (STORAGE_ACCOUNT, {"tags": {key.title(): value for key, value in TAGS.items()}})},
        ),
        "an earlier version of Azure's": (
            {"data": ("azure-native:storage/v20230101:StorageAccount", {"tags": TAGS})},
        ),
    },
    "unknown": {
        "tags that aren't known": (
            {"data": (BUCKET, {"tags": UNKNOWN})},
            "data: tags: can't be judged: not known before the deployment",
        ),
        "a provider's tags that aren't known": (
            {
                "aws": (PROVIDER, {"defaultTags": UNKNOWN}),
                "data": (BUCKET, {}, {}, {"provider": "aws"}),
            },
            "aws: defaultTags: can't be judged: not known before the deployment",
        ),
        "a group's tags that aren't known": (
            group(*listed(True, **LESS), UNKNOWN),
            "web: tags[2]: can't be judged: not known before the deployment",
        ),
        "passed-on tags that aren't known": (
            template(INSTANCE, UNKNOWN),
            "node: tagSpecifications[1]: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a resource that takes no tags": ({"versions": (BUCKET_VERSIONING, {})},),
        "one of Azure that takes none": ({"data": (BLOB_CONTAINER, {})},),
    },
}


def test_verdict(case, check):
    check("TG1", case)


def test_the_required_keys_can_be_set(build):
    graph = build({"data": (BUCKET, {"tags": {"team": "ml"}})})
    options = [RequiredTags.from_json({"keys": ["team"]})]
    assert evaluate(graph, all_rules(), select=["TG1"], options=options).ok


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"key": ["team"]}, "required-tags has no option 'key'; did you mean 'keys'?"),
        ({"keys": "team"}, "required-tags: keys must be a list of words, not 'team'"),
        ({"keys": [1]}, "required-tags: keys must be a list of words, not [1]"),
    ],
)
def test_a_wrong_option_is_refused(given, message):
    with pytest.raises(OptionError) as error:
        RequiredTags.from_json(given)
    assert str(error.value) == message


def test_without_options_the_defaults_hold():
    assert RequiredTags.from_json({}) == RequiredTags()
    assert RequiredTags.schema()["keys"]["default"] == list(RequiredTags().keys)


def test_the_remedy_gives_the_values_of_the_options(build):
    graph = build({"data": (BUCKET, {"tags": {"owner": "ml"}})})
    view = GraphView(graph, [RequiredTags(values={"owner": "others", "cost-center": "42", "a.b": "x"})])
    resource = view.resource(graph.resources[0])
    assert RULE.remedied(resource, view) == {"tags.cost-center": "42"}
    assert RULE.remedied(resource, GraphView(graph)) == {}
