from modelyard_policies.azure.types import VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.graph import UNKNOWN

FAST = {"name": "main", "enableAcceleratedNetworking": True}
H100 = "Standard_ND96isr_H100_v5"


def scale_set(*interfaces, size=H100, token=VIRTUAL_MACHINE_SCALE_SET, **properties):
    profile = {"networkProfile": {"networkInterfaceConfigurations": list(interfaces)}}
    return {"set": (token, {"sku": {"name": size}, "virtualMachineProfile": profile, **properties})}


PLACE = "virtualMachineProfile.networkProfile.networkInterfaceConfigurations"
PARTED = "set: singlePlacementGroup: is false, so nodes may have no InfiniBand between them"

CASES = {
    "bad": {
        "several placement groups": (scale_set(FAST, singlePlacementGroup=False), PARTED),
        "several placement groups, of an older API": (
            scale_set(
                FAST,
                singlePlacementGroup="false",
                token="azure-native:compute/v20230301:VirtualMachineScaleSet",
            ),
            PARTED,
        ),
        "flexible": (
            scale_set(FAST, orchestrationMode="Flexible"),
            "set: orchestrationMode: is Flexible, which has no InfiniBand",
        ),
        "a size that it may choose": (
            scale_set(
                FAST,
                size="Mix",
                orchestrationMode="Flexible",
                skuProfile={"vmSizes": [{"name": "Standard_D4s_v5"}, {"name": "Standard_HB176rs_v4"}]},
            ),
            "set: orchestrationMode: is Flexible, which has no InfiniBand",
        ),
        "a slow interface": (
            scale_set(FAST, {"name": "second", "enableAcceleratedNetworking": False}),
            f"set: {PLACE}[1].enableAcceleratedNetworking: is false",
        ),
        "an interface that says nothing": (
            scale_set({"name": "main"}),
            f"set: {PLACE}[0].enableAcceleratedNetworking: is unset",
        ),
        "all of it": (
            scale_set({"name": "main"}, singlePlacementGroup=False, orchestrationMode="Flexible"),
            "set: orchestrationMode: is Flexible, which has no InfiniBand",
            PARTED,
            f"set: {PLACE}[0].enableAcceleratedNetworking: is unset",
        ),
        "a slow interface, where it stands isn't known": (
            scale_set({"name": "main"}, singlePlacementGroup=UNKNOWN),
            f"set: {PLACE}[0].enableAcceleratedNetworking: is unset",
        ),
    },
    "good": {
        "one placement group": (scale_set(FAST, singlePlacementGroup=True, orchestrationMode="Uniform"),),
        "one placement group by default": (scale_set(FAST),),
    },
    "unknown": {
        "placement groups that aren't known": (
            scale_set(FAST, singlePlacementGroup=UNKNOWN),
            "set: singlePlacementGroup: can't be judged: not known before the deployment",
        ),
        "a size that isn't known": (
            scale_set(FAST, size=UNKNOWN),
            "set: sku.name: can't be judged: not known before the deployment",
        ),
        "an interface that isn't known": (
            scale_set({"name": "main", "enableAcceleratedNetworking": UNKNOWN}),
            (
                f"set: {PLACE}[0].enableAcceleratedNetworking: "
                "can't be judged: not known before the deployment"
            ),
        ),
    },
    "not applicable": {
        "a size without InfiniBand": (
            scale_set(size="Standard_NC24ads_A100_v4", singlePlacementGroup=False),
        ),
        "one size of H100s without": (scale_set(size="Standard_ND96is_H100_v5"),),
        "a scale set without a size": ({"set": (VIRTUAL_MACHINE_SCALE_SET, {})},),
        "a machine": ({"vm": (VIRTUAL_MACHINE, {})},),
    },
}


def test_verdict(case, check):
    check("CO14", case)
