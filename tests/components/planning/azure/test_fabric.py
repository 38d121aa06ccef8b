"""What programs on Azure's nodes are told of their fabric."""

import pytest

from modelyard.catalog.azure.sizes import size, size_names
from modelyard.planning.azure.fabric import fabric_environment, shared_memory_gib, topology_file

H100, A100, MI300X = "Standard_ND96isr_H100_v5", "Standard_ND96amsr_A100_v4", "Standard_ND96isr_MI300X_v5"


def test_nd_v5_machines_use_infiniband_and_its_switches():
    for name in (H100, "Standard_ND96isr_H200_v5"):
        assert fabric_environment(size(name)) == {
            "NCCL_SOCKET_IFNAME": "eth0",
            "NCCL_IB_PCI_RELAXED_ORDERING": "1",
            "NCCL_COLLNET_ENABLE": "1",
            "UCX_TLS": "rc",
        }


def test_other_machines_with_infiniband_use_it_without_their_switches():
    for name in (A100, MI300X):
        assert set(fabric_environment(size(name))) == {
            "NCCL_SOCKET_IFNAME",
            "NCCL_IB_PCI_RELAXED_ORDERING",
            "UCX_TLS",
        }


def test_machines_without_infiniband_or_without_gpus_are_told_nothing():
    plain = [name for name in size_names() if not size(name).infiniband_gbps or size(name).kind == "cpu"]
    assert "Standard_NC96ads_A100_v4" in plain
    assert "Standard_HB176rs_v4" in plain
    for name in plain:
        assert fabric_environment(size(name), topology_in_image=True) == {}


@pytest.mark.parametrize(
    ("name", "file"),
    [
        (H100, "/opt/microsoft/ndv5-topo.xml"),
        ("Standard_ND96isr_H200_v5", "/opt/microsoft/ndv5-topo.xml"),
        (A100, "/opt/microsoft/ndv4-topo.xml"),
        ("Standard_ND96asr_v4", "/opt/microsoft/ndv4-topo.xml"),
        (MI300X, None),
        ("Standard_NC96ads_A100_v4", None),
        ("Standard_HB176rs_v4", None),
    ],
)
def test_nccl_is_told_of_a_topology_only_where_the_image_has_its_file(name, file):
    assert topology_file(size(name)) == file
    assert "NCCL_TOPO_FILE" not in fabric_environment(size(name))
    assert fabric_environment(size(name), topology_in_image=True).get("NCCL_TOPO_FILE") == file


def test_shared_memory_is_half_of_the_nodes_memory():
    assert shared_memory_gib(size("Standard_D2ds_v5")) == 4
    for name in size_names():
        machine = size(name)
        assert 1 <= shared_memory_gib(machine) <= machine.memory_mib / 2 / 1024
    assert shared_memory_gib(size(H100)) > 800
