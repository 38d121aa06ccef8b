from modelyard_policies.aws.types import CAPACITY_RESERVATION
from modelyard_policies.graph import UNKNOWN


def reservation(**properties):
    return {"reservation": (CAPACITY_RESERVATION, properties)}


CASES = {
    "bad": {
        "nothing said": (reservation(), "reservation: endDateType: is unset: it never ends"),
        "unlimited": (
            reservation(endDateType="unlimited"),
            "reservation: endDateType: is unlimited: it never ends",
        ),
        "limited, without a date": (reservation(endDateType="limited"), "reservation: endDate: is unset"),
    },
    "good": {
        "with a date": (reservation(endDateType="limited", endDate="2026-12-24T00:00:00Z"),),
        "with a date that isn't known yet": (reservation(endDateType="limited", endDate=UNKNOWN),),
    },
    "unknown": {
        "a type that isn't known": (
            reservation(endDateType=UNKNOWN),
            "reservation: endDateType: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a capacity block": ({"block": ("aws:ec2/capacityBlockReservation:CapacityBlockReservation", {})},),
    },
}


def test_verdict(case, check):
    check("CE6", case)
