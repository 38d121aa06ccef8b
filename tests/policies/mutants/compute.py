"""Mutants of machines on AWS."""

from mutating import Mutant, drop, mutant, put
from mutating.aws import MACHINES

TEMPLATE = "LaunchTemplate prod-cluster-cpu"
EFA = "LaunchTemplate prod-recovery-cluster-h100"
PLACED = "ComputeEnvironment prod-recovery-cluster-h100-pg"
METADATA = "InstanceMetadataDefaults account-instance-metadata-eu-central-1"
SNAPSHOTS = "SnapshotBlockPublicAccess account-snapshots-eu-central-1"
TOKEN = "export HF_TOKEN=hf_" + "abcdefghijklmnopqrstuvwxyzABCDEFGH"

MUTANTS: dict[str, list[Mutant]] = {
    "CO1": [
        mutant("optional", put(TEMPLATE, "metadataOptions.httpTokens", "optional")),
        mutant(
            "nothing is said",
            drop(TEMPLATE, "metadataOptions"),
            fails=f"{TEMPLATE}: metadataOptions.httpTokens",
        ),
        mutant(
            "a machine by itself",
            put("Instance login", "metadataOptions.httpTokens", "optional"),
            given=MACHINES,
        ),
    ],
    "CO2": [
        mutant("two hops", put(TEMPLATE, "metadataOptions.httpPutResponseHopLimit", 2)),
        mutant(
            "for the account",
            put(METADATA, "httpPutResponseHopLimit", 64),
            stack="account",
        ),
        mutant(
            "a machine by itself",
            put("Instance login", "metadataOptions.httpPutResponseHopLimit", 3),
            given=MACHINES,
        ),
    ],
    "CO3": [
        mutant("in plain", put(TEMPLATE, "blockDeviceMappings[0].ebs.encrypted", "false")),
        mutant("AWS's own key", put(TEMPLATE, "blockDeviceMappings[0].ebs.kmsKeyId", "alias/aws/ebs")),
        mutant("the image decides", put(TEMPLATE, "blockDeviceMappings", [])),
    ],
    "CO4": [
        mutant("a volume in plain", put("Volume scratch", "encrypted", False), given=MACHINES),
        mutant("a volume without a key", drop("Volume scratch", "kmsKeyId"), given=MACHINES),
        mutant(
            "a machine's disk in plain",
            put("Instance login", "rootBlockDevice.encrypted", False),
            given=MACHINES,
        ),
        mutant("the image decides", drop("Instance login", "rootBlockDevice"), given=MACHINES),
    ],
    "CO5": [
        mutant("a machine", put("Instance login", "associatePublicIpAddress", True), given=MACHINES),
        mutant(
            "machines of a template",
            put("LaunchTemplate web", "networkInterfaces[0].associatePublicIpAddress", "true"),
            given=MACHINES,
        ),
    ],
    "CO6": [
        mutant(
            "HTTPS only, outwards",
            put("SecurityGroupEgressRule prod-recovery-network-fabric-to-itself", "ipProtocol", "tcp"),
            fails=f"{EFA}: networkInterfaces",
        ),
        mutant(
            "nothing inwards",
            drop("SecurityGroupIngressRule prod-recovery-network-fabric-from-itself"),
            fails=f"{EFA}: networkInterfaces",
        ),
    ],
    "CO7": [
        mutant("nowhere together", drop(PLACED, "computeResources.placementGroup")),
        mutant(
            "spread",
            put("PlacementGroup prod-recovery-cluster-h100-pg", "strategy", "spread"),
        ),
    ],
    "CO8": [
        mutant(
            "a token in a machine's",
            put("Instance login", "userData", f"#!/bin/sh\n{TOKEN}\n"),
            given=MACHINES,
        ),
        mutant("a token in a template's", put(TEMPLATE, "userData", TOKEN)),
    ],
    "CO9": [mutant("none", drop("Instance login", "iamInstanceProfile"), given=MACHINES)],
    "CO10": [
        mutant("new ones only", put(SNAPSHOTS, "state", "block-new-sharing"), stack="account"),
        mutant("not set in one region", drop(SNAPSHOTS), fails="Stack modelyard-account", stack="account"),
        mutant(
            "not set anywhere",
            drop(SNAPSHOTS),
            drop("SnapshotBlockPublicAccess account-snapshots-eu-west-1"),
            fails="Stack modelyard-account",
            stack="account",
        ),
    ],
}
