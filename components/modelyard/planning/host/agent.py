"""Configuration of the CloudWatch agent.

Source: Amazon CloudWatch User Guide, "Manually create or edit the CloudWatch agent configuration file",
"Collect NVIDIA GPU metrics", "Collect EFA metrics", and the agent's own schema
(aws/amazon-cloudwatch-agent, translator/config/schema.json@ab55b8da); 2026-11.

Every series is billed. So a metric is sent summed up twice, over the pool and over the machine, and never by
accelerator or device: eight GPUs give two series of each metric instead of eight.
"""

from __future__ import annotations

from typing import Any

from modelyard.planning.host.paths import LOG_PATH, SCRATCH_PATH
from modelyard.planning.host.plan import HostPlan
from modelyard.planning.metrics import NAMESPACE, pool_dimensions

Config = dict[str, Any]

INTERVAL_SECONDS = 60

GPU_MEASUREMENTS = ("utilization_gpu", "utilization_memory", "memory_used", "power_draw", "temperature_gpu")
EFA_MEASUREMENTS = ("efa_tx_bytes", "efa_rx_bytes", "efa_rx_dropped", "efa_retrans_bytes")


def agent_config(plan: HostPlan) -> Config:
    """What the agent measures on every node, and which logs it sends."""
    pool = pool_dimensions(plan.environment, plan.pool)
    collected: Config = {
        "cpu": {"totalcpu": True, **_measured("usage_active")},
        "mem": _measured("used_percent"),
        "disk": {"resources": ["/", SCRATCH_PATH], "drop_device": True, **_measured("used_percent")},
    }
    if plan.has_nvidia_gpus:
        collected["nvidia_gpu"] = _measured(*GPU_MEASUREMENTS)
    return {
        "agent": {"metrics_collection_interval": INTERVAL_SECONDS, "region": plan.region},
        "metrics": {
            "namespace": NAMESPACE,
            "append_dimensions": {"InstanceId": "${aws:InstanceId}"},
            "aggregation_dimensions": [[*pool], ["InstanceId"]],
            "metrics_collected": {
                name: {**section, "append_dimensions": pool} for name, section in collected.items()
            },
        },
        "logs": {"logs_collected": {"files": {"collect_list": _logs(plan)}}},
    }


def efa_config() -> Config:
    """What it measures on nodes with EFA: a configuration of its own, which older agents refuse.

    The agent knows EFA since 1.300068.0 (2026-05-11), and gives it no dimensions of a user's own: it is
    summed up over the machine only.
    """
    return {"metrics": {"metrics_collected": {"efa": _measured(*EFA_MEASUREMENTS)}}}


def _measured(*names: str) -> Config:
    return {"measurement": list(names), "drop_original_metrics": list(names)}


def _logs(plan: HostPlan) -> list[Config]:
    files = {
        "notices": f"{LOG_PATH}/notices.log",
        "cloud-init": "/var/log/cloud-init-output.log",
        "ecs-agent": "/var/log/ecs/ecs-agent.log",
    }
    return [
        {
            "file_path": path,
            "log_group_name": plan.log_group,
            "log_stream_name": f"host/{plan.pool}/{{instance_id}}/{name}",
        }
        for name, path in files.items()
    ]
