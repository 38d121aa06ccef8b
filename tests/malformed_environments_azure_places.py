"""Mistakes in where an environment on Azure lies: regions, networks, keys, stores."""

from __future__ import annotations

from malformed_environments_azure import MalformedAzure

from modelyard.catalog.azure import region_names

REGIONS = ", ".join(region_names())

PLACES = (
    MalformedAzure(
        name="a residency that is none",
        rule="residency_is_known",
        edits=(("residency: us", "residency: mars"),),
        said="""\
stacks/Pulumi.dev.yaml:9: residency
  "mars" is no jurisdiction that has a region
  given: "mars"
  allowed here: ae, au, br, ca, ch, cl, eu, hk, id, il, in, jp, kr, mx, my, no, nz, qa, sg, uk, us, za, unrestricted
  mend: choose one of these
""",
    ),
    MalformedAzure(
        name="an unknown region",
        rule="regions_are_known",
        edits=(("primary: eastus", "primary: eastuss"),),
        said=f"""\
stacks/Pulumi.dev.yaml:13: regions.primary
  the catalog knows no region "eastuss"
  given: "eastuss"
  allowed here: {REGIONS}
  mend: did you mean eastus, eastus2, westus, westus2 or westus3?
""",
    ),
    MalformedAzure(
        name="a recovery region outside the residency",
        rule="regions_lie_within_the_residency",
        edits=(("recovery: westus", "recovery: westeurope"),),
        said="""\
stacks/Pulumi.dev.yaml:14: regions.recovery
  westeurope (Netherlands) lies outside the residency "us"
  given: "westeurope"
  allowed here: centralus, eastus, eastus2, northcentralus, southcentralus, westcentralus, westus, westus2, westus3
  mend: choose one of these, or change residency if the data may be there
""",
    ),
    MalformedAzure(
        name="a recovery region that is the primary one",
        rule="recovery_is_elsewhere",
        edits=(("recovery: westus", "recovery: eastus"),),
        said="""\
stacks/Pulumi.dev.yaml:14: regions.recovery
  eastus is the primary region too: it would be lost with it
  given: "eastus"
  allowed here: westus, centralus, eastus2, northcentralus, southcentralus, westcentralus, westus2, westus3
  mend: choose another region, or remove recovery
""",
    ),
    MalformedAzure(
        name="a recovery region without what stands there",
        rule="recovery_is_described",
        edits=(("    recovery:\n      network:\n        cidr: 10.80.0.0/20\n", ""),),
        said="""\
stacks/Pulumi.dev.yaml:2: recovery
  westus is the region to come back in, and what stands ready there isn't said
  given: nothing
  allowed here: the network there, as network: {cidr: 10.64.0.0/16}; and the pools, if they differ
  mend: add recovery with its network, or remove regions.recovery
""",
    ),
    MalformedAzure(
        name="what stands ready in no region",
        rule="recovery_is_described",
        edits=(("      recovery: westus\n", ""),),
        said="""\
stacks/Pulumi.dev.yaml:12: regions.recovery
  recovery says what stands ready in the region to come back in, and none is named
  given: nothing
  allowed here: another region than the primary one
  mend: name it, or remove recovery
""",
    ),
    MalformedAzure(
        name="a range of the internet",
        rule="range_is_a_private_network",
        edits=(("10.64.0.0/20", "11.64.0.0/20"),),
        said="""\
stacks/Pulumi.dev.yaml:16: network.cidr
  11.64.0.0/20 belongs to the internet
  given: "11.64.0.0/20"
  allowed here: a private IPv4 range between /16 and /24, as 10.32.0.0/16
  mend: take a range of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16
""",
    ),
    MalformedAzure(
        name="a range of providers",
        rule="range_is_a_private_network",
        edits=(("cidr: 10.64.0.0/20", "cidr: 100.64.0.0/20"),),
        said="""\
stacks/Pulumi.dev.yaml:16: network.cidr
  100.64.0.0/20 is for other things than private networks
  given: "100.64.0.0/20"
  allowed here: a private IPv4 range between /16 and /24, as 10.32.0.0/16
  mend: take a range of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16
""",
    ),
    MalformedAzure(
        name="a range that is too large",
        rule="range_is_a_private_network",
        edits=(("10.64.0.0/20", "10.64.0.0/12"),),
        said="""\
stacks/Pulumi.dev.yaml:16: network.cidr
  10.64.0.0/12 is larger than a network of ours can be
  given: "10.64.0.0/12"
  allowed here: a private IPv4 range between /16 and /24, as 10.32.0.0/16
  mend: set cidr: 10.64.0.0/16
""",
    ),
    MalformedAzure(
        name="an address in a network",
        rule="range_is_a_private_network",
        edits=(("10.80.0.0/20", "10.80.0.7/20"),),
        said="""\
stacks/Pulumi.dev.yaml:52: recovery.network.cidr
  10.80.0.7/20 is an address in a network, not a network
  given: "10.80.0.7/20"
  allowed here: a private IPv4 range between /16 and /24, as 10.32.0.0/16
  mend: set cidr: 10.80.0.0/20
""",
    ),
    MalformedAzure(
        name="the range of containers",
        rule="range_is_nobody_elses",
        edits=(("10.80.0.0/20", "172.17.16.0/20"),),
        said="""\
stacks/Pulumi.dev.yaml:52: recovery.network.cidr
  172.17.0.0/16 is in use within it: the addresses of containers on each node
  given: "172.17.16.0/20"
  allowed here: a private IPv4 range between /16 and /24, as 10.32.0.0/16, apart from 172.17.0.0/16
  mend: choose another range
""",
    ),
    MalformedAzure(
        name="one range for both regions",
        rule="ranges_are_apart",
        edits=(("10.80.0.0/20", "10.64.8.0/21"),),
        said="""\
stacks/Pulumi.dev.yaml:52: recovery.network.cidr
  it overlaps with the primary network, 10.64.0.0/20: the two could never be joined
  given: "10.64.8.0/21"
  allowed here: a private IPv4 range between /16 and /24, as 10.32.0.0/16, apart from 10.64.0.0/20
  mend: set cidr: 10.64.16.0/20
""",
    ),
    MalformedAzure(
        name="a range that is too small",
        rule="network_holds_the_environment",
        edits=(("max_nodes: 8", "max_nodes: 2500"),),
        said="""\
stacks/Pulumi.dev.yaml:16: network.cidr
  subnet nodes needs 2,506 addresses, and would have 2,043 without those that Azure keeps
  given: "10.64.0.0/20"
  allowed here: 10.64.0.0/19 or larger
  mend: set cidr: 10.64.0.0/19
stacks/Pulumi.dev.yaml:52: recovery.network.cidr
  subnet nodes needs 2,506 addresses, and would have 2,043 without those that Azure keeps
  given: "10.80.0.0/20"
  allowed here: 10.80.0.0/19 or larger
  mend: set cidr: 10.80.0.0/19
""",
    ),
    MalformedAzure(
        name="more nodes than any range holds",
        rule="network_holds_the_environment",
        edits=(
            (
                "    quotas:\n",
                "      - name: cpu0\n        instance_type: Standard_D4ds_v5\n        max_nodes: 10000\n        capacity:\n          mode: on_demand\n      - name: cpu1\n        instance_type: Standard_D4ds_v5\n        max_nodes: 10000\n        capacity:\n          mode: on_demand\n      - name: cpu2\n        instance_type: Standard_D4ds_v5\n        max_nodes: 10000\n        capacity:\n          mode: on_demand\n      - name: cpu3\n        instance_type: Standard_D4ds_v5\n        max_nodes: 10000\n        capacity:\n          mode: on_demand\n    quotas:\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:16: network.cidr
  subnet nodes needs 40,014 addresses, and would have 2,043 without those that Azure keeps
  given: "10.64.0.0/20"
  allowed here: fewer nodes: even a /16 is too small
  mend: lower max_nodes, or spread the pools over several environments
stacks/Pulumi.dev.yaml:72: recovery.network.cidr
  subnet nodes needs 40,014 addresses, and would have 2,043 without those that Azure keeps
  given: "10.80.0.0/20"
  allowed here: fewer nodes: even a /16 is too small
  mend: lower max_nodes, or spread the pools over several environments
""",
    ),
    MalformedAzure(
        name="a host twice",
        rule="hosts_are_named_once",
        edits=(("[api.wandb.ai]", "[api.wandb.ai, huggingface.co, api.wandb.ai]"),),
        said="""\
stacks/Pulumi.dev.yaml:18: network.allowed_domains[2]
  api.wandb.ai is named already
  given: "api.wandb.ai"
  allowed here: each host once
  mend: remove one of the two
""",
    ),
    MalformedAzure(
        name="an allow-list without a firewall",
        rule="allow_list_has_a_firewall",
        edits=(("egress: firewall", "egress: nat"),),
        said="""\
stacks/Pulumi.dev.yaml:18: network.allowed_domains
  with egress: nat the whole internet can be reached, and no list is held to
  given: api.wandb.ai
  allowed here: nothing, while egress is nat
  mend: set egress: firewall, or remove allowed_domains
""",
    ),
    MalformedAzure(
        name="a tier without a firewall",
        rule="allow_list_has_a_firewall",
        edits=(
            (
                "egress: firewall\n      allowed_domains: [api.wandb.ai]",
                "egress: nat\n      firewall_tier: premium",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:18: network.firewall_tier
  with egress: nat there is no firewall
  given: "premium"
  allowed here: nothing, while egress is nat
  mend: set egress: firewall, or remove firewall_tier
""",
    ),
    MalformedAzure(
        name="keys that expire too soon",
        rule="versions_outlive_their_rotation",
        edits=(("rotation_days: 180", "rotation_days: 180\n      expiry_days: 190"),),
        said="""\
stacks/Pulumi.dev.yaml:21: encryption.expiry_days
  it would expire before the next version, of 180 days later, is in use
  given: 190
  allowed here: 208 or more with these rotation_days
  mend: set expiry_days: 208, or remove it
""",
    ),
    MalformedAzure(
        name="copies over zones that aren't there",
        rule="redundancy_exists_in_the_region",
        edits=(
            ("primary: eastus\n      recovery: westus", "primary: westus\n      recovery: eastus"),
            ("kind: blob\n        expire", "kind: blob\n        redundancy: zrs\n        expire"),
        ),
        said="""\
stacks/Pulumi.dev.yaml:27: storage.checkpoints.redundancy
  westus has no availability zones
  given: "zrs"
  allowed here: lrs, grs
  mend: choose one of these, or remove redundancy
""",
    ),
    MalformedAzure(
        name="copies in a pair that isn't there",
        rule="redundancy_exists_in_the_region",
        edits=(
            ("residency: us", "residency: eu"),
            ("primary: eastus\n", "primary: italynorth\n"),
            ("      recovery: westus\n", ""),
            ("    recovery:\n      network:\n        cidr: 10.80.0.0/20\n", ""),
            ("      geo_redundant: true\n", ""),
            ("kind: blob\n        expire", "kind: blob\n        redundancy: grs\n        expire"),
            ("recovery_vcpus: 384\n", "recovery_vcpus: 0\n"),
            ("instance_type: Standard_NC4as_T4_v3", "instance_type: Standard_D4ds_v5"),
            ("instance_type: Standard_ND96isr_H100_v5", "instance_type: Standard_D8ds_v5"),
        ),
        said="""\
stacks/Pulumi.dev.yaml:26: storage.checkpoints.redundancy
  italynorth has no paired region
  given: "grs"
  allowed here: lrs, zrs
  mend: choose one of these, or remove redundancy
""",
    ),
    MalformedAzure(
        name="a pair outside the residency",
        rule="copies_of_azure_stay_within_the_residency",
        edits=(
            ("residency: us", "residency: sg"),
            ("primary: eastus\n", "primary: southeastasia\n"),
            ("      recovery: westus\n", ""),
            ("    recovery:\n      network:\n        cidr: 10.80.0.0/20\n", ""),
            ("        recovery_vcpus: 384\n", ""),
            ("      geo_redundant: true\n", ""),
            ("kind: blob\n        expire", "kind: blob\n        redundancy: grs\n        expire"),
            ("instance_type: Standard_ND96isr_H100_v5", "instance_type: Standard_D8ds_v5"),
        ),
        said="""\
stacks/Pulumi.dev.yaml:26: storage.checkpoints.redundancy
  Azure would copy it to eastasia (Hong Kong), outside the residency "sg"
  given: "grs"
  allowed here: lrs, zrs
  mend: choose one of these, or remove redundancy
""",
    ),
    MalformedAzure(
        name="objects that expire before they cool",
        rule="objects_cool_before_they_expire",
        edits=(("expire_after_days: 90", "expire_after_days: 90\n        cool_after_days: 90"),),
        said="""\
stacks/Pulumi.dev.yaml:28: storage.checkpoints.cool_after_days
  objects have expired by then: expire_after_days is 90
  given: 90
  allowed here: a whole number from 1 to 89
  mend: lower it, or remove it
""",
    ),
    MalformedAzure(
        name="datasets that expire the day after",
        rule="objects_cool_before_they_expire",
        edits=(
            ("backed_up: true", "backed_up: true\n        expire_after_days: 1\n        cool_after_days: 1"),
        ),
        said="""\
stacks/Pulumi.dev.yaml:26: storage.datasets.cool_after_days
  objects have expired by then: expire_after_days is 1
  given: 1
  allowed here: nothing beside this expiry
  mend: remove it
""",
    ),
)
