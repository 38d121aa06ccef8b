from modelyard_policies.azure.types import CONTAINER_REGISTRY, MANAGED_CLUSTER
from modelyard_policies.graph import UNKNOWN

OLD = "azure-native:containerregistry/v20230701:Registry"
OTHER = "azure-native_containerregistry_v20251101:containerregistry:Registry"


def registry(token=CONTAINER_REGISTRY, **properties):
    return {"training": (token, {"publicNetworkAccess": "Disabled", **properties})}


OPEN = "networkRuleSet.defaultAction is unset: the public endpoint takes any network"
OFFICE = {"action": "Allow", "iPAddressOrRange": "203.0.113.0/24"}


def firewall(action="Deny", *rules):
    return {"defaultAction": action, "ipRules": list(rules)}


CASES = {
    "bad": {
        "nothing said": (
            registry(publicNetworkAccess=None),
            f"training: publicNetworkAccess: is unset and {OPEN}",
        ),
        "a public network": (
            registry(publicNetworkAccess="Enabled"),
            f"training: publicNetworkAccess: is Enabled and {OPEN}",
        ),
        "an admin user": (registry(adminUserEnabled=True), "training: adminUserEnabled: is true"),
        "an admin user, in an API version": (
            registry(OLD, adminUserEnabled="true"),
            "training: adminUserEnabled: is true",
        ),
        "anonymous pulls, in a package of their own": (
            registry(OTHER, anonymousPullEnabled=True),
            "training: anonymousPullEnabled: is true",
        ),
        "a firewall that lets all in": (
            registry(publicNetworkAccess="Enabled", networkRuleSet=firewall("Allow")),
            f"training: publicNetworkAccess: is Enabled and {OPEN.replace('unset', 'Allow')}",
        ),
        "a firewall that names half the internet": (
            registry(
                publicNetworkAccess="Enabled",
                networkRuleSet=firewall("Deny", OFFICE, {"iPAddressOrRange": "0.0.0.0/1"}),
            ),
            "training: networkRuleSet.ipRules[1].iPAddressOrRange: is 0.0.0.0/1: half the internet or more",
        ),
        "everything, with one setting that isn't known": (
            registry(adminUserEnabled=UNKNOWN, anonymousPullEnabled=True, publicNetworkAccess="Enabled"),
            "training: anonymousPullEnabled: is true",
            f"training: publicNetworkAccess: is Enabled and {OPEN}",
        ),
    },
    "good": {
        "by default": (registry(),),
        "in other letters": (registry(publicNetworkAccess=" disabled"),),
        "kept to an office": (
            registry(publicNetworkAccess="Enabled", networkRuleSet=firewall("Deny", OFFICE)),
        ),
        "said": (registry(adminUserEnabled=False, anonymousPullEnabled="false"),),
    },
    "unknown": {
        "an admin user that isn't known": (
            registry(adminUserEnabled=UNKNOWN),
            "training: adminUserEnabled: can't be judged: not known before the deployment",
        ),
        "a network that isn't known": (
            registry(publicNetworkAccess=UNKNOWN),
            "training: publicNetworkAccess: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a cluster": ({"jobs": (MANAGED_CLUSTER, {})},)},
}


def test_verdict(case, check):
    check("CT7", case)
