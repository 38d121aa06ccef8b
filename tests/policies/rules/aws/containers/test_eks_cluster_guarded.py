from modelyard_policies.aws.types import BUCKET, EKS_CLUSTER
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.containers.eks_cluster_guarded import ClusterLogs


def cluster(network=None, **properties):
    properties = {
        "vpcConfig": {"endpointPublicAccess": False} if network is None else network,
        "encryptionConfig": {"provider": {"keyArn": UNKNOWN}, "resources": ["secrets"]},
        "enabledClusterLogTypes": ["audit", "authenticator"],
        **properties,
    }
    return {"training": (EKS_CLUSTER, properties)}


PUBLIC = "training: vpcConfig.endpointPublicAccess"

CASES = {
    "bad": {
        "nothing said": (
            {"training": (EKS_CLUSTER, {})},
            f"{PUBLIC}: is unset: the whole internet reaches the API server",
            "training: encryptionConfig: encrypts no secrets under a key of your own",
            "training: enabledClusterLogTypes: lacks audit",
        ),
        "open to the world": (
            cluster({"endpointPublicAccess": True, "publicAccessCidrs": ["10.0.0.0/8", "0.0.0.0/0"]}),
            f"{PUBLIC}: is true: the whole internet reaches the API server",
        ),
        "open to some": (
            cluster({"endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.0/24"]}),
            f"{PUBLIC}: is true: addresses outside the VPC reach the API server",
        ),
        "another log": (
            cluster(enabledClusterLogTypes=["api"]),
            "training: enabledClusterLogTypes: lacks audit",
        ),
        "a key for nothing": (
            cluster(encryptionConfig={"provider": {"keyArn": "arn"}, "resources": []}),
            "training: encryptionConfig: encrypts no secrets under a key of your own",
        ),
        "whatever else isn't known": (
            cluster(UNKNOWN, enabledClusterLogTypes=[]),
            "training: enabledClusterLogTypes: lacks audit",
        ),
    },
    "good": {
        "all three": (cluster(),),
        "as text": (cluster({"endpointPublicAccess": "false"}),),
    },
    "unknown": {
        "an endpoint that isn't known": (
            cluster({"endpointPublicAccess": UNKNOWN}),
            f"{PUBLIC}: can't be judged: not known before the deployment",
        ),
        "logs that aren't known": (
            cluster(enabledClusterLogTypes=UNKNOWN),
            "training: enabledClusterLogTypes: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no cluster": ({"data": (BUCKET, {})},)},
}


def test_verdict(case, check):
    check("CT8", case)


def test_the_logs_can_be_set(build):
    graph = build(cluster())
    options = [ClusterLogs.from_json({"log_types": ["audit", "api", "scheduler"]})]
    report = evaluate(graph, all_rules(), select=["CT8"], options=options)
    assert [finding.message for finding in report.findings] == ["lacks api, scheduler"]
