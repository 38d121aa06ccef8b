"""Mutants of what costs money and power."""

from mutating import Mutant, drop, mutant, put
from mutating.aws import MACHINES

BUDGET = "Budget prod-budget"
STACK = "Stack modelyard-prod"
H100 = "ComputeEnvironment prod-cluster-h100"
DEV = "ComputeEnvironment dev-cluster-gpu"
STAGING = "ComputeEnvironment staging-cluster-cpu"

MUTANTS: dict[str, list[Mutant]] = {
    "CE1": [
        mutant("none", drop(BUDGET), fails=STACK),
        mutant("it tells nobody", put(BUDGET, "notifications", [])),
        mutant("no limit", drop(BUDGET, "limitAmount")),
        mutant("of use, not of cost", put(BUDGET, "budgetType", "USAGE")),
    ],
    "CE2": [
        mutant("too many nodes", put(H100, "computeResources.maxVcpus", 10_000_000), fails=STACK),
        mutant(
            "too many nodes in a group",
            put("LaunchTemplate web", "instanceType", "p5.48xlarge"),
            put("Group web", "maxSize", 2_000),
            fails=STACK,
            kin="TG4 Group web: tags",
            given=MACHINES,
        ),
    ],
    "CE3": [
        mutant("a generation that goes", put(H100, "computeResources.instanceTypes", ["p3.16xlarge"])),
        mutant(
            "a machine with much memory",
            put("Instance login", "instanceType", "u-12tb1.112xlarge"),
            given=MACHINES,
        ),
    ],
    "CE4": [
        mutant(
            "web servers at night",
            put("Group web", "minSize", 1),
            given=(*MACHINES, put("Group web", "minSize", 0), put("Group web", "tags[4].value", "staging")),
        ),
        mutant("nodes at night", put(DEV, "computeResources.minVcpus", 4), stack="dev"),
        mutant(
            "nobody lets idle nodes go",
            drop(STAGING, "tags.idle-shutdown-minutes"),
            *(drop(f"Schedule staging-hours-{act}-nodes-cpu") for act in ("opens", "closes")),
            fails=f"{STAGING}: computeResources.minVcpus",
            stack="staging",
        ),
    ],
    "CE5": [
        mutant(
            "power from coal",
            put(H100, "@region", "ap-south-1"),
            fails=f"{H100}: region",
            kin=f"TG3 {H100}: region",
        )
    ],
    "CE6": [
        mutant("without an end", drop("CapacityReservation launch", "endDateType"), given=MACHINES),
        mutant(
            "it says that it ends, not when", drop("CapacityReservation launch", "endDate"), given=MACHINES
        ),
    ],
}
