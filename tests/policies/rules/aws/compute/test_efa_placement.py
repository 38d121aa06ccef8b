from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    COMPUTE_ENVIRONMENT,
    LAUNCH_TEMPLATE,
    PLACEMENT_GROUP,
    SUBNET,
)
from modelyard_policies.graph import UNKNOWN

EFA = {"networkInterfaces": [{"interfaceType": "interface"}, {"interfaceType": "efa-only"}]}
ALONE = "pool: computeResources.placementGroup: no placement group keeps its nodes together"
LINKS = ("template", "group", "a")


def design(template=EFA, strategy="cluster", links=LINKS, tags=None, state="ENABLED", **resources):
    """A compute environment as in a preview: what it refers to is in the dependencies of one property."""
    resources = {
        "launchTemplate": {"launchTemplateId": UNKNOWN},
        "placementGroup": "gang",
        "subnets": [UNKNOWN for name in links if name in "ab"],
        **resources,
    }
    return {
        "template": (LAUNCH_TEMPLATE, template),
        "group": (PLACEMENT_GROUP, {"name": "gang", "strategy": strategy}),
        "a": (SUBNET, {"availabilityZoneId": "euw1-az1"}),
        "b": (SUBNET, {"availabilityZoneId": "euw1-az2"}),
        "pool": (
            COMPUTE_ENVIRONMENT,
            {"computeResources": resources, "tags": tags or {}, "state": state},
            {"computeResources": list(links)},
        ),
    }


def scaling(**properties):
    return {
        "template": (LAUNCH_TEMPLATE, {"name": "gpu", "placement": {"groupName": "gang"}, **EFA}),
        "group": (PLACEMENT_GROUP, {"name": "gang", "strategy": "cluster"}),
        "a": (SUBNET, {"id": "subnet-a", "availabilityZone": "eu-west-1a"}),
        "b": (SUBNET, {"id": "subnet-b", "availabilityZone": "eu-west-1b"}),
        "pool": (AUTO_SCALING_GROUP, {"launchTemplate": {"name": "gpu"}, **properties}),
    }


CASES = {
    "bad": {
        "no group": (design(placementGroup=None), ALONE),
        "a group in the launch template only, which Batch doesn't take": (
            design({**EFA, "placement": {"groupName": "gang"}}, placementGroup=None),
            ALONE,
        ),
        "a group that spreads": (design(strategy="spread"), "group: strategy: is spread, not cluster"),
        "two zones": (
            design(links=(*LINKS, "b")),
            "pool: computeResources.subnets: is in 2 availability zones",
        ),
        "no group, and zones that aren't known": (
            design(placementGroup=None, links=("template",), subnets=["subnet-1", "subnet-2"]),
            ALONE,
        ),
        "Auto Scaling in two zones": (
            scaling(vpcZoneIdentifiers=["subnet-a", "subnet-b"]),
            "pool: vpcZoneIdentifiers: is in 2 availability zones",
        ),
    },
    "good": {
        "a cluster group in one zone": (design(),),
        "Auto Scaling by the launch template's group": (scaling(vpcZoneIdentifiers=["subnet-a"]),),
        "Auto Scaling by its own": (scaling(placementGroup="gang", vpcZoneIdentifiers=["subnet-a"]),),
    },
    "unknown": {
        "a group from elsewhere": (
            design(placementGroup="other"),
            (
                "pool: computeResources.placementGroup: can't be judged: names a resource that isn't in the "
                "graph"
            ),
        ),
        "subnets from elsewhere": (
            design(links=("template", "group"), subnets=["subnet-1", "subnet-2"]),
            ("pool: computeResources.subnets: can't be judged: the zones of these subnets aren't known"),
        ),
        "interfaces that aren't known": (
            design({"networkInterfaces": UNKNOWN}),
            "template: networkInterfaces: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a group whose jobs have one node": (
            scaling(
                vpcZoneIdentifiers=["subnet-a", "subnet-b"], tags=[{"key": "max-nodes-per-job", "value": "1"}]
            ),
        ),
        "no EFA": (design({}, placementGroup=None),),
        "no launch template": (design(launchTemplate=None),),
        "a reservation": (
            design(
                {
                    **EFA,
                    "capacityReservationSpecification": {
                        "capacityReservationTarget": {"capacityReservationId": UNKNOWN}
                    },
                },
                placementGroup=None,
            ),
        ),
        "an open reservation": (
            design(
                {**EFA, "capacityReservationSpecification": {"capacityReservationPreference": "open"}},
                placementGroup=None,
            ),
        ),
        "a capacity block": (
            design({**EFA, "instanceMarketOptions": {"marketType": "capacity-block"}}, placementGroup=None),
        ),
        "jobs of one node": (design(tags={"max-nodes-per-job": "1"}, placementGroup=None),),
        "disabled": (design(placementGroup=None, state="DISABLED"),),
    },
}


def test_verdict(case, check):
    check("CO7", case)
