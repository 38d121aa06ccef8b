from modelyard_policies.azure.types import DISK, SNAPSHOT, VIRTUAL_MACHINE
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.reading import GraphView
from modelyard_policies.rules.azure.compute.disk_no_public_export import RULE


def disk(public=None, policy=None, token=DISK):
    return {"disk": (token, {"publicNetworkAccess": public, "networkAccessPolicy": policy})}


CASES = {
    "bad": {
        "nothing said": (
            disk(),
            "disk: publicNetworkAccess: is unset, and networkAccessPolicy is unset",
        ),
        "a snapshot": (
            disk("Enabled", "AllowAll", SNAPSHOT),
            "disk: publicNetworkAccess: is Enabled, and networkAccessPolicy is AllowAll",
        ),
        "of an older API": (
            disk(token="azure-native:compute/v20230102:Disk"),
            "disk: publicNetworkAccess: is unset, and networkAccessPolicy is unset",
        ),
    },
    "good": {
        "no public access": (disk("Disabled"),),
        "no export": (disk(None, "DenyAll"),),
        "private endpoints": (disk("Enabled", "AllowPrivate"),),
        "no public access, whatever the policy": (disk("Disabled", UNKNOWN),),
        "no export, whatever the access": (disk(UNKNOWN, "DenyAll", SNAPSHOT),),
    },
    "unknown": {
        "access that isn't known": (
            disk(UNKNOWN, "AllowAll"),
            "disk: publicNetworkAccess: can't be judged: not known before the deployment",
        ),
        "a policy that isn't known": (
            disk("Enabled", UNKNOWN),
            "disk: networkAccessPolicy: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no disk": ({"vm": (VIRTUAL_MACHINE, {})},)},
}


def test_verdict(case, check):
    check("CO13", case)


def test_what_is_to_be_uploaded_is_not_changed(build):
    graph = build({"disk": (DISK, {"creationData": {"createOption": "UploadPreparedSecure"}})})
    view = GraphView(graph)
    assert RULE.remedied(view.of_type(DISK)[0], view) == {}
