from modelyard_policies.aws.types import (
    INSTANCE,
    INSTANCE_METADATA_DEFAULTS,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    VPC,
)
from modelyard_policies.graph import UNKNOWN


def template(**options):
    return {"node": (LAUNCH_TEMPLATE, {"metadataOptions": options})}


def instance_of(**options):
    return {
        "template": (LAUNCH_TEMPLATE, {"metadataOptions": options}),
        "node": (INSTANCE, {"launchTemplate": {"id": UNKNOWN}}, {"launchTemplate": ["template"]}),
    }


def by_default(token, tokens="required", region="eu-west-1", **properties):
    return {
        "node": (token, properties, {}, {"region": "eu-west-1"}),
        "defaults": (INSTANCE_METADATA_DEFAULTS, {"httpTokens": tokens}, {}, {"region": region}),
    }


UNSET = "metadataOptions.httpTokens: is unset, not required"

CASES = {
    "bad": {
        "nothing said in a template": ({"node": (LAUNCH_TEMPLATE, {})}, f"node: {UNSET}"),
        "nothing said in an instance": ({"node": (INSTANCE, {})}, f"node: {UNSET}"),
        "nothing said in a launch configuration": (
            {"node": (LAUNCH_CONFIGURATION, {})},
            f"node: {UNSET}",
        ),
        "optional": (
            template(httpTokens="optional", httpEndpoint="enabled"),
            "node: metadataOptions.httpTokens: is optional, not required",
        ),
        "an open default": (
            {"defaults": (INSTANCE_METADATA_DEFAULTS, {"httpTokens": "optional"})},
            "defaults: httpTokens: is optional: what says nothing answers to anybody",
        ),
        "a default of another region": (by_default(INSTANCE, region="us-east-1"), f"node: {UNSET}"),
        "no default worth the name": (by_default(INSTANCE, "no-preference"), f"node: {UNSET}"),
        "open, whatever the default": (
            by_default(LAUNCH_TEMPLATE, metadataOptions={"httpTokens": "optional"}),
            "node: metadataOptions.httpTokens: is optional, not required",
        ),
        "an instance of an open template": (
            instance_of(httpTokens="optional"),
            "template: metadataOptions.httpTokens: is optional, not required",
            "node: launchTemplate: the launch template doesn't require IMDSv2",
        ),
        "an instance that opens what its template closes": (
            {
                "template": (LAUNCH_TEMPLATE, {"name": "gpu", "metadataOptions": {"httpTokens": "required"}}),
                "node": (
                    INSTANCE,
                    {"launchTemplate": {"name": "gpu"}, "metadataOptions": {"httpTokens": "optional"}},
                ),
            },
            "node: metadataOptions.httpTokens: is optional, not required",
        ),
    },
    "good": {
        "required": (template(httpTokens="required"),),
        "no metadata at all": (template(httpEndpoint="disabled", httpTokens=UNKNOWN),),
        "by default": (by_default(INSTANCE),),
        "a template by default": (by_default(LAUNCH_TEMPLATE, metadataOptions={"httpEndpoint": "enabled"}),),
        "an instance of a closed template": (instance_of(httpTokens="required"),),
        "an instance of a closed template by name": (
            {
                "template": (LAUNCH_TEMPLATE, {"name": "gpu", "metadataOptions": {"httpTokens": "required"}}),
                "node": (INSTANCE, {"launchTemplate": {"name": "gpu", "version": "$Latest"}}),
            },
        ),
    },
    "unknown": {
        "tokens that aren't known": (
            template(httpTokens=UNKNOWN),
            "node: metadataOptions.httpTokens: can't be judged: not known before the deployment",
        ),
        "a default that isn't known": (
            by_default(INSTANCE, UNKNOWN),
            "defaults: httpTokens: can't be judged: not known before the deployment",
            "defaults: httpTokens: can't be judged: not known before the deployment",
        ),
        "a template from elsewhere": (
            {"node": (INSTANCE, {"launchTemplate": {"id": "lt-0123456789abcdef0"}})},
            "node: launchTemplate.id: can't be judged: names a resource that isn't in the graph",
        ),
    },
    "not applicable": {"no machine": ({"net": (VPC, {})},)},
}


def test_verdict(case, check):
    check("CO1", case)
