"""The form of jobs' documents (REST reference of Jobs, 2025-12-01: CommandJob and SweepJob; 2026-11).

Not played, and so not taken: jobs of other types, distributions by TensorFlow, inputs that are models or
tables, modes by which data is evaluated.
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.kinds import envelope
from modelyard_sandbox.azure.manager.shapes import Shape, flag, many, mapping, number, record, text

INPUT_TYPES = ("literal", "uri_file", "uri_folder")
MOUNTS = ("ReadOnlyMount", "ReadWriteMount", "Download", "Direct")
WRITTEN = ("ReadWriteMount", "Upload", "Direct")
READ_ONLY = (
    "status",
    "taskDetails",
    "parentJobName",
    "parameters",
    "provisioningState",
    "secretsConfiguration",
)

_DISTRIBUTION = record(
    "DistributionConfiguration",
    {"distributionType": text("PyTorch", "Mpi"), "processCountPerInstance": number(1, 1_024)},
    required=("distributionType",),
)
_RESOURCES = record(
    "JobResourceConfiguration",
    {
        **dict.fromkeys(("dockerArgs", "shmSize", "instanceType"), text()),
        "dockerArgsList": many(text()),
        "instanceCount": number(1),
        "properties": mapping(text()),
    },
)
_INPUTS = mapping(
    record(
        "JobInput",
        {
            **dict.fromkeys(("description", "uri", "value", "pathOnCompute"), text()),
            "jobInputType": text(*INPUT_TYPES),
            "mode": text(*MOUNTS),
        },
        required=("jobInputType",),
    )
)
_OUTPUTS = mapping(
    record(
        "JobOutput",
        {
            **dict.fromkeys(("description", "uri", "pathOnCompute"), text()),
            "jobOutputType": text("uri_folder"),
            "mode": text(*WRITTEN),
        },
        required=("jobOutputType",),
        read_only=("assetName", "assetVersion"),
    )
)
_COMMON: dict[str, Shape] = {
    **dict.fromkeys(("computeId", "description", "displayName", "experimentName"), text()),
    "identity": record(
        "IdentityConfiguration",
        {
            "identityType": text("AMLToken", "Managed", "UserIdentity"),
            **dict.fromkeys(("clientId", "objectId", "resourceId"), text()),
        },
        required=("identityType",),
    ),
    "inputs": _INPUTS,
    "isArchived": flag(),
    "jobType": text("Command", "Sweep"),
    "notificationSetting": record(
        "NotificationSetting",
        {
            "emailOn": many(text("JobCompleted", "JobFailed", "JobCancelled")),
            "emails": many(text()),
        },
    ),
    "outputs": _OUTPUTS,
    "properties": mapping(text()),
    "queueSettings": record(
        "QueueSettings", {"jobTier": text("Null", "Spot", "Basic", "Standard", "Premium")}
    ),
    "services": mapping(
        record(
            "JobService",
            {
                **dict.fromkeys(("endpoint", "jobServiceType"), text()),
                "nodes": record("Nodes", {"nodesValueType": text("All")}, required=("nodesValueType",)),
                "port": number(0, 65_535),
                "properties": mapping(text()),
            },
            read_only=("errorMessage", "status"),
        )
    ),
    "tags": mapping(text()),
}
TRIAL: dict[str, Shape] = {
    "codeId": text(),
    "command": text(),
    "distribution": _DISTRIBUTION,
    "environmentId": text(),
    "environmentVariables": mapping(text()),
    "resources": _RESOURCES,
}
"""What a command job and a sweep's trial have in common."""
COMMAND = envelope(
    "JobBase",
    record(
        "CommandJob",
        {
            **_COMMON,
            **TRIAL,
            "limits": record(
                "CommandJobLimits",
                {"jobLimitsType": text("Command"), "timeout": text()},
                required=("jobLimitsType",),
            ),
        },
        required=("command", "environmentId", "jobType"),
        read_only=READ_ONLY,
    ),
    required=("properties",),
)
SWEEP = envelope(
    "JobBase",
    record(
        "SweepJob",
        {
            **_COMMON,
            "limits": record(
                "SweepJobLimits",
                {
                    "jobLimitsType": text("Sweep"),
                    "maxConcurrentTrials": number(1, 1_000),
                    "maxTotalTrials": number(1, 1_000),
                    "timeout": text(),
                    "trialTimeout": text(),
                },
                required=("jobLimitsType",),
            ),
            "objective": record(
                "Objective",
                {"goal": text("Minimize", "Maximize"), "primaryMetric": text()},
                required=("goal", "primaryMetric"),
            ),
            "samplingAlgorithm": record(
                "SamplingAlgorithm",
                {
                    "samplingAlgorithmType": text("Grid", "Random"),
                    "rule": text("Random"),
                    "seed": number(0),
                },
                required=("samplingAlgorithmType",),
            ),
            "trial": record("TrialComponent", TRIAL, required=("command", "environmentId")),
        },
        required=("jobType", "objective", "samplingAlgorithm", "trial"),
        read_only=READ_ONLY,
    ),
    required=("properties",),
)
