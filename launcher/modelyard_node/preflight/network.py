"""Which network NCCL says that it uses, in the lines that NCCL_DEBUG=INFO has it write.

Sources, 2026-08: NCCL 2.30, src/init.cc ("Using network <name>") and src/transport/net.cc ("via
NET/<name>/<device>/GDRDMA"); aws-ofi-nccl 1.21, src/nccl_ofi_net.cpp ("Selected provider is <provider>,
fabric is <fabric> (found <count> nics)"; before 1.15 "Selected Provider is <provider> (found <count> nics)")
and src/nccl_ofi_interface_nvidia.cpp: the plugin is called Libfabric, and AWS Libfabric before 1.13.

The name of the network alone doesn't show that EFA is used: the plugin keeps it when libfabric gives it TCP.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from modelyard_node.preflight.findings import NODE, Finding, failed, many, passed, unknown

PLUGIN = ("Libfabric", "AWS Libfabric")
"""Names of aws-ofi-nccl as a network."""

_LINES: Mapping[str, str] = {
    "network": r"NCCL INFO Using network (.+?)\s*$",
    "provider": r"NET/OFI Selected [Pp]rovider is ([^\s,]+)",
    "fabric": r"NET/OFI Selected [Pp]rovider is [^,\n]+, fabric is (\S+)",
    "interfaces": r"NET/OFI Selected [Pp]rovider is .*\(found (\d+) nics\)",
    "plugin": r"NET/OFI (?:Initializing|Using) (aws-ofi-nccl \S+)",
    "libfabric": r"NET/OFI Using Libfabric version (\S+)",
    "nccl": r"NCCL version (\S+)",
}

_GPU_DIRECT = re.compile(r"via NET/[^\n]*/GDRDMA")

_OFI_WARNING = re.compile(r"NCCL WARN NET/OFI (.+?)\s*$", re.MULTILINE)

MEND = (
    "the image needs aws-ofi-nccl where NCCL finds it (NCCL_NET_PLUGIN, LD_LIBRARY_PATH), libfabric with its "
    "efa provider, and no NCCL_NET, FI_PROVIDER or NCCL_NET_PLUGIN in envs that asks for something else"
)


class Network(NamedTuple):
    """What NCCL says; None where it says nothing."""

    network: str | None = None
    """Libfabric, Socket or IB."""
    provider: str | None = None
    """What libfabric gave the plugin: efa, or tcp."""
    fabric: str | None = None
    interfaces: int | None = None
    plugin: str | None = None
    libfabric: str | None = None
    nccl: str | None = None
    gpu_direct: bool | None = None
    """Whether the network reads and writes the GPUs' memory itself."""
    warning: str | None = None
    """What the plugin complains of."""


def read_network(text: str) -> Network:
    """What the lines say; the last of a kind counts."""
    found: dict[str, Any] = {}
    for name, pattern in _LINES.items():
        said: Sequence[str] = re.findall(pattern, text, re.MULTILINE)
        if said:
            found[name] = int(said[-1]) if name == "interfaces" else said[-1]
    if re.search(r"via NET/", text):
        found["gpu_direct"] = bool(_GPU_DIRECT.search(text))
    warnings = _OFI_WARNING.findall(text)
    if warnings:
        found["warning"] = warnings[-1]
    return Network(**found)


def judge_network(found: Network | None, efa: int) -> list[Finding]:
    """Whether NCCL uses EFA; nothing is said where there is none, or where NCCL wasn't used between nodes."""
    if not efa:
        return []
    if found is None or found.network is None:
        return [
            unknown("efa_used", "NCCL wasn't used between nodes, so it isn't known which network it takes")
        ]
    wanted = f"Libfabric over efa, {many(efa, 'interface')}"
    said = _said(found)
    if found.network not in PLUGIN or not (found.provider or "").startswith("efa"):
        complaint = f"; its plugin says: {found.warning}" if found.warning else ""
        return [failed("efa_used", said + complaint, wanted, MEND, NODE)]
    if found.interfaces is not None and found.interfaces < efa:
        return [
            failed("efa_used", said, wanted, "see which device libfabric doesn't open: fi_info -p efa", NODE)
        ]
    return [passed("efa_used", said, wanted)]


def _said(found: Network) -> str:
    text = f"NCCL uses {found.network}"
    if found.provider:
        text += f" over {found.provider}"
    if found.interfaces is not None:
        text += f", {many(found.interfaces, 'interface')}"
    if found.gpu_direct is False and found.network in PLUGIN:
        text += ", without GPUDirect RDMA"
    return text
