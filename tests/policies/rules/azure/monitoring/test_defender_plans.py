from modelyard_policies.aws.types import STACK
from modelyard_policies.azure.types import DEFENDER_PRICING, RESOURCE_GROUP
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.monitoring.defender_plans import DefenderPlans

PLANS = ("VirtualMachines", "Containers", "StorageAccounts", "KeyVaults")


def plans(*names, tier="Standard", token=DEFENDER_PRICING):
    return {f"plan-{name}": (token, {"pricingName": name, "pricingTier": tier}) for name in names}


def account(*names, scope="account"):
    return {
        "stack": (STACK, {}),
        "group": (RESOURCE_GROUP, {"tags": {"modelyard:scope": scope}}),
        **plans(*names),
    }


CASES = {
    "bad": {
        "one is off": (
            plans("Containers", tier="Free"),
            "plan-Containers: pricingTier: is Free, not Standard",
        ),
        "one says nothing, of an older API": (
            plans("keyvaults", tier=None, token="azure-native:security/v20230101:Pricing"),
            "plan-keyvaults: pricingTier: is unset, not Standard",
        ),
        "two are missing in the account's stack": (
            account("VirtualMachines", "keyvaults"),
            "stack: : no Pricing turns on the Defender plan Containers",
            "stack: : no Pricing turns on the Defender plan StorageAccounts",
        ),
        "one that is off isn't missing as well": (
            {**account(*PLANS[:3]), **plans("KeyVaults", tier="Free")},
            "plan-KeyVaults: pricingTier: is Free, not Standard",
        ),
    },
    "good": {
        "all are on in the account's stack": (account(*PLANS),),
        "one is on elsewhere": (plans("StorageAccounts", tier="standard"),),
    },
    "unknown": {
        "a tier that isn't known": (
            plans("KeyVaults", tier=UNKNOWN),
            "plan-KeyVaults: pricingTier: can't be judged: not known before the deployment",
        ),
        "a plan that isn't known": (
            {"plan": (DEFENDER_PRICING, {"pricingName": UNKNOWN, "pricingTier": "Free"})},
            "plan: pricingName: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a stack that isn't the account's": (account(scope="team"),),
        "an account's stack of AWS's": (
            {
                "stack": (STACK, {}),
                "account": ("modelyard-aws:index:Account", {}, {}, {"custom": False}),
            },
        ),
        "an account's stack of AWS's, with a group on Azure": (
            {
                "stack": (STACK, {}),
                "provider": (
                    "pulumi:providers:aws",
                    {"defaultTags": '{"tags": {"modelyard:scope": "account"}}'},
                ),
                "group": (RESOURCE_GROUP, {}),
            },
        ),
        "a plan that there needn't be": (plans("SqlServers", tier="Free"),),
        "a plan that is part of another": (plans("KubernetesService", tier="Free"),),
    },
}


def test_verdict(case, check):
    check("LM7", case)


def test_other_plans_may_be_asked_for(build):
    options = [DefenderPlans.from_json({"plans": ["AI"]})]
    report = evaluate(build(account(*PLANS)), all_rules(), select=["LM7"], options=options)
    assert [finding.message for finding in report.findings] == ["no Pricing turns on the Defender plan AI"]
