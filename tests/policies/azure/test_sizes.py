"""What sizes of Azure's machines can do."""

import pytest

from modelyard_policies.azure.sizes import can_have_trusted_launch, has_infiniband


@pytest.mark.parametrize(
    "size",
    [
        "Standard_ND96isr_H100_v5",
        "Standard_ND96isr_H200_v5",
        "Standard_ND96amsr_A100_v4",
        "Standard_ND96asr_v4",
        "Standard_ND96isr_MI300X_v5",
        "Standard_ND128isr_NDR_GB200_v6",
        "Standard_ND128isr_GB300_v6",
        "Standard_ND40rs_v2",
        "Standard_NC24r",
        "Standard_NC24rs_v3",
        "Standard_HB60rs",
        "Standard_HB120-16rs_v3",
        "Standard_HB176rs_v4",
        "Standard_HB368rs_v5",
        "Standard_HC44rs",
        "standard_hx176rs",
        "Standard_H16mr",
    ],
)
def test_sizes_with_infiniband(size):
    assert has_infiniband(size)


@pytest.mark.parametrize(
    "size",
    [
        "Standard_ND96is_H100_v5",
        "Standard_NC40ads_H100_v5",
        "Standard_NC80adis_H100_v5",
        "Standard_NC24ads_A100_v4",
        "Standard_NV36adms_A10_v5",
        "Standard_D4s_v5",
        "Standard_E4ds_v5",
        "Standard_HB120",
        "",
    ],
)
def test_sizes_without(size):
    assert not has_infiniband(size)


@pytest.mark.parametrize(
    ("size", "can"),
    [
        ("Standard_ND96asr_v4", False),
        ("Standard_ND96amsr_A100_v4", False),
        ("Standard_M128s", False),
        ("Standard_D4ps_v5", False),
        ("Standard_D4plds_v5", False),
        ("Standard_ND96isr_H100_v5", True),
        ("Standard_NC24ads_A100_v4", True),
        ("Standard_D4s_v5", True),
        ("Standard_D4ps_v6", True),
        ("", True),
    ],
)
def test_sizes_with_trusted_launch(size, can):
    assert can_have_trusted_launch(size) is can
