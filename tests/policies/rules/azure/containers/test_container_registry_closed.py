from modelyard_policies.azure.types import CONTAINER_REGISTRY, MANAGED_CLUSTER
from modelyard_policies.graph import UNKNOWN

OLD = "azure-native:containerregistry/v20230701:Registry"
OTHER = "azure-native_containerregistry_v20251101:containerregistry:Registry"


def registry(token=CONTAINER_REGISTRY, **properties):
    return {"training": (token, {"publicNetworkAccess": "Disabled", **properties})}


CASES = {
    "bad": {
        "nothing said": (
            registry(publicNetworkAccess=None),
            "training: publicNetworkAccess: is unset, not Disabled",
        ),
        "a public network": (
            registry(publicNetworkAccess="Enabled"),
            "training: publicNetworkAccess: is Enabled, not Disabled",
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
        "everything, with one setting that isn't known": (
            registry(adminUserEnabled=UNKNOWN, anonymousPullEnabled=True, publicNetworkAccess="Enabled"),
            "training: anonymousPullEnabled: is true",
            "training: publicNetworkAccess: is Enabled, not Disabled",
        ),
    },
    "good": {
        "by default": (registry(),),
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
