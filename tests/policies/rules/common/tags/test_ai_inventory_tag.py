import json

from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    BUCKET,
    COMPUTE_ENVIRONMENT,
    INSTANCE,
    LAUNCH_TEMPLATE,
)
from modelyard_policies.azure import types as azure
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.common.tags.ai_inventory_tag import InventoryTags

GPU = "p5.48xlarge"
ND = "Standard_ND96isr_H100_v5"
NAMED = {"ai-system": "weather-model"}
NONE = "has none of ai-system, pool"


def machine(tags=None, kind=GPU):
    return {"node": (INSTANCE, {"instanceType": kind, "tags": tags})}


def group(*tags, specifications=()):
    template = {"name": "gpu", "instanceType": GPU, "tagSpecifications": list(specifications)}
    return {
        "template": (LAUNCH_TEMPLATE, template),
        "pool": (AUTO_SCALING_GROUP, {"launchTemplate": {"name": "gpu"}, "tags": list(tags)}),
    }


def batch(tags):
    return {"pool": (COMPUTE_ENVIRONMENT, {"computeResources": {"instanceTypes": [GPU], "tags": tags}})}


def cluster(*pools, tags=None):
    return {"pool": (azure.MANAGED_CLUSTER, {"agentPoolProfiles": list(pools), "tags": tags})}


CASES = {
    "bad": {
        "a machine": (machine({"owner": "ml"}), f"node: tags: {NONE}"),
        "an empty tag": (machine({"pool": " "}), f"node: tags: {NONE}"),
        "a group and its template": (
            group(
                {"key": "owner", "value": "ml"},
                {"key": "pool", "value": ""},
                specifications=[{"resourceType": "volume", "tags": NAMED}],
            ),
            f"pool: tags: {NONE}",
        ),
        "a compute environment": (batch({}), f"pool: tags: {NONE}"),
        "a scale set": (
            {"node": (azure.VIRTUAL_MACHINE_SCALE_SET, {"sku": {"name": ND}})},
            f"node: tags: {NONE}",
        ),
        "one pool of AKS": (
            cluster(
                {"vmSize": ND, "tags": NAMED},
                {"vmSize": "Standard_D4s_v5"},
                {"vmSize": ND, "tags": {"owner": "ml"}},
            ),
            f"pool: agentPoolProfiles[2].tags: {NONE}",
        ),
    },
    "good": {
        "a machine": (machine(NAMED),),
        "a name that isn't known yet": (machine({"pool": UNKNOWN}),),
        "by its pool": (batch({"pool": "h100"}),),
        "a group": (group({"key": "ai-system", "value": "weather-model"}),),
        "by its template": (group(specifications=[{"resourceType": "instance", "tags": NAMED}]),),
        "by the provider": (
            {
                "aws": ("pulumi:providers:aws", {"defaultTags": json.dumps({"tags": NAMED})}),
                "node": (INSTANCE, {"instanceType": GPU}, {}, {"provider": "aws"}),
            },
        ),
        "Azure, in whatever case": (
            {
                "node": (
                    azure.VIRTUAL_MACHINE,
                    {"hardwareProfile": {"vmSize": ND}, "tags": {"AI-System": "weather-model"}},
                )
            },
        ),
        "a cluster of AKS as a whole": (cluster({"vmSize": ND}, tags=NAMED),),
    },
    "unknown": {
        "tags that aren't known": (
            machine(UNKNOWN),
            "node: tags: can't be judged: not known before the deployment",
        ),
        "a template from elsewhere": (
            {"pool": (AUTO_SCALING_GROUP, {"launchTemplate": {"id": "lt-1"}})},
            "pool: launchTemplate.id: can't be judged: names a resource that isn't in the graph",
        ),
    },
    "not applicable": {
        "no accelerators": (machine(kind="c7i.4xlarge"),),
        "no machine": ({"data": (BUCKET, {})},),
    },
}


def test_verdict(case, check):
    check("TG4", case)


def test_the_keys_can_be_set(build):
    options = [InventoryTags.from_json({"keys": ["model"]})]
    for tags, ok in ({"model": "x"}, True), (NAMED, False):
        assert evaluate(build(machine(tags)), all_rules(), select=["TG4"], options=options).ok is ok
