from modelyard_policies.azure.types import ML_WORKSPACE, STORAGE_ACCOUNT
from modelyard_policies.graph import UNKNOWN


def workspace(access=None, token=ML_WORKSPACE, **properties):
    return {"training": (token, {"publicNetworkAccess": access, **properties})}


CASES = {
    "bad": {
        "nothing said": (workspace(), "training: publicNetworkAccess: is unset"),
        "open": (workspace("Enabled"), "training: publicNetworkAccess: is Enabled"),
        "open, of an older API": (
            workspace("Enabled", "azure-native:machinelearningservices/v20230401:Workspace"),
            "training: publicNetworkAccess: is Enabled",
        ),
        "a hub": (workspace(kind="Hub"), "training: publicNetworkAccess: is unset"),
        "a project without a hub": (
            workspace("Enabled", kind="Project"),
            "training: publicNetworkAccess: is Enabled",
        ),
    },
    "good": {
        "closed": (workspace("Disabled"),),
        "closed, a hub": (workspace("disabled", kind="Hub"),),
    },
    "unknown": {
        "access that isn't known": (
            workspace(UNKNOWN),
            "training: publicNetworkAccess: can't be judged: not known before the deployment",
        )
    },
    "not applicable": {
        "a project in a hub": (workspace(kind="Project", hubResourceId=UNKNOWN),),
        "no workspace": ({"data": (STORAGE_ACCOUNT, {})},),
    },
}


def test_verdict(case, check):
    check("CO16", case)
