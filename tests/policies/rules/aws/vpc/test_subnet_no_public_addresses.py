from modelyard_policies.aws.types import DEFAULT_SUBNET, SUBNET, VPC
from modelyard_policies.graph import UNKNOWN


def subnet(token=SUBNET, **properties):
    return {"subnet": (token, {"availabilityZone": "eu-west-1a", **properties})}


PLACE = "subnet: mapPublicIpOnLaunch:"

CASES = {
    "bad": {
        "true": (subnet(mapPublicIpOnLaunch=True), f"{PLACE} is true"),
        "true as text": (subnet(mapPublicIpOnLaunch="true"), f"{PLACE} is true"),
        "a default subnet that says nothing": (
            subnet(DEFAULT_SUBNET),
            f"{PLACE} is unset, and a default subnet gives public addresses",
        ),
        "a default subnet": (subnet(DEFAULT_SUBNET, mapPublicIpOnLaunch=True), f"{PLACE} is true"),
    },
    "good": {
        "false": (subnet(mapPublicIpOnLaunch=False),),
        "unset": (subnet(),),
        "a default subnet that gives none": (subnet(DEFAULT_SUBNET, mapPublicIpOnLaunch=False),),
    },
    "unknown": {
        "a value that isn't known": (
            subnet(mapPublicIpOnLaunch=UNKNOWN),
            f"{PLACE} can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no subnet": ({"vpc": (VPC, {})},)},
}


def test_verdict(case, check):
    check("NW7", case)
