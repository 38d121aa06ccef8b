from modelyard_policies.aws.types import (
    INSTANCE,
    INSTANCE_METADATA_DEFAULTS,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    VPC,
)
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.ec2.instance_metadata_hop_limit import MetadataReach


def machine(token=LAUNCH_TEMPLATE, **options):
    return {"node": (token, {"metadataOptions": options})}


def defaults(**properties):
    return {"defaults": (INSTANCE_METADATA_DEFAULTS, properties)}


PLACE = "node: metadataOptions.httpPutResponseHopLimit:"
UNSET = f"{PLACE} can't be judged: is unset, so the account's default or the image decides"

CASES = {
    "bad": {
        "two hops in a template": (machine(httpPutResponseHopLimit=2), f"{PLACE} is 2, more than 1"),
        "as text, in an instance": (
            machine(INSTANCE, httpPutResponseHopLimit="64", httpTokens="required"),
            f"{PLACE} is 64, more than 1",
        ),
        "in a launch configuration": (
            machine(LAUNCH_CONFIGURATION, httpPutResponseHopLimit=2.0),
            f"{PLACE} is 2, more than 1",
        ),
        "in the account's defaults": (
            defaults(httpPutResponseHopLimit=2),
            "defaults: httpPutResponseHopLimit: is 2, more than 1",
        ),
    },
    "good": {
        "one hop": (machine(httpPutResponseHopLimit=1),),
        "no metadata at all": (machine(httpEndpoint="disabled", httpPutResponseHopLimit=2),),
        "no metadata at all, and nothing said": (machine(httpEndpoint="disabled"),),
        "defaults of one hop": (defaults(httpPutResponseHopLimit=1),),
        "defaults without a preference": (defaults(httpTokens="required"),),
        "defaults that say so": (defaults(httpPutResponseHopLimit=-1),),
    },
    "unknown": {
        "nothing said": ({"node": (LAUNCH_TEMPLATE, {})}, UNSET),
        "nothing said of hops": (machine(INSTANCE, httpTokens="required"), UNSET),
        "a number that isn't known": (
            machine(httpPutResponseHopLimit=UNKNOWN),
            f"{PLACE} can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "what a launch template says": ({"node": (INSTANCE, {"launchTemplate": {"id": "lt-1"}})},),
        "no machine": ({"vpc": (VPC, {})},),
    },
}


def test_verdict(case, check):
    check("CO2", case)


def test_an_option_lets_containers_in(build):
    options = [MetadataReach.from_json({"hops": 2})]
    graph = build(machine(httpPutResponseHopLimit=2))
    assert evaluate(graph, all_rules(), select=["CO2"], options=options).ok
