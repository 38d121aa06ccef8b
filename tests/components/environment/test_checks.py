from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from malformed_environments import STACK
from recovery_problems import RECOVERY_PROBLEMS

from modelyard.environment import AwsEnvironment, parse_environment
from modelyard.environment.aws.checks import CHECKS
from modelyard.errors import InputError
from modelyard.planning.endpoints import INTERFACE_SERVICES
from modelyard.yaml_lines import field_path, parse_yaml

REMOVED = object()
CORPUS = {"kind": "existing_s3", "bucket": "corpus"}
BLOCK = {
    "mode": "capacity_block",
    "reservation_id": "cr-0123456789abcdef0",
    "node_count": 8,
    "starts_at": "2026-12-01T11:30:00Z",
    "ends_at": "2026-12-15T11:30:00Z",
}
RESERVATION = {"mode": "reservation", "reservation_id": "cr-0123456789abcdef0"}
IMAGES = {"eu-central-1": "ami-0123456789abcdef0"}
ENDPOINTS = len(INTERFACE_SERVICES)
HOURS = {"opens": "08:00", "closes": "18:00", "time_zone": "Europe/Berlin"}
LUSTRE = {"kind": "fsx_lustre", "name": "fast", "size_gib": 1_200, "throughput_mbps_per_tib": 125}
STANDBY = {"network": {"cidr": "10.64.0.0/20"}}
FOREIGN_KEY = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"


def edited(edits: Mapping[str, object]) -> dict[str, Any]:
    """The environment of the malformed ones, with some fields set to other values or removed."""
    document = parse_yaml(STACK, "stack").under("config").under("modelyard:environment").data
    assert isinstance(document, dict)
    environment = deepcopy(document)
    for field, value in edits.items():
        *around, name = field_path(field)
        part: Any = environment
        for step in around:
            part = part[step]
        if value is REMOVED:
            del part[name]
        else:
            part[name] = value
    return environment


@dataclass(frozen=True)
class Case:
    name: str
    edits: Mapping[str, object]
    said: str


CASES = (
    Case(
        "a type that Batch has no image with drivers for",
        {"compute[0].instance_type": "g5g.xlarge"},
        """\
compute[0].image_ids
  AWS Batch has no image of its own with drivers for g5g.xlarge (T4g, arm64)
  given: nothing
  allowed here: the id of an ECS-optimised image with these drivers, as ami-0123456789abcdef0
  mend: name the image's id there (`modelyard pin-images` does), or choose a type with NVIDIA accelerators and x86_64
""",
    ),
    Case(
        "a type whose nodes have no interface left for a multi-node job",
        {
            "regions.primary": "us-east-2",
            "residency": "us",
            "compute[0].instance_type": "hpc6id.32xlarge",
        },
        """\
compute[0].instance_type
  a node of a multi-node job needs a free interface on network card 0, and hpc6id.32xlarge has none
  given: "hpc6id.32xlarge"
  allowed here: any other type, as hpc6a.48xlarge; or this one for single-node jobs
  mend: choose another type, or set max_nodes_per_job: 1
""",
    ),
    Case(
        "a residency that is no jurisdiction",
        {"residency": "eur"},
        """\
residency
  "eur" is no jurisdiction that has a region
  given: "eur"
  allowed here: ae, au, bh, br, ca, ch, eu, hk, id, il, in, jp, kr, my, sg, uk, us, za, unrestricted
  mend: did you mean eu?
""",
    ),
    Case(
        "a residency like nothing",
        {"residency": "moon"},
        """\
residency
  "moon" is no jurisdiction that has a region
  given: "moon"
  allowed here: ae, au, bh, br, ca, ch, eu, hk, id, il, in, jp, kr, my, sg, uk, us, za, unrestricted
  mend: choose one of these
""",
    ),
    Case(
        "an unknown primary region",
        {"regions.primary": "eu-central-3"},
        """\
regions.primary
  the catalog knows no region "eu-central-3"
  given: "eu-central-3"
  allowed here: af-south-1, ap-east-1, ap-northeast-1, ap-northeast-2, ap-northeast-3, ap-south-1, ap-south-2, ap-southeast-1, ap-southeast-2, ap-southeast-3, ap-southeast-4, ap-southeast-5, ca-central-1, ca-west-1, eu-central-1, eu-central-2, eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-2, eu-west-3, il-central-1, me-central-1, me-south-1, sa-east-1, us-east-1, us-east-2, us-west-1, us-west-2
  mend: did you mean eu-central-1, eu-central-2, me-central-1, ca-central-1 or il-central-1?
""",
    ),
    Case(
        "an unknown recovery region",
        {"regions.recovery": "eu-moon-1", "recovery": STANDBY},
        """\
regions.recovery
  the catalog knows no region "eu-moon-1"
  given: "eu-moon-1"
  allowed here: af-south-1, ap-east-1, ap-northeast-1, ap-northeast-2, ap-northeast-3, ap-south-1, ap-south-2, ap-southeast-1, ap-southeast-2, ap-southeast-3, ap-southeast-4, ap-southeast-5, ca-central-1, ca-west-1, eu-central-1, eu-central-2, eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-2, eu-west-3, il-central-1, me-central-1, me-south-1, sa-east-1, us-east-1, us-east-2, us-west-1, us-west-2
  mend: did you mean eu-north-1 or eu-south-1?
""",
    ),
    Case(
        "a recovery region outside the residency",
        {"regions.recovery": "us-east-1", "recovery": STANDBY},
        """\
regions.recovery
  us-east-1 (Northern Virginia, United States) lies outside the residency "eu"
  given: "us-east-1"
  allowed here: eu-central-1, eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-3
  mend: choose one of these, or change residency if the data may be there
""",
    ),
    Case(
        "a primary region outside the residency",
        {"residency": "ch"},
        """\
regions.primary
  eu-central-1 (Frankfurt, Germany) lies outside the residency "ch"
  given: "eu-central-1"
  allowed here: eu-central-2
  mend: choose one of these, or change residency if the data may be there
""",
    ),
    Case(
        "a recovery region that is the primary",
        {"regions.recovery": "eu-central-1", "recovery": STANDBY},
        """\
regions.recovery
  eu-central-1 is the primary region too: it would be lost with it
  given: "eu-central-1"
  allowed here: eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-3
  mend: choose another region, or remove recovery
""",
    ),
    Case(
        "the only region of its residency to recover in",
        {
            "residency": "ch",
            "regions": {"primary": "eu-central-2", "recovery": "eu-central-2"},
            "compute[1].instance_type": "c7i.4xlarge",
            "recovery": STANDBY,
        },
        """\
regions.recovery
  eu-central-2 is the primary region too: it would be lost with it
  given: "eu-central-2"
  allowed here: any other region, if residency is widened
  mend: choose another region, or remove recovery
""",
    ),
    Case(
        "a zone of another region",
        {"network.zone_count": REMOVED, "network.zone_ids": ["euc1-az1", "use1-az2"]},
        """\
network.zone_ids[1]
  eu-central-1 has no zone use1-az2
  given: "use1-az2"
  allowed here: euc1-az1, euc1-az2, euc1-az3
  mend: name a zone of the primary region
""",
    ),
    Case(
        "a zone twice",
        {"network.zone_count": REMOVED, "network.zone_ids": ["euc1-az1", "euc1-az1"]},
        """\
network.zone_ids[1]
  zone euc1-az1 is named already: a zone has one subnet
  given: "euc1-az1"
  allowed here: each zone once
  mend: remove one of the two
""",
    ),
    Case(
        "more zones than the region has",
        {"network.zone_count": 4},
        """\
network.zone_count
  eu-central-1 has 3 zones: euc1-az1, euc1-az2, euc1-az3
  given: 4
  allowed here: a whole number from 1 to 3
  mend: set zone_count: 3
""",
    ),
    Case(
        "a number of zones beside other names",
        {"network.zone_ids": ["euc1-az1"]},
        """\
network.zone_count
  zone_ids names 1 zones, and they stand in place of zone_count
  given: 2
  allowed here: 1, or nothing
  mend: remove zone_count, or name as many zones
""",
    ),
    Case(
        "a range that is none",
        {"network.cidr": "10.300.0.0/20"},
        """\
network.cidr
  10.300.0.0/20 is no IPv4 range: Octet 300 (> 255) not permitted in '10.300.0.0'
  given: "10.300.0.0/20"
  allowed here: a private IPv4 range between /16 and /28, as 10.32.0.0/16
  mend: write four numbers up to 255 and a length up to 28
""",
    ),
    Case(
        "a range that is too large",
        {"network.cidr": "10.0.0.0/8"},
        """\
network.cidr
  10.0.0.0/8 is larger than a VPC can be
  given: "10.0.0.0/8"
  allowed here: a private IPv4 range between /16 and /28, as 10.32.0.0/16
  mend: set cidr: 10.0.0.0/16
""",
    ),
    Case(
        "a range that is too small for a VPC",
        {"network.cidr": "10.1.2.4/30"},
        """\
network.cidr
  10.1.2.4/30 is smaller than a VPC can be
  given: "10.1.2.4/30"
  allowed here: a private IPv4 range between /16 and /28, as 10.32.0.0/16
  mend: set cidr: 10.1.2.0/28
""",
    ),
    Case(
        "a length that is none",
        {"network.cidr": "10.0.0.0/99"},
        """\
network.cidr
  10.0.0.0/99 is no IPv4 range: '99' is not a valid netmask
  given: "10.0.0.0/99"
  allowed here: a private IPv4 range between /16 and /28, as 10.32.0.0/16
  mend: write four numbers up to 255 and a length up to 28
""",
    ),
    Case(
        "a public range",
        {"network.cidr": "52.10.0.0/20"},
        """\
network.cidr
  52.10.0.0/20 belongs to the internet
  given: "52.10.0.0/20"
  allowed here: a private IPv4 range between /16 and /28, as 10.32.0.0/16
  mend: take a range of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16
""",
    ),
    Case(
        "a range that reaches out of the private ones",
        {"network.cidr": "172.32.0.0/20"},
        """\
network.cidr
  172.32.0.0/20 belongs to the internet
  given: "172.32.0.0/20"
  allowed here: a private IPv4 range between /16 and /28, as 10.32.0.0/16
  mend: take a range of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16
""",
    ),
    Case(
        "an address in a network",
        {"network.cidr": "10.32.1.7/20"},
        """\
network.cidr
  10.32.1.7/20 is an address in a network, not a network
  given: "10.32.1.7/20"
  allowed here: a private IPv4 range between /16 and /28, as 10.32.0.0/16
  mend: set cidr: 10.32.0.0/20
""",
    ),
    Case(
        "a range with too few addresses",
        {"network.cidr": "10.32.0.0/26"},
        """\
network.cidr
  zone euc1-az1 needs 27 addresses (4 nodes of cpu with 2 each, 8 nodes of gpu with 1 each, 11 endpoints), and its subnet would have 11
  given: "10.32.0.0/26"
  allowed here: 10.32.0.0/25 or larger
  mend: set cidr: 10.32.0.0/25
""",
    ),
    Case(
        "nodes that no VPC holds",
        {"compute[1].max_nodes": 10000, "compute[0].max_nodes": 10000},
        """\
network.cidr
  zone euc1-az1 needs 30,011 addresses (10,000 nodes of cpu with 2 each, 10,000 nodes of gpu with 1 each, 11 endpoints), and its subnet would have 1,019
  given: "10.32.0.0/20"
  allowed here: fewer nodes: even a /16 is too small
  mend: lower max_nodes, or spread the pools over several environments
""",
    ),
    Case(
        "a bucket of our own as an existing one",
        {
            "backup": REMOVED,
            "storage.datasets": {
                "kind": "existing_s3",
                "bucket": "dev-checkpoints-123456789012-eu-central-1",
            },
        },
        """\
storage.datasets.bucket
  this is the environment's own bucket for checkpoints
  given: "dev-checkpoints-123456789012-eu-central-1"
  allowed here: a bucket that somebody else manages
  mend: set kind: s3 to have the environment make its own, or name another bucket
""",
    ),
    Case(
        "a key outside the residency",
        {
            "backup": REMOVED,
            "storage.datasets": {"kind": "existing_s3", "bucket": "corpus", "kms_key_arn": FOREIGN_KEY},
        },
        """\
storage.datasets.kms_key_arn
  the key, and so the bucket, is in us-east-1, outside the residency "eu"
  given: "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-…
  allowed here: a key in eu-central-1, eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-3
  mend: name a bucket within the residency, or change residency if the data may be there
""",
    ),
    Case(
        "two pools of one name",
        {"compute[1].name": "cpu"},
        """\
compute[1].name
  compute[0] is called "cpu" already
  given: "cpu"
  allowed here: a name that no other pool has
  mend: give one of the two another name
""",
    ),
    Case(
        "more idle nodes than nodes",
        {"compute[1].min_nodes": 9},
        """\
compute[1].min_nodes
  pool "gpu" keeps more nodes up than its max_nodes, 8
  given: 9
  allowed here: a whole number from 0 to 8
  mend: lower min_nodes, or set max_nodes: 9
""",
    ),
    Case(
        "jobs larger than their pool",
        {"compute[0].max_nodes_per_job": 5},
        """\
compute[0].max_nodes_per_job
  no job of pool "cpu" gets more nodes than its max_nodes, 4
  given: 5
  allowed here: a whole number from 1 to 4
  mend: lower max_nodes_per_job, or set max_nodes: 5
""",
    ),
    Case(
        "an unknown instance type",
        {"compute[1].instance_type": "p5.24xlarge"},
        """\
compute[1].instance_type
  the catalog knows no instance type "p5.24xlarge"
  given: "p5.24xlarge"
  allowed here: a type that the catalog knows, as p5.4xlarge, p5.48xlarge, c5.24xlarge, g5.24xlarge or m5.24xlarge
  mend: did you mean p5.4xlarge, p5.48xlarge, c5.24xlarge, g5.24xlarge or m5.24xlarge?
""",
    ),
    Case(
        "an instance type like nothing",
        {"compute[1].instance_type": "zz9.plural"},
        """\
compute[1].instance_type
  the catalog knows no instance type "zz9.plural"
  given: "zz9.plural"
  allowed here: a type that the catalog knows
  mend: choose a type of the catalog, as g5.xlarge
""",
    ),
    Case(
        "an instance type that the region lacks",
        {"compute[1].instance_type": "p5.48xlarge"},
        """\
compute[1].instance_type
  eu-central-1 doesn't offer p5.48xlarge
  given: "p5.48xlarge"
  allowed here: a type that eu-central-1 offers; this one is offered in: eu-north-1
  mend: choose another type, or another primary region
""",
    ),
    Case(
        "an instance type that no region of the residency has",
        {"residency": "ch", "regions.primary": "eu-central-2", "compute[1].instance_type": "p5.48xlarge"},
        """\
compute[1].instance_type
  eu-central-2 doesn't offer p5.48xlarge
  given: "p5.48xlarge"
  allowed here: a type that eu-central-2 offers; this one is offered in: none within the residency
  mend: choose another type, or another primary region
""",
    ),
    Case(
        "an instance type that the environment's zones lack",
        {
            "residency": "us",
            "regions.primary": "us-east-2",
            "compute[1].instance_type": "trn1.32xlarge",
            "compute[1].image_ids": {"us-east-2": "ami-0123456789abcdef0"},
        },
        """\
compute[1].instance_type
  none of the environment's zones (use2-az1, use2-az2) offers trn1.32xlarge
  given: "trn1.32xlarge"
  allowed here: a type that they offer; us-east-2 offers this one in: use2-az3
  mend: name zones that offer it, as network.zone_ids: [use2-az3]
""",
    ),
    Case(
        "a pinned zone without a subnet",
        {"compute[1].zone_id": "euc1-az3"},
        """\
compute[1].zone_id
  the environment has no subnet in euc1-az3, only in euc1-az1 and euc1-az2
  given: "euc1-az3"
  allowed here: euc1-az1, euc1-az2
  mend: choose one of these, or name euc1-az3 in network.zone_ids
""",
    ),
    Case(
        "a pinned zone of another region",
        {"compute[1].zone_id": "use1-az3"},
        """\
compute[1].zone_id
  the environment has no subnet in use1-az3, only in euc1-az1 and euc1-az2
  given: "use1-az3"
  allowed here: euc1-az1, euc1-az2
  mend: choose one of these: eu-central-1 has no zone use1-az3
""",
    ),
    Case(
        "a pinned zone that lacks the type",
        {
            "residency": "us",
            "regions.primary": "us-east-2",
            "compute[1].instance_type": "trn1.32xlarge",
            "compute[1].image_ids": {"us-east-2": "ami-0123456789abcdef0"},
            "network.zone_count": 3,
            "compute[1].zone_id": "use2-az1",
        },
        """\
compute[1].zone_id
  use2-az1 doesn't offer trn1.32xlarge
  given: "use2-az1"
  allowed here: use2-az3
  mend: choose one of these, or remove zone_id
""",
    ),
    Case(
        "a pinned zone that lacks the type, as all of the environment's do",
        {
            "residency": "us",
            "regions.primary": "us-east-2",
            "compute[1].instance_type": "trn1.32xlarge",
            "compute[1].image_ids": {"us-east-2": "ami-0123456789abcdef0"},
            "compute[1].zone_id": "use2-az1",
        },
        """\
compute[1].zone_id
  use2-az1 doesn't offer trn1.32xlarge
  given: "use2-az1"
  allowed here: use2-az3, if network.zone_ids names them
  mend: name one of these in both places
""",
    ),
    Case(
        "a multi-node job on spot",
        {"compute[1].max_nodes_per_job": 4},
        """\
compute[1].capacity.mode
  "spot" can't serve pool "gpu": AWS Batch runs multi-node jobs on on-demand or reserved capacity only
  given: "spot"
  allowed here: on_demand, open_reservation, reservation
  mend: choose one of these, or set max_nodes_per_job: 1
""",
    ),
    Case(
        "a capacity block of a type that isn't sold so",
        {"compute[1].capacity": BLOCK, "compute[1].zone_id": "euc1-az1"},
        """\
compute[1].capacity.mode
  EC2 doesn't sell g5.xlarge as "capacity_block"
  given: "capacity_block"
  allowed here: on_demand, spot, open_reservation, reservation
  mend: choose one of these, or another instance_type
""",
    ),
    Case(
        "idle nodes in a capacity block",
        {
            "regions.primary": "us-east-2",
            "residency": "us",
            "compute[1].instance_type": "p5.48xlarge",
            "compute[1].capacity": BLOCK,
            "compute[1].zone_id": "use2-az1",
            "compute[1].min_nodes": 1,
        },
        """\
compute[1].min_nodes
  pool "gpu" would ask for nodes outside the window of its capacity block
  given: 1
  allowed here: 0
  mend: remove min_nodes: the block is paid for as a whole anyway
""",
    ),
    Case(
        "a reservation without its zone",
        {"compute[1].capacity": RESERVATION},
        """\
compute[1].zone_id
  the reservation of pool "gpu" holds machines in one zone only, and 2 of the environment's offer g5.xlarge
  given: nothing
  allowed here: euc1-az1, euc1-az2
  mend: set zone_id to the reservation's zone (`aws ec2 describe-capacity-reservations` shows its AvailabilityZoneId)
""",
    ),
    Case(
        "one reservation for two types",
        {
            "compute[0].capacity": RESERVATION,
            "compute[0].zone_id": "euc1-az1",
            "compute[1].capacity": RESERVATION,
            "compute[1].zone_id": "euc1-az1",
        },
        """\
compute[1].capacity.reservation_id
  pool "cpu" has this reservation with another type, zone or mode: a reservation holds machines of one type in one zone
  given: "cr-0123456789abcdef0"
  allowed here: a reservation of this pool's own, or one with the same type, zone and mode
  mend: name another reservation, or make the pool like "cpu"
""",
    ),
    *(Case(*problem) for problem in RECOVERY_PROBLEMS),
    Case(
        "a recovery region that nothing stands ready in",
        {"regions.recovery": "eu-west-1"},
        """\
recovery
  eu-west-1 is the region to come back in, and what stands ready there isn't said
  given: nothing
  allowed here: the network there, as network: {cidr: 10.64.0.0/16}; and the pools, if they differ
  mend: add recovery with its network, or remove regions.recovery
""",
    ),
    Case(
        "what stands ready nowhere",
        {"recovery": STANDBY},
        """\
regions.recovery
  recovery says what stands ready in the region to come back in, and none is named
  given: nothing
  allowed here: another region than the primary one
  mend: name it, or remove recovery
""",
    ),
    Case(
        "two networks that overlap",
        {"regions.recovery": "eu-west-1", "recovery": {"network": {"cidr": "10.32.8.0/21"}}},
        """\
recovery.network.cidr
  it overlaps with the primary network, 10.32.0.0/20: the two could never be joined
  given: "10.32.8.0/21"
  allowed here: a private IPv4 range between /16 and /28, as 10.32.0.0/16, apart from 10.32.0.0/20
  mend: set cidr: 10.32.16.0/20
""",
    ),
    Case(
        "a recovery network that is too small, in a zone by its id",
        {
            "regions.recovery": "eu-west-1",
            "recovery": {"network": {"cidr": "10.64.0.0/27", "zone_ids": ["euw1-az1"]}},
        },
        f"""\
recovery.network.cidr
  zone euw1-az1 needs {16 + ENDPOINTS} addresses (4 nodes of cpu with 2 each, 8 nodes of gpu with 1 each, {ENDPOINTS} endpoints), and its subnet would have 11
  given: "10.64.0.0/27"
  allowed here: 10.64.0.0/26 or larger
  mend: set cidr: 10.64.0.0/26
""",
    ),
    Case(
        "nodes that stay up in the recovery region",
        {
            "regions.recovery": "eu-west-1",
            "recovery": {
                **STANDBY,
                "compute": [
                    {
                        "name": "cpu",
                        "instance_type": "c7i.4xlarge",
                        "min_nodes": 1,
                        "max_nodes": 4,
                        "capacity": {"mode": "on_demand"},
                    }
                ],
            },
        },
        """\
recovery.compute[0].min_nodes
  the cluster in the recovery region stands at zero nodes until it is needed
  given: 1
  allowed here: 0
  mend: remove min_nodes
""",
    ),
    Case(
        "reserved capacity that another region can't have",
        {
            "regions.recovery": "eu-west-1",
            "recovery": STANDBY,
            "compute[1].capacity": RESERVATION,
            "compute[1].zone_id": "euc1-az2",
        },
        """\
recovery.compute
  the reserved capacity of gpu lies in eu-central-1: eu-west-1 can't have the same pools
  given: nothing
  allowed here: the pools of the recovery region, each with how its machines are bought there
  mend: name them, as {name: gpu, instance_type: g5.xlarge, max_nodes: 8, capacity: {mode: on_demand}}
""",
    ),
    Case(
        "images that production hasn't pinned, in both regions",
        {
            "stage": "production",
            "regions.recovery": "eu-west-1",
            "recovery": STANDBY,
            "compute[0].image_ids": {"eu-west-1": "ami-0123456789abcdef0", **IMAGES},
            "compute[1].image_ids": IMAGES,
        },
        """\
compute[1].image_ids
  pool "gpu" in eu-west-1 would run the newest image, whichever that is on the day: production runs images that somebody has tried
  given: eu-central-1
  allowed here: the id of an image in eu-west-1, as eu-west-1: ami-0123456789abcdef0
  mend: run `modelyard pin-images dev`, which writes it
""",
    ),
    Case(
        "an image for a region that the pool isn't in",
        {"compute[1].image_ids": {"eu-west-1": "ami-0123456789abcdef0"}},
        """\
compute[1].image_ids.eu-west-1
  pool "gpu" isn't in eu-west-1
  given: "ami-0123456789abcdef0"
  allowed here: eu-central-1
  mend: remove it, or name one of these regions
""",
    ),
    Case(
        "a key that production deletes early",
        {
            "stage": "production",
            "encryption": {"deletion_window_days": 7},
            "compute[0].image_ids": IMAGES,
            "compute[1].image_ids": IMAGES,
        },
        """\
encryption.deletion_window_days
  with a key all that it encrypts is lost: in production its deletion waits as long as KMS lets it
  given: 7
  allowed here: 30
  mend: remove deletion_window_days
""",
    ),
    Case(
        "a fallback to itself, to nothing and to one pool twice",
        {"compute[0].fallback": ["cpu", "gpus"]},
        """\
compute[0].fallback[0]
  pool "cpu" can't fall back to itself
  given: "cpu"
  allowed here: gpu
  mend: name another pool, or remove it
compute[0].fallback[1]
  there is no pool "gpus" in this region
  given: "gpus"
  allowed here: gpu
  mend: did you mean gpu?
""",
    ),
    Case(
        "a fallback without the accelerator",
        {"compute[1].fallback": ["cpu"]},
        """\
compute[1].fallback[0]
  jobs of pool "gpu" can't run on pool "cpu": c7i.4xlarge has no accelerator
  given: "cpu"
  allowed here: a pool of the same accelerator and architecture, with machines as large
  mend: name another pool, or remove it
""",
    ),
    Case(
        "a pool that uses a part of its block",
        {
            "compute[1].instance_type": "p4d.24xlarge",
            "compute[1].max_nodes": 4,
            "compute[1].capacity": BLOCK,
            "compute[1].zone_id": "euc1-az2",
        },
        """\
compute[1].max_nodes
  the capacity block of pool "gpu" holds 8 nodes
  given: 4
  allowed here: 8
  mend: set max_nodes: 8, or node_count to what was bought
""",
    ),
    Case(
        "a block that ends before it starts",
        {
            "compute[1].instance_type": "p4d.24xlarge",
            "compute[1].capacity": {**BLOCK, "ends_at": "2026-11-30T11:30:00Z"},
            "compute[1].zone_id": "euc1-az2",
        },
        """\
compute[1].capacity.ends_at
  the block would end before it starts, at 2026-12-01T11:30:00Z
  given: "2026-11-30T11:30:00Z"
  allowed here: a moment after starts_at
  mend: write both as `aws ec2 describe-capacity-reservations` shows them
""",
    ),
    Case(
        "a block that starts off the calendar",
        {
            "compute[1].instance_type": "p4d.24xlarge",
            "compute[1].capacity": {**BLOCK, "starts_at": "2026-11-31T11:30:00Z"},
            "compute[1].zone_id": "euc1-az2",
        },
        """\
compute[1].capacity.starts_at
  the calendar has no such moment
  given: "2026-11-31T11:30:00Z"
  allowed here: a moment in UTC, as "2026-12-01T11:30:00Z"
  mend: write it as `aws ec2 describe-capacity-reservations` shows it
""",
    ),
    Case(
        "a reservation by its id and by its group",
        {
            "compute[1].capacity": {
                **RESERVATION,
                "resource_group_arn": "arn:aws:resource-groups:eu-central-1:123456789012:group/a",
            },
            "compute[1].zone_id": "euc1-az2",
        },
        """\
compute[1].capacity
  the reservation of pool "gpu" is named by its id, or by the resource group that it is in
  given: reservation_id and resource_group_arn
  allowed here: one of reservation_id, resource_group_arn
  mend: remove one of the two
""",
    ),
    Case(
        "two file systems of one name, and one of a size that there isn't",
        {
            "storage.file_systems": [
                {**LUSTRE, "size_gib": 2_500},
                {"kind": "efs", "name": "fast"},
            ]
        },
        """\
storage.file_systems[1].name
  another file system is called "fast" as well
  given: "fast"
  allowed here: a name of its own for each
  mend: rename one of the two
storage.file_systems[0].size_gib
  FSx for Lustre has no file systems of this size
  given: 2500
  allowed here: 1,200, or a multiple of 2,400
  mend: set size_gib: 4800
""",
    ),
    Case(
        "a file system in a zone without a subnet, linked and backed up",
        {"storage.file_systems": [{**LUSTRE, "zone_id": "euc1-az3", "dataset_prefix": ""}]},
        """\
storage.file_systems[0].zone_id
  the network has no subnet in euc1-az3
  given: "euc1-az3"
  allowed here: euc1-az1, euc1-az2
  mend: name a zone of the network, or add this one to network.zone_ids
storage.file_systems[0].backed_up
  FSx makes no backups of a file system that is linked to a bucket
  given: true
  allowed here: false, with dataset_prefix
  mend: set backed_up: false (the datasets are in the bucket), or remove dataset_prefix
""",
    ),
    Case(
        "a file system that is linked to somebody else's bucket",
        {
            "backup": REMOVED,
            "storage.datasets": CORPUS,
            "storage.file_systems": [{**LUSTRE, "dataset_prefix": "a/"}],
        },
        """\
storage.file_systems[0].dataset_prefix
  the datasets are in corpus, which is somebody else's to link
  given: "a/"
  allowed here: nothing, while storage.datasets.kind is existing_s3
  mend: remove dataset_prefix, or set storage.datasets.kind: s3
""",
    ),
    Case(
        "production that closes in the evening",
        {
            "stage": "production",
            "compute[0].image_ids": IMAGES,
            "compute[1].image_ids": IMAGES,
            "working_hours": HOURS,
        },
        """\
working_hours
  a schedule would close the queues of production
  given: 08:00 to 18:00
  allowed here: nothing, while stage is production
  mend: remove working_hours; idle_shutdown_minutes lets unused nodes of a pool go
""",
    ),
    Case(
        "hours that close before they open, a day twice, a time zone that there isn't",
        {
            "working_hours": {
                **HOURS,
                "closes": "07:00",
                "days": ["mon", "mon"],
                "time_zone": "Europe/Berlinn",
            }
        },
        """\
working_hours.closes
  it would close before it opens, at 08:00
  given: "07:00"
  allowed here: a time after 08:00 on the same day
  mend: let it close later, or open earlier; to be open for the whole day, remove working_hours
working_hours.days[1]
  mon is named already
  given: "mon"
  allowed here: each day once
  mend: set days: [mon]
working_hours.time_zone
  there is no time zone "Europe/Berlinn"
  given: "Europe/Berlinn"
  allowed here: a name of the IANA database, as Europe/Berlin or UTC
  mend: did you mean Europe/Berlin, Europe/Dublin or Europe/Tallinn?
""",
    ),
    Case(
        "a shutdown of nodes that aren't kept up, queues that close unannounced, an address twice",
        {
            "compute[1].idle_shutdown_minutes": 60,
            "budget.close_queues_at_percent": 50,
            "monitoring": {"alarm_emails": ["a@example.com", "a@example.com"]},
        },
        """\
compute[1].idle_shutdown_minutes
  pool "gpu" keeps no node up: its min_nodes is 0, so idle nodes go anyway
  given: 60
  allowed here: nothing, while min_nodes is 0
  mend: remove idle_shutdown_minutes, or set min_nodes
budget.close_queues_at_percent
  the queues would close before anybody is told, at 80 percent
  given: 50
  allowed here: 80 or more with these alert_percents
  mend: set close_queues_at_percent: 80, or add a lower percentage to alert_percents
monitoring.alarm_emails[1]
  a@example.com is named already
  given: "a@example.com"
  allowed here: each address once
  mend: remove one of the two
""",
    ),
    Case(
        "secrets and keys that jobs can't be given",
        {
            "jobs": {
                "secrets": [
                    "arn:aws:ssm:eu-central-1:999999999999:parameter/dev/hub",
                    "arn:aws:secretsmanager:us-east-1:123456789012:secret:dev/hub-AbCdEf",
                ],
                "secret_keys": [
                    "arn:aws:kms:eu-central-1:999999999999:key/1",
                    "arn:aws:kms:us-east-1:123456789012:key/1",
                    "arn:aws:kms:eu-central-1:123456789012:key/1",
                ],
            }
        },
        """\
jobs.secrets[0]
  it belongs to account 999999999999, and jobs run in 123456789012
  given: "arn:aws:ssm:eu-central-1:999999999999:parameter/dev/hub"
  allowed here: a secret or parameter of account 123456789012
  mend: keep a copy of it in 123456789012 and name that, or correct the account in the ARN
jobs.secrets[1]
  it is in us-east-1, and jobs read what is in their own region
  given: "arn:aws:secretsmanager:us-east-1:123456789012:secret:dev/h…
  allowed here: eu-central-1
  mend: replicate the secret into eu-central-1, or make the parameter there, and name that
jobs.secret_keys[0]
  it belongs to account 999999999999, and jobs run in 123456789012
  given: "arn:aws:kms:eu-central-1:999999999999:key/1"
  allowed here: a key of account 123456789012
  mend: encrypt the copy in 123456789012 with a key there and name that
jobs.secret_keys[1]
  it is in us-east-1, and no secret is read there
  given: "arn:aws:kms:us-east-1:123456789012:key/1"
  allowed here: eu-central-1
  mend: name the key that the secret is encrypted with in its own region
""",
    ),
    Case(
        "a secret twice, and a key of nothing",
        {
            "regions.recovery": "eu-west-1",
            "recovery": STANDBY,
            "jobs": {
                "secrets": [
                    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:dev/hub-??????",
                    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:dev/hub-AbCdEf",
                ],
                "secret_keys": [
                    "arn:aws:kms:eu-central-1:123456789012:key/1",
                    "arn:aws:kms:eu-central-1:123456789012:key/1",
                    "arn:aws:kms:eu-west-1:123456789012:key/1",
                ],
            },
        },
        """\
jobs.secrets[1]
  it is named already
  given: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:de…
  allowed here: each once
  mend: remove one of the two
jobs.secret_keys[1]
  it is named already
  given: "arn:aws:kms:eu-central-1:123456789012:key/1"
  allowed here: each once
  mend: remove one of the two
jobs.secret_keys[2]
  jobs are given nothing in eu-west-1 that this key could encrypt
  given: "arn:aws:kms:eu-west-1:123456789012:key/1"
  allowed here: keys in eu-central-1
  mend: add to jobs.secrets what it encrypts, or remove the key
""",
    ),
    Case(
        "a key without any secret",
        {"jobs": {"secret_keys": ["arn:aws:kms:eu-central-1:123456789012:key/1"]}},
        """\
jobs.secret_keys[0]
  jobs are given nothing in eu-central-1 that this key could encrypt
  given: "arn:aws:kms:eu-central-1:123456789012:key/1"
  allowed here: nothing, without secrets
  mend: add to jobs.secrets what it encrypts, or remove the key
""",
    ),
    Case(
        "alerts out of order",
        {"budget.alert_percents": [100, 80, 100]},
        """\
budget.alert_percents
  the percentages aren't ascending, or one stands there twice
  given: [100, 80, 100]
  allowed here: each percentage once, the lowest first
  mend: set alert_percents: [80, 100]
""",
    ),
    Case(
        "an address twice",
        {"budget.alert_emails": ["a@example.com", "a@example.com"]},
        """\
budget.alert_emails[1]
  a@example.com is named already
  given: "a@example.com"
  allowed here: each address once
  mend: remove one of the two
""",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_does_not_fit_together_is_refused_with_everything_that_mends_it(case: Case) -> None:
    with pytest.raises(InputError) as refused:
        parse_environment(edited(case.edits))
    assert f"{refused.value}\n" == case.said


@pytest.mark.parametrize("rule", CHECKS, ids=lambda rule: rule.__name__)
def test_every_rule_finds_something_in_one_of_the_cases(rule: Any) -> None:
    assert any(list(rule(unchecked(case.edits))) for case in CASES)


def unchecked(edits: Mapping[str, object]) -> AwsEnvironment:
    """An environment as it is before the rules look at it."""
    seen: list[AwsEnvironment] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            "modelyard.environment.aws.checks.check", lambda environment, **_: seen.append(environment)
        )
        parse_environment(edited(edits))
    return seen[0]


ACCEPTED = {
    "a recovery region within the residency": {"regions.recovery": "eu-west-1", "recovery": STANDBY},
    "any region for data without a residency": {
        "residency": "unrestricted",
        "regions.recovery": "us-east-1",
        "recovery": STANDBY,
    },
    "as many zones as are named": {"network.zone_ids": ["euc1-az3", "euc1-az1"]},
    "jobs on several nodes without EFA": {"compute[0].max_nodes_per_job": 4},
    "accelerators beside an arm64 processor": {
        "compute[1].instance_type": "g5g.xlarge",
        "compute[1].image_ids": IMAGES,
    },
    "a reservation with its zone": {"compute[1].capacity": RESERVATION, "compute[1].zone_id": "euc1-az2"},
    "a reservation in the only zone": {"compute[1].capacity": RESERVATION, "network.zone_count": 1},
    "one reservation for two pools of one type": {
        "compute[0]": {
            "name": "a",
            "instance_type": "p4d.24xlarge",
            "max_nodes": 8,
            "zone_id": "euc1-az2",
            "capacity": BLOCK,
        },
        "compute[1]": {
            "name": "b",
            "instance_type": "p4d.24xlarge",
            "max_nodes": 8,
            "zone_id": "euc1-az2",
            "capacity": BLOCK,
        },
    },
    "somebody else's bucket with its key": {
        "backup": REMOVED,
        "residency": "unrestricted",
        "storage.datasets": {**CORPUS, "kms_key_arn": FOREIGN_KEY},
    },
    "an RPO that is just met": {"backup.rpo_hours": 28},
    "the smallest range that fits": {"network.cidr": "10.32.0.0/25"},
}


@pytest.mark.parametrize("edits", ACCEPTED.values(), ids=ACCEPTED)
def test_what_fits_together_is_accepted(edits: Mapping[str, object]) -> None:
    assert parse_environment(edited(edits)).name == "dev"


def test_a_type_that_is_not_sold_on_spot_is_refused_there() -> None:
    edits = {
        "regions.primary": "eu-north-1",
        "compute[1].instance_type": "hpc6a.48xlarge",
        "compute[1].zone_id": "eun1-az2",
        "network.zone_count": 3,
    }
    with pytest.raises(InputError) as refused:
        parse_environment(edited(edits))
    [problem] = refused.value.problems
    assert problem.message == 'EC2 doesn\'t sell hpc6a.48xlarge as "spot"'
    assert problem.allowed == "on_demand, open_reservation, reservation"


def test_the_mend_for_a_small_range_fits() -> None:
    with pytest.raises(InputError) as refused:
        parse_environment(edited({"network.cidr": "10.32.0.0/28"}))
    mend = refused.value.problems[0].mend.removeprefix("set cidr: ")
    assert parse_environment(edited({"network.cidr": mend})).network.cidr == mend


@pytest.mark.parametrize(
    "wrong", [{"regions.primary": "eu-central-9"}, {"compute[1].instance_type": "g5.xxxlarge"}]
)
def test_rules_stay_quiet_about_what_another_rule_reports_already(wrong: Mapping[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        parse_environment(edited({**wrong, "compute[1].zone_id": "euc1-az1", "network.cidr": "10.32.0.0/27"}))
    assert [problem.field for problem in refused.value.problems] == [*wrong]


def test_every_problem_across_fields_is_told_at_once() -> None:
    edits = {
        "residency": "us",
        "compute[1].name": "cpu",
        "backup.rpo_hours": 1,
        "network.cidr": "10.32.0.0/27",
    }
    with pytest.raises(InputError) as refused:
        parse_environment(edited(edits))
    fields = [problem.field for problem in refused.value.problems]
    assert fields == ["regions.primary", "network.cidr", "compute[1].name", "backup.rpo_hours"]


def test_who_writes_the_images_needs_none_yet() -> None:
    fields = edited({"stage": "production"})
    with pytest.raises(InputError) as refused:
        parse_environment(fields)
    assert {problem.field for problem in refused.value.problems} == {
        "compute[0].image_ids",
        "compute[1].image_ids",
    }
    assert parse_environment(fields, before_pinning=True).stage == "production"
