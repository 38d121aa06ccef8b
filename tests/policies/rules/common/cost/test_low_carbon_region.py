from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    BUCKET,
    COMPUTE_ENVIRONMENT,
    INSTANCE,
    LAUNCH_TEMPLATE,
)
from modelyard_policies.azure.types import MANAGED_CLUSTER, RESOURCE_GROUP, VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.common.cost.low_carbon_region import LowCarbonRegions


def machine(region, kind="p5.48xlarge"):
    return {"node": (INSTANCE, {"instanceType": kind}, {}, {"region": region})}


def scale_set(location, size="Standard_ND96isr_H100_v5"):
    return {"node": (VIRTUAL_MACHINE_SCALE_SET, {"sku": {"name": size}, "location": location})}


INDIA = "node: region: is ap-south-1: 708 to 713 grams of CO2e a kilowatt-hour, at most 400 are allowed"
OHIO = "sources for us-east-2 lie on both sides of 400: 369 to 411 grams of CO2e a kilowatt-hour"

CASES = {
    "bad": {
        "a machine": (machine("ap-south-1"), INDIA),
        "a compute environment": (
            {
                "node": (
                    COMPUTE_ENVIRONMENT,
                    {"computeResources": {"type": "SPOT", "instanceTypes": ["c7i", "g5"]}},
                    {},
                    {"region": "ap-south-1"},
                )
            },
            INDIA,
        ),
        "a group by its template": (
            {
                "template": (LAUNCH_TEMPLATE, {"name": "gpu", "instanceType": "p5.48xlarge"}),
                "node": (
                    AUTO_SCALING_GROUP,
                    {"launchTemplate": {"name": "gpu"}},
                    {},
                    {"region": "ap-south-1"},
                ),
            },
            INDIA,
        ),
    },
    "good": {
        "water and nuclear power": (machine("eu-north-1"),),
        "Azure": (scale_set("Sweden Central"),),
        "Azure, by its group": (
            {
                "group": (RESOURCE_GROUP, {"resourceGroupName": "main", "location": "swedencentral"}),
                "node": (
                    MANAGED_CLUSTER,
                    {
                        "resourceGroupName": "main",
                        "agentPoolProfiles": [
                            {"vmSize": "Standard_D4s_v5"},
                            {"vmSize": "Standard_NC24ads_A100_v4"},
                        ],
                    },
                ),
            },
        ),
    },
    "unknown": {
        "sources that differ": (machine("us-east-2"), f"node: region: can't be judged: {OHIO}"),
        "a region without figures": (
            machine("sa-east-1"),
            ("node: region: can't be judged: what a kilowatt-hour emits in sa-east-1 isn't known"),
        ),
        "a region that isn't known": (
            machine(None),
            "node: region: can't be judged: not known before the deployment",
        ),
        "a type that isn't known": (
            machine("eu-north-1", UNKNOWN),
            "node: instanceType: can't be judged: not known before the deployment",
        ),
        "a size that isn't known": (
            scale_set("swedencentral", "Standard_NC999x_B900_v9"),
            ("node: sku: can't be judged: how many accelerators Standard_NC999x_B900_v9 has isn't known"),
        ),
    },
    "not applicable": {
        "no accelerators": (machine("ap-south-1", "c7i.4xlarge"),),
        "no accelerators on Azure": (scale_set("centralindia", "Standard_D4s_v5"),),
        "no machine": ({"data": (BUCKET, {})},),
    },
}


def test_verdict(case, check):
    check("CE5", case)


def test_the_limit_and_the_regions_can_be_set(build):
    def ok(**given):
        options = [LowCarbonRegions.from_json(given)]
        return evaluate(build(machine("us-east-1")), all_rules(), select=["CE5"], options=options).ok

    assert ok(grams_co2e_per_kwh=380)
    assert not ok(grams_co2e_per_kwh=300)
    assert ok(grams_co2e_per_kwh=300, regions=["eu-*", "us-east-*"])
