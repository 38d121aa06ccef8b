from modelyard_policies.azure.types import ML_COMPUTE, ML_WORKSPACE, STORAGE_ACCOUNT
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.ml.ml_compute_isolated import IdleNodes

SUBNET = {"id": UNKNOWN}
SCALE = {"minNodeCount": 0, "maxNodeCount": 16}


def compute(settings, kind="AmlCompute", local=True, workspace="training", token=ML_COMPUTE, links=None):
    properties = {"computeType": kind, "disableLocalAuth": local, "properties": settings}
    return {"gpus": (token, {"workspaceName": workspace, "properties": properties}, links or {})}


def cluster(subnet=SUBNET, public=False, scale=SCALE, **settings):
    return compute(
        {"subnet": subnet, "enableNodePublicIp": public, "scaleSettings": scale, **settings},
    )


def instance(**settings):
    return compute({"subnet": SUBNET, "enableNodePublicIp": False, **settings}, "ComputeInstance")


def managed(mode, **cluster_arguments):
    """A cluster without a subnet in a workspace that is found by its dependency."""
    settings = {"enableNodePublicIp": False, "scaleSettings": SCALE}
    return {
        "training": (ML_WORKSPACE, {"managedNetwork": {"isolationMode": mode}}),
        **compute(settings, workspace=UNKNOWN, links={"workspaceName": ["training"]}, **cluster_arguments),
    }


def in_a_hub(mode):
    return {
        "hub": (ML_WORKSPACE, {"workspaceName": "hub", "managedNetwork": {"isolationMode": mode}}),
        "project": (
            ML_WORKSPACE,
            {
                "workspaceName": "training",
                "hubResourceId": (
                    "/subscriptions/0/resourceGroups/g/providers/"
                    "Microsoft.MachineLearningServices/workspaces/HUB"
                ),
            },
        ),
        **cluster(None),
    }


WITHIN = "gpus: properties.properties"
EXPOSED = f"{WITHIN}.subnet: is unset, and the workspace manages no network"

CASES = {
    "bad": {
        "no network": ({"training": (ML_WORKSPACE, {"workspaceName": "training"}), **cluster(None)}, EXPOSED),
        "no network of a workspace's": (managed("Disabled"), EXPOSED),
        "no network of a hub's": (in_a_hub("Disabled"), EXPOSED),
        "public addresses": (cluster(public=True), f"{WITHIN}.enableNodePublicIp: is true"),
        "public addresses by default": (cluster(public=None), f"{WITHIN}.enableNodePublicIp: is unset"),
        "local logins": (
            compute({"subnet": SUBNET, "enableNodePublicIp": False}, local=False),
            "gpus: properties.disableLocalAuth: is false",
        ),
        "local logins by default, of an older API": (
            compute(
                {"subnet": SUBNET, "enableNodePublicIp": "false"},
                local=None,
                token="azure-native:machinelearningservices/v20230401:Compute",
            ),
            "gpus: properties.disableLocalAuth: is unset",
        ),
        "SSH": (
            cluster(remoteLoginPortPublicAccess="Enabled"),
            f"{WITHIN}.remoteLoginPortPublicAccess: opens the SSH port of the nodes",
        ),
        "SSH of an instance": (
            instance(sshSettings={"sshPublicAccess": "Enabled"}),
            f"{WITHIN}.sshSettings.sshPublicAccess: opens the SSH port of the nodes",
        ),
        "idle nodes": (
            cluster(scale={"minNodeCount": 2, "maxNodeCount": 16}),
            f"{WITHIN}.scaleSettings.minNodeCount: is 2, so nodes stay up without a job",
        ),
        "idle nodes, the rest isn't known": (
            cluster(UNKNOWN, UNKNOWN, {"minNodeCount": "1"}),
            f"{WITHIN}.scaleSettings.minNodeCount: is 1, so nodes stay up without a job",
        ),
    },
    "good": {
        "in a subnet": (cluster(remoteLoginPortPublicAccess="Disabled"),),
        "in a subnet, with what is default": (
            cluster(scale=None, remoteLoginPortPublicAccess="NotSpecified"),
        ),
        "an instance": (instance(sshSettings={"sshPublicAccess": "Disabled"}),),
        "in a workspace's network": (managed("AllowOnlyApprovedOutbound"),),
        "in a hub's network, by its id": (in_a_hub("AllowInternetOutbound"),),
    },
    "unknown": {
        "a workspace that is elsewhere": (
            cluster(None),
            "gpus: workspaceName: can't be judged: names a resource that isn't in the graph",
        ),
        "a mode that isn't known": (
            managed(UNKNOWN),
            "training: managedNetwork.isolationMode: can't be judged: not known before the deployment",
        ),
        "nodes that aren't known": (
            cluster(scale={"minNodeCount": UNKNOWN}),
            f"{WITHIN}.scaleSettings.minNodeCount: can't be judged: not known before the deployment",
        ),
        "properties that aren't known": (
            {"gpus": (ML_COMPUTE, {"properties": UNKNOWN})},
            "gpus: properties: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a cluster that is attached": (compute({}, "Kubernetes"),),
        "no compute": ({"data": (STORAGE_ACCOUNT, {})},),
    },
}


def test_verdict(case, check):
    check("CO15", case)


def test_nodes_may_be_let_stay_up(build):
    graph = build(cluster(scale={"minNodeCount": 2}))
    options = [IdleNodes.from_json({"idle_nodes": 2})]
    assert evaluate(graph, all_rules(), select=["CO15"], options=options).findings == ()
