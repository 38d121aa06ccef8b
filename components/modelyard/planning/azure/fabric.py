"""What a node's fabric wants of the programs above it: NCCL's variables, and shared memory."""

from __future__ import annotations

from modelyard.catalog.azure.sizes import Size

TOPOLOGY_FILES = {
    "A100": "/opt/microsoft/ndv4-topo.xml",
    "H100": "/opt/microsoft/ndv5-topo.xml",
    "H200": "/opt/microsoft/ndv5-topo.xml",
}
"""Where Microsoft's images for such machines have the file that tells NCCL which GPU is near which adapter,
by accelerator (Azure/azhpc-images, customizations ndv4 and ndv5, read 2026-11-26). No file of GB200, GB300
and MI300X could be made sure of: those have none here."""

ND_V5 = ("H100", "H200")
"""Accelerators of the ND v5 machines whose switches add up for NCCL, by its CollNet."""


def topology_file(size: Size) -> str | None:
    """Path of the size's topology file in Microsoft's images; None where it has none, or no InfiniBand.

    Containers don't see their host's files: an image has to hold a copy (`COPY --from` of one of Microsoft's
    images, or the file of azhpc-images) before NCCL is told of it.
    """
    if size.infiniband_gbps is None or size.accelerator is None:
        return None
    return TOPOLOGY_FILES.get(size.accelerator)


def fabric_environment(size: Size, *, topology_in_image: bool = False) -> dict[str, str]:
    """Variables for NCCL (and RCCL, which reads the same) and UCX; empty for sizes without InfiniBand or GPU.

    NCCL_TOPO_FILE is among them only where `topology_in_image` says that the job's image holds the file: a
    name that leads nowhere is a warning in each process and no topology. Source:
    Azure/ai-infrastructure-on-azure and Azure/azhpc-images, read 2026-11-26.
    """
    if size.infiniband_gbps is None or size.kind != "gpu":
        return {}
    variables = {
        # The first contact goes by Ethernet; InfiniBand's interfaces have no addresses in a container.
        "NCCL_SOCKET_IFNAME": "eth0",
        "NCCL_IB_PCI_RELAXED_ORDERING": "1",
        "UCX_TLS": "rc",
    }
    if size.accelerator in ND_V5:
        variables["NCCL_COLLNET_ENABLE"] = "1"
    file = topology_file(size)
    if topology_in_image and file is not None:
        variables["NCCL_TOPO_FILE"] = file
    return variables


def shared_memory_gib(size: Size) -> int:
    """GiB of /dev/shm for a job that has the whole node: half of its memory, at least 1.

    As much as Linux gives such a file system by itself (kernel documentation, "Tmpfs"); it is a bound, and
    only what is written there counts as memory. Azure Machine Learning gives 2 GiB unless it is told
    otherwise (Jobs, resources.shmSize, API version 2025-12-01), which NCCL and data loaders outgrow.
    """
    return max(1, size.memory_mib // 2 // 1024)
