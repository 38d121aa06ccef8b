"""What programs of nodes with GPUs and EFA wrote, as people published it: what is read of it, and no more."""

from __future__ import annotations

A10G_515 = """<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v11.dtd">
<nvidia_smi_log>
    <driver_version>515.105.01</driver_version>
    <cuda_version>11.7</cuda_version>
    <attached_gpus>1</attached_gpus>
    <gpu id="00000000:00:1E.0">
        <product_name>NVIDIA A10G</product_name>
        <clocks_throttle_reasons>
            <clocks_throttle_reason_gpu_idle>Active</clocks_throttle_reason_gpu_idle>
            <clocks_throttle_reason_sw_power_cap>Not Active</clocks_throttle_reason_sw_power_cap>
            <clocks_throttle_reason_hw_slowdown>Not Active</clocks_throttle_reason_hw_slowdown>
            <clocks_throttle_reason_hw_thermal_slowdown>Not Active</clocks_throttle_reason_hw_thermal_slowdown>
            <clocks_throttle_reason_sw_thermal_slowdown>Not Active</clocks_throttle_reason_sw_thermal_slowdown>
        </clocks_throttle_reasons>
        <fb_memory_usage>
            <total>23028 MiB</total>
        </fb_memory_usage>
        <ecc_errors>
            <volatile>
                <sram_correctable>0</sram_correctable>
                <sram_uncorrectable>0</sram_uncorrectable>
                <dram_correctable>0</dram_correctable>
                <dram_uncorrectable>0</dram_uncorrectable>
            </volatile>
            <aggregate>
                <sram_uncorrectable>0</sram_uncorrectable>
                <dram_uncorrectable>0</dram_uncorrectable>
            </aggregate>
        </ecc_errors>
        <retired_pages>
            <pending_retirement>N/A</pending_retirement>
        </retired_pages>
        <remapped_rows>
            <remapped_row_corr>0</remapped_row_corr>
            <remapped_row_unc>0</remapped_row_unc>
            <remapped_row_pending>No</remapped_row_pending>
            <remapped_row_failure>No</remapped_row_failure>
        </remapped_rows>
    </gpu>
</nvidia_smi_log>
"""
"""`nvidia-smi -q -x` on a g5 (influxdata/telegraf, plugins/inputs/nvidia_smi/testdata/a10g.xml)."""

A100_535 = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
    <driver_version>535.54.03</driver_version>
    <cuda_version>12.2</cuda_version>
    <attached_gpus>4</attached_gpus>
    <gpu id="00000000:01:00.0">
        <product_name>NVIDIA A100-SXM4-80GB</product_name>
        <gpu_reset_status>
            <reset_required>No</reset_required>
            <drain_and_reset_recommended>No</drain_and_reset_recommended>
        </gpu_reset_status>
        <clocks_event_reasons>
            <clocks_event_reason_gpu_idle>Not Active</clocks_event_reason_gpu_idle>
            <clocks_event_reason_hw_slowdown>Not Active</clocks_event_reason_hw_slowdown>
            <clocks_event_reason_hw_thermal_slowdown>Not Active</clocks_event_reason_hw_thermal_slowdown>
            <clocks_event_reason_hw_power_brake_slowdown>Not Active</clocks_event_reason_hw_power_brake_slowdown>
            <clocks_event_reason_sw_thermal_slowdown>Not Active</clocks_event_reason_sw_thermal_slowdown>
        </clocks_event_reasons>
        <fb_memory_usage>
            <total>81920 MiB</total>
        </fb_memory_usage>
        <ecc_errors>
            <volatile>
                <sram_uncorrectable>0</sram_uncorrectable>
                <dram_uncorrectable>0</dram_uncorrectable>
            </volatile>
        </ecc_errors>
        <remapped_rows>N/A</remapped_rows>
        <fabric>
            <state>N/A</state>
            <status>N/A</status>
        </fabric>
    </gpu>
</nvidia_smi_log>
"""
"""The first of four (the same, a100-sxm4-v12.xml)."""

RTX_PRO_6000_590 = """<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v13.dtd">
<nvidia_smi_log>
\t<driver_version>590.44.01</driver_version>
\t<cuda_version>13.1</cuda_version>
\t<attached_gpus>1</attached_gpus>
\t<gpu id="00000000:61:00.0">
\t\t<product_name>NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition</product_name>
\t\t<gpu_recovery_action>None</gpu_recovery_action>
\t\t<clocks_event_reasons>
\t\t\t<clocks_event_reason_hw_slowdown>Not Active</clocks_event_reason_hw_slowdown>
\t\t</clocks_event_reasons>
\t\t<fb_memory_usage>
\t\t\t<total>97887 MiB</total>
\t\t</fb_memory_usage>
\t\t<ecc_errors>
\t\t\t<volatile>
\t\t\t\t<sram_uncorrectable_parity>N/A</sram_uncorrectable_parity>
\t\t\t\t<sram_uncorrectable_secded>N/A</sram_uncorrectable_secded>
\t\t\t\t<dram_uncorrectable>N/A</dram_uncorrectable>
\t\t\t</volatile>
\t\t</ecc_errors>
\t\t<remapped_rows>
\t\t\t<remapped_row_pending>No</remapped_row_pending>
\t\t\t<remapped_row_failure>No</remapped_row_failure>
\t\t</remapped_rows>
\t\t<fabric>
\t\t\t<state>N/A</state>
\t\t\t<status>N/A</status>
\t\t</fabric>
\t</gpu>
</nvidia_smi_log>
"""
"""A driver of 2025 (the same, pro-6000-maxq-blackwell-v13.xml)."""

GPU_IS_LOST = (
    "Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost.  "
    "Reboot the system to recover this GPU\n"
)
"""What nvidia-smi writes in place of all else (JosephKJ/OWOD, issue 81)."""

FI_INFO = """provider: efa
    fabric: efa-direct
    domain: rdmap49s0-rdm
    version: 201.0
    type: FI_EP_RDM
    protocol: FI_PROTO_EFA
provider: efa
    fabric: efa
    domain: rdmap49s0-rdm
    version: 201.0
    type: FI_EP_RDM
    protocol: FI_PROTO_EFA
provider: efa
    fabric: efa
    domain: rdmap49s0-dgrm
    version: 201.0
    type: FI_EP_DGRAM
    protocol: FI_PROTO_EFA
"""
"""`fi_info -p efa` with one interface, libfabric 2.1, as several people show it."""

FI_INFO_OLD = """provider: efa
    fabric: EFA-fe80::39:beff:fe6e:c23
    domain: efa_0-rdm
    version: 2.0
    type: FI_EP_RDM
    protocol: FI_PROTO_EFA
provider: efa
    fabric: EFA-fe80::39:beff:fe6e:c23
    domain: efa_0-dgrm
    version: 2.0
    type: FI_EP_DGRAM
    protocol: FI_PROTO_EFA
provider: efa;ofi_rxd
    fabric: EFA-fe80::39:beff:fe6e:c23
    domain: efa_0-dgrm
    version: 1.0
    type: FI_EP_RDM
    protocol: FI_PROTO_RXD
"""
"""The same of 2020 (ofiwg/libfabric, issue 5689)."""

FI_INFO_NOTHING = "fi_getinfo: -61 (No data available)\n"
"""What fi_info writes on standard error without EFA, with exit code 61 (libfabric 2.6, util/info.c)."""

FI_INFO_VERSION = "fi_info: 2.1.0amzn3.0\nlibfabric: 2.1.0amzn3.0\nlibfabric api: 2.1\n"
"""`fi_info --version`: the form of libfabric 2.6, util/info.c, with a version of Amazon's."""

NCCL_EFA_DIRECT = """\
node-0:188:585 [0] NCCL INFO NCCL version 2.27.7+cuda13.0
node-0:188:585 [0] NCCL INFO Successfully loaded external plugin libnccl-net.so
node-0:188:585 [0] NCCL INFO NET/OFI Initializing aws-ofi-nccl 1.17.1
node-0:188:585 [0] NCCL INFO NET/OFI Using Libfabric version 2.3
node-0:188:585 [0] NCCL INFO NET/OFI Using transport protocol RDMA (platform set)
node-0:188:585 [0] NCCL INFO NET/OFI Selected provider is efa, fabric is efa-direct (found 32 nics)
node-0:188:585 [0] NCCL INFO Using network Libfabric
node-0:188:700 [0] NCCL INFO Channel 00/0 : 8[0] -> 0[0] [receive] via NET/Libfabric/0/GDRDMA
"""
"""Two p5.48xlarge, 2025, as their owner's notes quote these lines."""

NCCL_P4D_ONE_INTERFACE = """\
llama-3-8b-node-0-0:188:585 [0] NCCL INFO NET/OFI Initializing aws-ofi-nccl 1.16.2
llama-3-8b-node-0-0:188:585 [0] NCCL INFO NET/OFI Using Libfabric version 2.1
llama-3-8b-node-0-0:188:585 [0] NCCL INFO NET/OFI Using transport protocol SENDRECV (platform set)
llama-3-8b-node-0-0:188:585 [0] NCCL INFO NET/OFI Selected provider is efa, fabric is efa (found 1 nics)
llama-3-8b-node-0-0:188:585 [0] NCCL INFO Using network Libfabric
"""
"""A p4d.24xlarge that was given one of its four interfaces, as published with a training on it."""

NCCL_P5EN_OLD = """\
8h200-3:6310:6318 [0] NCCL INFO NET/OFI Selected Provider is efa (found 16 nics)
8h200-3:6310:6318 [0] NCCL INFO Using network Libfabric
"""
"""aws-ofi-nccl before 1.15 (NVIDIA/nccl, issue 1597)."""

NCCL_OLDEST = """\
test-nccl-efa-worker-0:21:21 [0] NCCL INFO NET/OFI Using aws-ofi-nccl 1.5.0aws
test-nccl-efa-worker-0:21:21 [0] NCCL INFO NET/OFI Selected Provider is efa (found 1 nics)
test-nccl-efa-worker-0:21:21 [0] NCCL INFO Using network AWS Libfabric
NCCL version 2.12.7+cuda11.4
"""
"""aws-ofi-nccl before 1.13 (awslabs, guides for EFA on EKS)."""

NCCL_NO_DEVICES = """\
ip-172-31-3-90:1929:1937 [0] NCCL INFO NCCL version 2.27.7+cuda12.9
ip-172-31-3-90:1929:1937 [0] NCCL INFO NET/OFI Initializing aws-ofi-nccl 1.14.0
[2025-10-16 22:16:08] ip-172-31-3-90:1929:1937 [0] nccl_net_ofi_rdma_init:7978 NCCL WARN NET/OFI OFI fi_getinfo() \
call failed: No data available
ip-172-31-3-90:1929:1937 [0] NCCL INFO NET/Socket : Using [0]eth0:172.31.3.90<0>
ip-172-31-3-90:1929:1937 [0] NCCL INFO Using network Socket
"""
"""A container without /dev/infiniband (aws/aws-ofi-nccl, issue 1020; the last two lines are NCCL's form)."""

NCCL_OFI_OVER_TCP = """\
node-0:188:585 [0] NCCL INFO NET/OFI Initializing aws-ofi-nccl 1.21.1
node-0:188:585 [0] NCCL INFO NET/OFI Selected provider is tcp, fabric is 10.0.0.0/16 (found 1 nics)
node-0:188:585 [0] NCCL INFO Using network Libfabric
node-0:188:700 [0] NCCL INFO Channel 00/0 : 8[0] -> 0[0] [receive] via NET/Libfabric/0
"""
"""The plugin on libfabric's TCP: the network's name is the same (form of aws-ofi-nccl 1.21, nccl_ofi_net.cpp)."""


def nvidia_smi(count: int, *, name: str = "NVIDIA H100 80GB HBM3", **changes: str) -> str:
    """What `nvidia-smi -q -x` writes of so many GPUs; `changes` are elements of the last of them, by their
    path with `__` for a slash.
    """
    gpus = []
    for number in range(count):
        own = changes if number == count - 1 else {}
        extra = "".join(_element(path.split("__"), value) for path, value in own.items())
        gpus.append(
            f'<gpu id="{number}"><product_name>{name}</product_name>'
            f"<fb_memory_usage><total>81559 MiB</total></fb_memory_usage>{extra}</gpu>"
        )
    return (
        '<?xml version="1.0" ?><nvidia_smi_log><driver_version>570.124.06</driver_version>'
        f"<cuda_version>12.8</cuda_version>{''.join(gpus)}</nvidia_smi_log>"
    )


def _element(path: list[str], value: str) -> str:
    inner = value if len(path) == 1 else _element(path[1:], value)
    return f"<{path[0]}>{inner}</{path[0]}>"
