from modelyard_policies.aws.types import BUCKET, FLOW_LOG, VPC
from modelyard_policies.graph import UNKNOWN


def design(kind):
    return {
        "net": (VPC, {}),
        "log": (FLOW_LOG, {"vpcId": UNKNOWN, "trafficType": kind}, {"vpcId": ["net"]}),
    }


CASES = {
    "bad": {
        "none": ({"net": (VPC, {})}, "net: : no FlowLog records this VPC"),
        "of a subnet": (
            {"net": (VPC, {}), "log": (FLOW_LOG, {"subnetId": UNKNOWN, "trafficType": "ALL"})},
            "net: : no FlowLog records this VPC",
        ),
        "refused traffic only": (design("REJECT"), "log: trafficType: is REJECT, not ALL"),
        "nothing said of the kind": (design(None), "log: trafficType: is unset, not ALL"),
    },
    "good": {
        "all": (design("ALL"),),
        "all beside an unknown one": (
            {
                **design(UNKNOWN),
                "all": (FLOW_LOG, {"vpcId": UNKNOWN, "trafficType": "ALL"}, {"vpcId": ["net"]}),
            },
        ),
    },
    "unknown": {
        "a kind that isn't known": (
            design(UNKNOWN),
            "log: trafficType: can't be judged: not known before the deployment",
        )
    },
    "not applicable": {"no VPC": ({"data": (BUCKET, {})},)},
}


def test_verdict(case, check):
    check("NW6", case)
