from modelyard_policies.azure.types import KEY_VAULT_KEY, RESOURCE_GROUP
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.keyvault.key_vault_key_rotation import KeyLifetimes

STILL = "key: properties.rotationPolicy.lifetimeActions: don't rotate the key"
ENDLESS = "key: properties.attributes.expires: is unset, and no rotation sets one"
WRAPS = ["wrapKey", "unwrapKey"]


def action(kind="rotate", **trigger):
    return {"action": {"type": kind}, "trigger": trigger}


def key(*actions, expiry="P1Y", expires=None, uses=None, token=KEY_VAULT_KEY, enabled=None):
    policy = {"attributes": {"expiryTime": expiry}, "lifetimeActions": list(actions)}
    attributes = {"expires": expires, "enabled": enabled}
    return {
        "key": (token, {"properties": {"rotationPolicy": policy, "attributes": attributes, "keyOps": uses}})
    }


YEARLY = action(timeAfterCreate="P365D")

CASES = {
    "bad": {
        "nothing said": ({"key": (KEY_VAULT_KEY, {})}, STILL, ENDLESS),
        "a notice only": (key(action("notify", timeBeforeExpiry="P30D")), STILL),
        "too late": (key(action(timeAfterCreate="P2Y")), f"{STILL} within 365 days"),
        "a time that is none": (key(action(timeAfterCreate="yearly")), f"{STILL} within 365 days"),
        "before an expiry that the key doesn't have": (
            key(action(timeBeforeExpiry="P30D")),
            f"{STILL} within 365 days",
        ),
        "before an expiry that is far": (
            key(action(timeBeforeExpiry="P30D"), expiry="P3Y", expires=1_900_000_000),
            f"{STILL} within 365 days",
        ),
        "no end": (key(YEARLY, expiry=None), ENDLESS),
        "no end for a key that signs as well": (key(YEARLY, expiry=None, uses=[*WRAPS, "sign"]), ENDLESS),
        "no rotation for a key that wraps": (key(expiry=None, uses=WRAPS), STILL),
        "no rotation, and an end that isn't known": (key(expiry=UNKNOWN), STILL),
        "no end, and a rotation that isn't known": (
            key(action(timeAfterCreate=UNKNOWN), expiry=None),
            ENDLESS,
        ),
    },
    "good": {
        "both": (key(YEARLY),),
        "in other letters": (key(action("Rotate", timeAfterCreate="P11M")),),
        "by an API of its own version": (key(YEARLY, token="azure-native:keyvault/v20230201:Key"),),
        "an end of the key's own": (key(YEARLY, expiry=None, expires=1_900_000_000),),
        "before an expiry": (key(action(timeBeforeExpiry="P30D"), expires=1_900_000_000),),
        "before an expiry that isn't known yet": (key(action(timeBeforeExpiry="P30D"), expires=UNKNOWN),),
        "a notice as well": (key(action("notify", timeBeforeExpiry="P30D"), YEARLY),),
        "one that only wraps": (key(YEARLY, expiry=None, uses=WRAPS),),
    },
    "unknown": {
        "a rotation that isn't known": (
            key(action(timeAfterCreate=UNKNOWN)),
            (
                "key: properties.rotationPolicy.lifetimeActions[0].trigger.timeAfterCreate: can't be judged: "
                "not known before the deployment"
            ),
        ),
        "uses that aren't known": (
            key(YEARLY, expiry=None, uses=UNKNOWN),
            "key: properties.keyOps: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "disabled": (key(enabled=False),),
        "no key": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("EN10", case)


def test_days_and_an_end_of_every_key_can_be_asked_for(build):
    graph = build(key(YEARLY, expiry=None, uses=WRAPS))
    for options, found in (({"expiry": "all"}, [ENDLESS]), ({"days": 90}, [f"{STILL} within 90 days"])):
        chosen = [KeyLifetimes.from_json(options)]
        report = evaluate(graph, all_rules(), select=["EN10"], options=chosen)
        assert [f"key: {item.property}: {item.message}" for item in report.findings] == found
