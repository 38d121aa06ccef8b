"""Environments with one mistake each, and the whole message that each gets.

What a test of anything that reads environments can use: an edit of a valid stack's file, and what is said of it.
"""

from __future__ import annotations

from dataclasses import dataclass

PROJECT = "name: demo\nruntime: python\nstackConfigDir: stacks\n"
"""Pulumi.yaml of the project that the stack belongs to."""

STACK_FILE = "stacks/Pulumi.dev.yaml"

STACK = """\
config:
  modelyard:environment:
    cloud: aws
    name: dev
    owner: ml-platform
    cost_center: cc-1001
    data_classification: internal
    residency: eu
    account_id: "123456789012"
    regions:
      primary: eu-central-1
    network:
      cidr: 10.32.0.0/20
      zone_count: 2
      egress: endpoints
    storage:
      datasets:
        kind: s3
        backed_up: true
      checkpoints:
        kind: s3
        expected_size_gib: 200
        noncurrent_retention_days: 14
    compute:
      - name: cpu
        instance_type: c7i.4xlarge
        max_nodes: 4
        max_nodes_per_job: 2
        capacity:
          mode: on_demand
      - name: gpu
        instance_type: g5.xlarge
        max_nodes: 8
        capacity:
          mode: spot
    backup:
      rpo_hours: 30
      every_hours: 24
    budget:
      monthly_usd: 2000
      alert_emails: [ml-platform@example.com]
    stage: development
"""
"""The stack's file, without a mistake."""


@dataclass(frozen=True)
class Malformed:
    """One mistake."""

    name: str
    old: str
    """What is replaced in the stack's file; it stands there once."""
    new: str
    said: str
    """Everything that is said of it, ended by a new line: file, line, field, given, allowed, mend."""

    @property
    def text(self) -> str:
        """The stack's file with the mistake."""
        assert STACK.count(self.old) == 1, self.name
        return STACK.replace(self.old, self.new)


MALFORMED = (
    Malformed(
        name="a tab as indentation",
        old="      cidr: 10.32.0.0/20",
        new="\tcidr: 10.32.0.0/20",
        said="""\
stacks/Pulumi.dev.yaml:13
  this isn't YAML: a tab can't indent
  given: cidr: 10.32.0.0/20
  allowed here: YAML: `name: value` lines, indented by spaces
  mend: indent by spaces
""",
    ),
    Malformed(
        name="a name without a value's indentation",
        old="      primary: eu-central-1",
        new="    primary: eu-central-1",
        said="""\
stacks/Pulumi.dev.yaml:10: regions
  there is no value, and a mapping is wanted
  given: nothing
  allowed here: a mapping of primary, recovery
  mend: write the fields of regions one a line, each as `name: value`
stacks/Pulumi.dev.yaml:11: primary
  there is no field "primary" here
  given: "eu-central-1"
  allowed here: cloud, name, stage, owner, cost_center, data_classification, residency, account_id, permissions_boundary, regions, network, encryption, storage, compute, jobs, recovery, backup, training, monitoring, working_hours, budget
  mend: write it under regions, or remove it
""",
    ),
    Malformed(
        name="a quote that is never closed",
        old='account_id: "123456789012"',
        new='account_id: "123456789012',
        said="""\
stacks/Pulumi.dev.yaml:9
  this isn't YAML: a quote that is never closed
  given: account_id: "123456789012
  allowed here: YAML: `name: value` lines, indented by spaces
  mend: close the quote that this line opens
""",
    ),
    Malformed(
        name="a name twice",
        old="    residency: eu\n",
        new="    residency: eu\n    residency: us\n",
        said="""\
stacks/Pulumi.dev.yaml:9: residency
  "residency" stands here twice
  given: lines 8 and 9
  allowed here: each name once
  mend: keep one of the two
""",
    ),
    Malformed(
        name="an unknown field",
        old="        max_nodes: 8",
        new="        max_node: 8",
        said="""\
stacks/Pulumi.dev.yaml:33: compute[1].max_node
  there is no field "max_node" here
  given: 8
  allowed here: name, instance_type, min_nodes, max_nodes, max_nodes_per_job, capacity, fallback, zone_id, image_ids, root_volume_gib, update_wait_hours, expected_utilization_percent, idle_shutdown_minutes
  mend: did you mean max_nodes?
""",
    ),
    Malformed(
        name="an unknown field in a kind of capacity",
        old="          mode: spot\n",
        new="          mode: spot\n          max_price: 80\n",
        said="""\
stacks/Pulumi.dev.yaml:36: compute[1].capacity.max_price
  there is no field "max_price" here
  given: 80
  allowed here: mode, max_price_percent
  mend: did you mean max_price_percent?
""",
    ),
    Malformed(
        name="a field that is missing",
        old="    owner: ml-platform\n",
        new="",
        said="""\
stacks/Pulumi.dev.yaml:2: owner
  owner is missing: team that answers for the environment
  given: nothing
  allowed here: 1 to 256 letters, digits, inner spaces and any of . : / = + @ _ -
  mend: add owner: and a value
""",
    ),
    Malformed(
        name="a part that is missing",
        old="    regions:\n      primary: eu-central-1\n",
        new="",
        said="""\
stacks/Pulumi.dev.yaml:2: regions
  regions is missing: where it lives
  given: nothing
  allowed here: a mapping of primary, recovery
  mend: add regions: with its fields under it
""",
    ),
    Malformed(
        name="a part that is empty",
        old="      primary: eu-central-1\n",
        new="",
        said="""\
stacks/Pulumi.dev.yaml:10: regions
  there is no value, and a mapping is wanted
  given: nothing
  allowed here: a mapping of primary, recovery
  mend: write the fields of regions one a line, each as `name: value`
""",
    ),
    Malformed(
        name="an account id without quotes",
        old='"123456789012"',
        new="012345678901",
        said="""\
stacks/Pulumi.dev.yaml:9: account_id
  012345678901 isn't text
  given: 012345678901
  allowed here: twelve digits in quotes
  mend: write the account id in quotes, as "123456789012"
""",
    ),
    Malformed(
        name="text that is a number without quotes",
        old="cost_center: cc-1001",
        new="cost_center: 0909",
        said="""\
stacks/Pulumi.dev.yaml:6: cost_center
  0909 isn't text
  given: 0909
  allowed here: 1 to 256 letters, digits, inner spaces and any of . : / = + @ _ -
  mend: write it in quotes, as "0909"
""",
    ),
    Malformed(
        name="a name with capitals",
        old="    name: dev",
        new="    name: Dev_1",
        said="""\
stacks/Pulumi.dev.yaml:4: name
  "Dev_1" isn't written as it has to be
  given: "Dev_1"
  allowed here: 1 to 20 lower-case letters, digits and dashes, a letter first and no dash at the end
  mend: set name: dev-1
""",
    ),
    Malformed(
        name="a number in quotes",
        old="zone_count: 2",
        new='zone_count: "2"',
        said="""\
stacks/Pulumi.dev.yaml:14: network.zone_count
  "2" isn't a whole number
  given: "2"
  allowed here: a whole number from 1 to 4
  mend: write it without quotes: 2
""",
    ),
    Malformed(
        name="a number out of bounds",
        old="zone_count: 2",
        new="zone_count: 7",
        said="""\
stacks/Pulumi.dev.yaml:14: network.zone_count
  7 is too large
  given: 7
  allowed here: a whole number from 1 to 4
  mend: set zone_count to a value from 1 to 4
""",
    ),
    Malformed(
        name="half a node",
        old="max_nodes: 8",
        new="max_nodes: 8.5",
        said="""\
stacks/Pulumi.dev.yaml:33: compute[1].max_nodes
  8.5 isn't a whole number
  given: 8.5
  allowed here: a whole number from 1 to 10,000
  mend: write a whole number
""",
    ),
    Malformed(
        name="a choice that isn't one",
        old="egress: endpoints",
        new="egress: internet",
        said="""\
stacks/Pulumi.dev.yaml:15: network.egress
  "internet" is none of the choices
  given: "internet"
  allowed here: endpoints, nat
  mend: choose one of these
""",
    ),
    Malformed(
        name="a number that isn't one of the choices",
        old="      egress: endpoints",
        new="      egress: endpoints\n      flow_log_retention_days: 200",
        said="""\
stacks/Pulumi.dev.yaml:16: network.flow_log_retention_days
  200 is none of the choices
  given: 200
  allowed here: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827
  mend: choose one of these; the nearest is 180
""",
    ),
    Malformed(
        name="an unknown kind of capacity",
        old="mode: spot",
        new="mode: spott",
        said="""\
stacks/Pulumi.dev.yaml:35: compute[1].capacity.mode
  "spott" is none of the choices
  given: "spott"
  allowed here: on_demand, spot, open_reservation, reservation, capacity_block
  mend: did you mean spot?
""",
    ),
    Malformed(
        name="a kind of capacity in one word",
        old="        capacity:\n          mode: spot\n",
        new="        capacity: spot\n",
        said="""\
stacks/Pulumi.dev.yaml:34: compute[1].capacity
  "spot" isn't a mapping
  given: "spot"
  allowed here: a mapping whose mode is on_demand, spot, open_reservation, reservation or capacity_block
  mend: write the fields of capacity one a line, each as `name: value`
""",
    ),
    Malformed(
        name="a capacity without its kind",
        old="          mode: spot\n",
        new="          max_price_percent: 80\n",
        said="""\
stacks/Pulumi.dev.yaml:34: compute[1].capacity.mode
  mode is missing: kind of capacity
  given: nothing
  allowed here: on_demand, spot, open_reservation, reservation, capacity_block
  mend: add it, as mode: on_demand
""",
    ),
    Malformed(
        name="a capacity block without its reservation",
        old="mode: spot",
        new='mode: capacity_block\n          node_count: 8\n          starts_at: "2026-12-01T11:30:00Z"\n          ends_at: "2026-12-15T11:30:00Z"',
        said="""\
stacks/Pulumi.dev.yaml:34: compute[1].capacity.reservation_id
  reservation_id is missing: id of the capacity reservation that the block came with
  given: nothing
  allowed here: the id of a reservation that exists, as cr-0123456789abcdef0
  mend: buy it first (`aws ec2 purchase-capacity-block` or `create-capacity-reservation`): `up` never buys capacity; then name its id here
""",
    ),
    Malformed(
        name="an unknown kind of store",
        old="        kind: s3\n        backed_up: true",
        new="        kind: fsx\n        backed_up: true",
        said="""\
stacks/Pulumi.dev.yaml:18: storage.datasets.kind
  "fsx" is none of the choices
  given: "fsx"
  allowed here: s3, existing_s3
  mend: choose one of these
""",
    ),
    Malformed(
        name="a bucket by its address",
        old="        kind: s3\n        backed_up: true",
        new="        kind: existing_s3\n        bucket: s3://corpus/v2",
        said="""\
stacks/Pulumi.dev.yaml:19: storage.datasets.bucket
  "s3://corpus/v2" isn't written as it has to be
  given: "s3://corpus/v2"
  allowed here: the name of a bucket: 3 to 63 lower-case letters, digits, dots and dashes
  mend: write the bucket's name alone, without s3:// and without a key
""",
    ),
    Malformed(
        name="a list that is none",
        old="alert_emails: [ml-platform@example.com]",
        new="alert_emails: ml-platform@example.com",
        said="""\
stacks/Pulumi.dev.yaml:41: budget.alert_emails
  "ml-platform@example.com" isn't a list
  given: "ml-platform@example.com"
  allowed here: a list of 1 to 10 entries, each an e-mail address of 50 characters at most, as team@example.com
  mend: write one entry a line, each after a dash
""",
    ),
    Malformed(
        name="a list without entries",
        old="alert_emails: [ml-platform@example.com]",
        new="alert_emails: []",
        said="""\
stacks/Pulumi.dev.yaml:41: budget.alert_emails
  an empty list is too short
  given: an empty list
  allowed here: a list of 1 to 10 entries, each an e-mail address of 50 characters at most, as team@example.com
  mend: add an entry to alert_emails
""",
    ),
    Malformed(
        name="an entry that isn't what the list holds",
        old="alert_emails: [ml-platform@example.com]",
        new="alert_emails:\n        - a@example.com\n        - ml-platform",
        said="""\
stacks/Pulumi.dev.yaml:43: budget.alert_emails[1]
  "ml-platform" isn't written as it has to be
  given: "ml-platform"
  allowed here: an e-mail address of 50 characters at most, as team@example.com
  mend: write alert_emails[1] as is allowed here
""",
    ),
    Malformed(
        name="a zone by its name",
        old="zone_count: 2",
        new="zone_ids: [euc1-az1, eu-central-1b]",
        said="""\
stacks/Pulumi.dev.yaml:14: network.zone_ids[1]
  "eu-central-1b" isn't written as it has to be
  given: "eu-central-1b"
  allowed here: the id of an availability zone, as euc1-az2
  mend: write the zone's id: its name (eu-central-1a) differs between accounts
""",
    ),
    Malformed(
        name="a range without a length",
        old="cidr: 10.32.0.0/20",
        new="cidr: 10.32.0.0",
        said="""\
stacks/Pulumi.dev.yaml:13: network.cidr
  "10.32.0.0" isn't written as it has to be
  given: "10.32.0.0"
  allowed here: a private IPv4 range between /16 and /28, as 10.32.0.0/16
  mend: write an address, a slash and a length, as 10.32.0.0/16
""",
    ),
    Malformed(
        name="another cloud",
        old="cloud: aws",
        new="cloud: gcp",
        said="""\
stacks/Pulumi.dev.yaml:3: cloud
  "gcp" is none of the choices
  given: "gcp"
  allowed here: aws, azure
  mend: choose one of these
""",
    ),
    Malformed(
        name="no environment in the stack",
        old="  modelyard:environment:",
        new="  modelyard:enviroment:",
        said="""\
stacks/Pulumi.dev.yaml:2: config
  the stack has no environment in its configuration
  given: a mapping of modelyard:enviroment
  allowed here: modelyard:environment, with the environment under it
  mend: did you mean modelyard:environment by modelyard:enviroment?
""",
    ),
    Malformed(
        name="an environment at the margin",
        old="config:\n  modelyard:environment:",
        new="modelyard:environment:\n  x:",
        said="""\
stacks/Pulumi.dev.yaml:1: modelyard:environment
  modelyard:environment stands outside of config
  given: a stack's configuration without config
  allowed here: config, and modelyard:environment under it
  mend: write config: above it, and indent it
""",
    ),
    Malformed(
        name="an unknown instance type",
        old="g5.xlarge",
        new="g5.xxlarge",
        said="""\
stacks/Pulumi.dev.yaml:32: compute[1].instance_type
  the catalog knows no instance type "g5.xxlarge"
  given: "g5.xxlarge"
  allowed here: a type that the catalog knows, as g5.xlarge, g5.2xlarge, g5.4xlarge, g5.8xlarge or g5.12xlarge
  mend: did you mean g5.xlarge, g5.2xlarge, g5.4xlarge, g5.8xlarge or g5.12xlarge?
""",
    ),
    Malformed(
        name="a range that is too small",
        old="        max_nodes: 8",
        new="        max_nodes: 1250",
        said="""\
stacks/Pulumi.dev.yaml:13: network.cidr
  zone euc1-az1 needs 1,269 addresses (4 nodes of cpu with 2 each, 1,250 nodes of gpu with 1 each, 11 endpoints), and its subnet would have 1,019
  given: "10.32.0.0/20"
  allowed here: 10.32.0.0/19 or larger
  mend: set cidr: 10.32.0.0/19
""",
    ),
)
