from modelyard_policies.azure.types import AGENT_POOL, CONTAINER_REGISTRY, MANAGED_CLUSTER
from modelyard_policies.graph import UNKNOWN

OLD = "azure-native:containerservice/v20240901:ManagedCluster"
GOOD = {
    "apiServerAccessProfile": {"enablePrivateCluster": True},
    "disableLocalAccounts": True,
    "agentPoolProfiles": [{"name": "system", "enableEncryptionAtHost": True}],
}


def cluster(token=MANAGED_CLUSTER, **properties):
    return {"jobs": (token, {**GOOD, **properties})}


def pool(value):
    return {"gpu": (AGENT_POOL, {"agentPoolName": "gpu", "enableEncryptionAtHost": value})}


CASES = {
    "bad": {
        "nothing said": (
            {"jobs": (MANAGED_CLUSTER, {"agentPoolProfiles": [{"name": "system"}]})},
            "jobs: apiServerAccessProfile.enablePrivateCluster: is unset",
            "jobs: disableLocalAccounts: is unset",
            "jobs: agentPoolProfiles[0].enableEncryptionAtHost: is unset",
        ),
        "an API server for some addresses": (
            cluster(apiServerAccessProfile={"authorizedIPRanges": ["203.0.113.0/24"]}),
            "jobs: apiServerAccessProfile.enablePrivateCluster: is unset",
        ),
        "local accounts, in an API version": (
            cluster(OLD, disableLocalAccounts=False),
            "jobs: disableLocalAccounts: is false",
        ),
        "local accounts, and a profile that isn't known": (
            cluster(apiServerAccessProfile=UNKNOWN, disableLocalAccounts="false"),
            "jobs: disableLocalAccounts: is false",
        ),
        "a plain second pool": (
            cluster(agentPoolProfiles=[{"enableEncryptionAtHost": True}, {"enableEncryptionAtHost": False}]),
            "jobs: agentPoolProfiles[1].enableEncryptionAtHost: is false",
        ),
        "a plain pool by itself": (pool(None), "gpu: enableEncryptionAtHost: is unset"),
    },
    "good": {
        "a cluster": (cluster(),),
        "a cluster without pools of its own": (cluster(agentPoolProfiles=None),),
        "a pool": (pool(True),),
    },
    "unknown": {
        "local accounts that aren't known": (
            cluster(disableLocalAccounts=UNKNOWN),
            "jobs: disableLocalAccounts: can't be judged: not known before the deployment",
        ),
        "a pool that isn't known": (
            cluster(agentPoolProfiles=[*GOOD["agentPoolProfiles"], UNKNOWN]),
            "jobs: agentPoolProfiles[1]: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a registry": ({"training": (CONTAINER_REGISTRY, {})},)},
}


def test_verdict(case, check):
    check("CT9", case)
