from modelyard_policies.azure.types import RESOURCE_GROUP, STORAGE_ACCOUNT, STORAGE_STATIC_WEBSITE
from modelyard_policies.graph import UNKNOWN

VERSIONED = "azure-native:storage/v20230101:StorageAccount"
OPEN = "the public endpoint takes any network"


def account(access=None, action=None, token=STORAGE_ACCOUNT, **rules):
    properties = {"accountName": "acme", "publicNetworkAccess": access}
    return {"data": (token, properties | {"networkRuleSet": {"defaultAction": action, **rules}})}


CASES = {
    "bad": {
        "nothing said": (
            {"data": (STORAGE_ACCOUNT, {})},
            f"data: publicNetworkAccess: is unset and networkRuleSet.defaultAction is unset: {OPEN}",
        ),
        "on, and a firewall that lets all in": (
            account("Enabled", "Allow"),
            f"data: publicNetworkAccess: is Enabled and networkRuleSet.defaultAction is Allow: {OPEN}",
        ),
        "by an API of its own version": (
            account(token=VERSIONED),
            f"data: publicNetworkAccess: is unset and networkRuleSet.defaultAction is unset: {OPEN}",
        ),
        "a firewall that names everyone": (
            account("Enabled", "Deny", ipRules=[{"iPAddressOrRange": "0.0.0.0/0"}]),
            "data: networkRuleSet.ipRules[0].iPAddressOrRange: is 0.0.0.0/0: half the internet or more",
        ),
        "a firewall that names everyone by halves, and another that isn't known": (
            account("Enabled", "Deny", ipRules=[UNKNOWN, {"iPAddressOrRange": "128.0.0.0/1"}]),
            "data: networkRuleSet.ipRules[1].iPAddressOrRange: is 128.0.0.0/1: half the internet or more",
        ),
    },
    "good": {
        "off": (account("Disabled"),),
        "off, whatever the firewall says": (account("disabled", "Allow"),),
        "off, with a firewall that isn't known": (account("Disabled", UNKNOWN),),
        "behind a perimeter": (account("SecuredByPerimeter"),),
        "a firewall that denies": (account("Enabled", "Deny"),),
        "a firewall that denies, and access that isn't known": (account(UNKNOWN, "Deny"),),
        "a firewall that names an office": (
            account(None, "Deny", ipRules=[{"iPAddressOrRange": "203.0.113.0/24"}]),
        ),
    },
    "unknown": {
        "access that isn't known": (
            account(UNKNOWN, "Allow"),
            "data: publicNetworkAccess: can't be judged: not known before the deployment",
        ),
        "a firewall that isn't known": (
            account("Enabled", UNKNOWN),
            "data: networkRuleSet.defaultAction: can't be judged: not known before the deployment",
        ),
        "a website that may be another account's": (
            {
                "data": (STORAGE_ACCOUNT, {}),
                "site": (STORAGE_STATIC_WEBSITE, {"accountName": UNKNOWN}),
            },
            "site: accountName: can't be judged: may refer to this resource, which isn't known yet",
        ),
    },
    "not applicable": {
        "a website, by the dependency": (
            {
                "data": (STORAGE_ACCOUNT, {}),
                "site": (STORAGE_STATIC_WEBSITE, {"accountName": UNKNOWN}, {"accountName": ["data"]}),
            },
        ),
        "a website, by the name": (account() | {"site": (STORAGE_STATIC_WEBSITE, {"accountName": "acme"})},),
        "no storage": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("ST15", case)
