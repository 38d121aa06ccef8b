import pytest

from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    BUCKET,
    COMPUTE_ENVIRONMENT,
    INSTANCE,
    LAUNCH_TEMPLATE,
    NODE_GROUP,
)
from modelyard_policies.azure import types as azure
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.common.cost.allowed_machine_types import AllowedMachineTypes


def template(kind):
    return {"node": (LAUNCH_TEMPLATE, {"instanceType": kind})}


def batch(*kinds, kind="EC2"):
    return {"pool": (COMPUTE_ENVIRONMENT, {"computeResources": {"type": kind, "instanceTypes": list(kinds)}})}


def mixed(**override):
    launch = {"overrides": [{"instanceType": "p5.48xlarge"}, override]}
    return {"pool": (AUTO_SCALING_GROUP, {"mixedInstancesPolicy": {"launchTemplate": launch}})}


def machine(size):
    return {"node": (azure.VIRTUAL_MACHINE, {"hardwareProfile": {"vmSize": size}})}


PLACE = "pool: mixedInstancesPolicy.launchTemplate.overrides[1]"

CASES = {
    "bad": {
        "an earlier generation": (
            template("p3.16xlarge"),
            "node: instanceType: p3.16xlarge isn't an allowed type",
        ),
        "terabytes of memory": (
            {"node": (INSTANCE, {"instanceType": "u-24tb1.metal"})},
            "node: instanceType: u-24tb1.metal isn't an allowed type",
        ),
        "one of several": (
            batch("p5", "m4", "c7i.4xlarge"),
            "pool: computeResources.instanceTypes: m4 isn't an allowed type",
        ),
        "a node group": (
            {"pool": (NODE_GROUP, {"instanceTypes": ["mac2.metal"]})},
            "pool: instanceTypes: mac2.metal isn't an allowed type",
        ),
        "an override": (
            mixed(instanceType="x2iedn.32xlarge"),
            f"{PLACE}.instanceType: x2iedn.32xlarge isn't an allowed type",
        ),
        "what may be asked for": (
            mixed(instanceRequirements={"allowedInstanceTypes": ["p5.*", "m7i*", "p2.*"]}),
            f"{PLACE}.instanceRequirements.allowedInstanceTypes: p2.* isn't an allowed type",
        ),
        "Azure, a size that is retired": (
            machine("Standard_NC6"),
            "node: hardwareProfile.vmSize: Standard_NC6 isn't an allowed size",
        ),
        "Azure, terabytes of memory": (
            machine("Standard_M416ms_v2"),
            "node: hardwareProfile.vmSize: Standard_M416ms_v2 isn't an allowed size",
        ),
        "Azure, an earlier generation": (
            machine("Standard_DS2_v2"),
            "node: hardwareProfile.vmSize: Standard_DS2_v2 isn't an allowed size",
        ),
        "a pool of AKS": (
            {
                "pool": (
                    azure.MANAGED_CLUSTER,
                    {"agentPoolProfiles": [{"vmSize": UNKNOWN}, {"vmSize": "Standard_NV6"}]},
                )
            },
            "pool: agentPoolProfiles[1].vmSize: Standard_NV6 isn't an allowed size",
        ),
    },
    "good": {
        "accelerated types": (batch("p5.48xlarge", "trn2", "g6e.xlarge"),),
        "general types": (batch("c7i.4xlarge", "m8g", "r6id.large", "t3a.medium", "optimal"),),
        "Fargate": (batch("m1.small", kind="FARGATE"),),
        "a template without a type": (template(None),),
        "Azure": (machine("Standard_ND96isr_H100_v5"),),
        "Azure, for general use": (machine("standard_d8ads_v6"),),
        "Azure, for clusters": (machine("Standard_HB176rs_v4"),),
        "Azure Machine Learning": (
            {
                "pool": (
                    azure.ML_COMPUTE,
                    {
                        "properties": {
                            "computeType": "AmlCompute",
                            "properties": {"vmSize": "STANDARD_NC24ADS_A100_V4"},
                        }
                    },
                )
            },
        ),
    },
    "unknown": {
        "a type that isn't known": (
            template(UNKNOWN),
            "node: instanceType: can't be judged: not known before the deployment",
        ),
        "any type that fits": (
            mixed(instanceRequirements={"vcpuCount": {}}),
            f"{PLACE}.instanceRequirements: can't be judged: may be met by any type",
        ),
    },
    "not applicable": {"no machine": ({"data": (BUCKET, {})},)},
}


def test_verdict(case, check):
    check("CE3", case)


@pytest.mark.parametrize(
    ("resources", "given"),
    [
        (template("p3.16xlarge"), {"instance_types": ["p3.*"]}),
        (machine("Standard_NC6"), {"vm_sizes": ["Standard_NC*"]}),
    ],
)
def test_the_types_can_be_set(resources, given, build):
    options = [AllowedMachineTypes.from_json(given)]
    assert evaluate(build(resources), all_rules(), select=["CE3"], options=options).ok
