import pytest

from modelyard.catalog.instances import instance_type, instance_type_names
from modelyard_policies.aws.accelerators import machines
from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    BUCKET,
    COMPUTE_ENVIRONMENT,
    INSTANCE,
    LAUNCH_TEMPLATE,
    NODE_GROUP,
    STACK,
)
from modelyard_policies.azure import types as azure
from modelyard_policies.azure.accelerators import accelerated_sizes, accelerators_of
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.common.cost.accelerator_cap import AcceleratorCap

VCPUS = 192
"""Of a p5.48xlarge, which has eight GPUs."""


def stack(**resources):
    return {"stack": (STACK, {}), **resources}


def batch(vcpus, *types, state="ENABLED", kind="EC2"):
    resources = {"type": kind, "maxVcpus": vcpus, "instanceTypes": list(types)}
    return (COMPUTE_ENVIRONMENT, {"state": state, "computeResources": resources})


ND = "Standard_ND96isr_H100_v5"
"""Has eight GPUs."""


def scale_set(capacity, size=ND, **properties):
    return (azure.VIRTUAL_MACHINE_SCALE_SET, {"sku": {"name": size, "capacity": capacity}, **properties})


def agents(**pool):
    return {"vmSize": ND, **pool}


def learning(kind="AmlCompute", **inner):
    return (azure.ML_COMPUTE, {"properties": {"computeType": kind, "properties": {"vmSize": ND, **inner}}})


def autoscale(maximum, enabled=True):
    profiles = [{"capacity": {"minimum": "0", "maximum": maximum, "default": "0"}}]
    return (
        azure.AUTOSCALE_SETTING,
        {"enabled": enabled, "profiles": profiles, "targetResourceUri": UNKNOWN},
        {"targetResourceUri": ["a"]},
    )


OVER = "stack: : may run 10008 accelerators at once, 10000 are allowed"

CASES = {
    "bad": {
        "a scale set": (stack(a=scale_set(1_251)), OVER),
        "a scale set that may grow": (stack(a=scale_set(0), b=autoscale("1251")), OVER),
        "a scale set of several sizes, at its densest": (
            stack(
                a=scale_set(
                    1_251,
                    "Mix",
                    skuProfile={"vmSizes": [{"name": "Standard_NC40ads_H100_v5"}, {"name": ND.upper()}]},
                )
            ),
            OVER,
        ),
        "pools of AKS": (
            stack(
                a=(
                    azure.MANAGED_CLUSTER,
                    {
                        "agentPoolProfiles": [
                            agents(count=1_000, maxCount=9),
                            {"vmSize": "Standard_D4s_v5", "count": UNKNOWN},
                        ]
                    },
                ),
                b=(azure.AGENT_POOL, agents(enableAutoScaling=True, count=1, maxCount=251)),
            ),
            OVER,
        ),
        "a pool of AKS with machines of its own": (
            stack(
                a=(
                    azure.AGENT_POOL,
                    {"virtualMachinesProfile": {"scale": {"manual": [{"size": ND, "count": 1_251}]}}},
                )
            ),
            OVER,
        ),
        "Azure Machine Learning": (stack(a=learning(scaleSettings={"maxNodeCount": 1_251})), OVER),
        "on both clouds": (stack(a=scale_set(626), b=batch(str(VCPUS * 625), "p5.48xlarge")), OVER),
        "one compute environment": (
            stack(a=batch(VCPUS * 1_251, "p5.48xlarge")),
            "stack: : may run 10008 accelerators at once, 10000 are allowed",
        ),
        "two together": (
            stack(a=batch(VCPUS * 626, "p5.48xlarge"), b=batch(str(VCPUS * 625), "p5.48xlarge")),
            "stack: : may run 10008 accelerators at once, 10000 are allowed",
        ),
        "a family, at its densest": (
            stack(a=batch(48 * 3_000, "g4dn")),
            "stack: : may run 36000 accelerators at once, 10000 are allowed",
        ),
        "whatever else isn't known": (
            stack(a=batch(VCPUS * 1_251, "p5.48xlarge"), b=batch(UNKNOWN, "p5.48xlarge")),
            "stack: : may run 10008 accelerators at once, 10000 are allowed",
        ),
        "a group by its launch template": (
            stack(
                template=(LAUNCH_TEMPLATE, {"instanceType": "p5.48xlarge"}),
                group=(
                    AUTO_SCALING_GROUP,
                    {"maxSize": 1_251, "launchTemplate": {"id": UNKNOWN}},
                    {"launchTemplate": ["template"]},
                ),
            ),
            "stack: : may run 10008 accelerators at once, 10000 are allowed",
        ),
        "a node group": (
            stack(a=(NODE_GROUP, {"instanceTypes": ["p5.48xlarge"], "scalingConfig": {"maxSize": 2_000}})),
            "stack: : may run 16000 accelerators at once, 10000 are allowed",
        ),
    },
    "good": {
        "as many as the cap": (stack(a=batch(VCPUS * 1_250, "p5.48xlarge")),),
        "machines without accelerators": (stack(a=batch(10**9, "c7i.4xlarge", "optimal")),),
        "disabled": (stack(a=batch(10**9, "p5.48xlarge", state="DISABLED")),),
        "Fargate": (stack(a=batch(10**9, kind="FARGATE")),),
        "an instance": (stack(a=(INSTANCE, {"instanceType": "p5.48xlarge"})),),
        "a mixed group of few": (
            stack(
                a=(
                    AUTO_SCALING_GROUP,
                    {
                        "maxSize": 2,
                        "mixedInstancesPolicy": {
                            "launchTemplate": {"overrides": [{"instanceType": "trn1.32xlarge"}]}
                        },
                    },
                )
            ),
        ),
        "a group without a template": (stack(a=(AUTO_SCALING_GROUP, {"maxSize": 10**6})),),
        "Azure": (
            stack(
                a=scale_set(1_247),
                b=(azure.VIRTUAL_MACHINE, {"hardwareProfile": {"vmSize": ND}}),
                c=learning("ComputeInstance"),
                d=(azure.AGENT_POOL, agents(mode="User")),
            ),
        ),
        "Azure, without accelerators": (
            stack(
                a=scale_set(10**6, "Standard_D96s_v5"),
                b=scale_set(10**6, "Standard_NP40s"),
                c=(azure.ML_COMPUTE, {"properties": {"computeType": "VirtualMachine"}}),
                d=learning("AKS", agentCount=10**6),
            ),
        ),
        "a setting that is turned off": (stack(a=scale_set(1), b=autoscale("1251", enabled=False)),),
    },
    "unknown": {
        "a maximum that isn't known": (
            stack(a=batch(UNKNOWN, "p5.48xlarge")),
            "a: computeResources.maxVcpus: can't be judged: not known before the deployment",
        ),
        "a type that isn't known": (
            stack(a=batch(10**9, "p99.metal")),
            "a: computeResources: can't be judged: how many accelerators p99.metal has isn't known",
        ),
        "a size that isn't known": (
            stack(a=scale_set(10**6, "Standard_NC999x_B900_v9")),
            "a: sku: can't be judged: how many accelerators Standard_NC999x_B900_v9 has isn't known",
        ),
        "a capacity that isn't known": (
            stack(a=scale_set(UNKNOWN)),
            "a: sku.capacity: can't be judged: not known before the deployment",
        ),
        "any type that fits": (
            stack(
                a=(
                    AUTO_SCALING_GROUP,
                    {
                        "mixedInstancesPolicy": {
                            "launchTemplate": {"overrides": [{"instanceRequirements": {"vcpuCount": {}}}]}
                        }
                    },
                )
            ),
            (
                "a: mixedInstancesPolicy.launchTemplate.overrides[0].instanceRequirements: can't be judged: "
                "may be met by any type"
            ),
        ),
        "a template from elsewhere": (
            stack(a=(AUTO_SCALING_GROUP, {"launchTemplate": {"id": "lt-1"}, "maxSize": 1})),
            "a: launchTemplate.id: can't be judged: names a resource that isn't in the graph",
        ),
    },
    "not applicable": {"no machines": (stack(data=(BUCKET, {})),)},
}


def test_verdict(case, check):
    check("CE2", case)


def test_the_cap_can_be_set(build):
    graph = build(stack(a=batch(VCPUS * 2, "p5.48xlarge")))
    for cap, ok in ((16, True), (15, False)):
        options = [AcceleratorCap.from_json({"accelerators": cap})]
        assert evaluate(graph, all_rules(), select=["CE2"], options=options).ok is ok


def test_the_machines_are_those_of_the_catalog():
    facts = [instance_type(name) for name in instance_type_names()]
    accelerated = {
        each.name: (each.vcpus, each.accelerator_count * each.accelerator_share)
        for each in facts
        if each.accelerator_count
    }
    assert {each.name: (each.vcpus, each.accelerators) for each in machines()} == accelerated


def test_sizes_of_azure_are_read_in_whatever_case_and_may_have_a_share():
    assert accelerators_of(ND.upper()) == 8
    assert accelerators_of("standard_nv6ads_a10_v5") == pytest.approx(1 / 6)
    assert accelerators_of("Standard_NC999x_B900_v9") is None
    assert accelerators_of("Standard_NP10s") == accelerators_of("Standard_D4s_v5") == 0
    assert list(accelerated_sizes()) == sorted(accelerated_sizes())
