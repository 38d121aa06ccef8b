"""Mistakes in the machines of an environment on Azure: pools, sizes, quotas, the workspace and who uses it."""

from __future__ import annotations

from malformed_environments_azure import MalformedAzure

from modelyard.catalog.azure import vcpu_quotas

QUOTAS = ", ".join(quota.family for quota in vcpu_quotas())

MACHINES = (
    MalformedAzure(
        name="a name twice",
        rule="names_are_unique",
        edits=(("name: t4", "name: h100"),),
        said="""\
stacks/Pulumi.dev.yaml:35: compute[1].name
  compute[0] is called "h100" already
  given: "h100"
  allowed here: a name that no other pool has
  mend: give one of the two another name
""",
    ),
    MalformedAzure(
        name="more nodes kept than there may be",
        rule="sizes_fit_each_other",
        edits=(("max_nodes: 8", "max_nodes: 8\n        min_nodes: 9"),),
        said="""\
stacks/Pulumi.dev.yaml:38: compute[1].min_nodes
  pool "t4" keeps more nodes up than its max_nodes, 8
  given: 9
  allowed here: a whole number from 0 to 8
  mend: lower min_nodes, or set max_nodes: 9
""",
    ),
    MalformedAzure(
        name="more nodes of a job than of its pool",
        rule="sizes_fit_each_other",
        edits=(("max_nodes_per_job: 4", "max_nodes_per_job: 5"),),
        said="""\
stacks/Pulumi.dev.yaml:32: compute[0].max_nodes_per_job
  no job of pool "h100" gets more nodes than its max_nodes, 4
  given: 5
  allowed here: a whole number from 1 to 4
  mend: lower max_nodes_per_job, or set max_nodes: 5
""",
    ),
    MalformedAzure(
        name="nodes kept in the recovery region",
        rule="recovery_pools_start_at_zero",
        edits=(
            (
                "        cidr: 10.80.0.0/20\n",
                "        cidr: 10.80.0.0/20\n      compute:\n        - name: cpu\n          instance_type: Standard_D4ds_v5\n          min_nodes: 1\n          max_nodes: 2\n          capacity:\n            mode: on_demand\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:56: recovery.compute[0].min_nodes
  the cluster in the recovery region stands at zero nodes until it is needed
  given: 1
  allowed here: 0
  mend: remove min_nodes
""",
    ),
    MalformedAzure(
        name="an unknown size",
        rule="sizes_are_known",
        edits=(("Standard_NC4as_T4_v3", "Standard_NC4as_T4_v4"),),
        said="""\
stacks/Pulumi.dev.yaml:36: compute[1].instance_type
  the catalog knows no size "Standard_NC4as_T4_v4"
  given: "Standard_NC4as_T4_v4"
  allowed here: a size of Azure's machines, as Standard_ND96isr_H100_v5
  mend: did you mean Standard_NC4as_T4_v3, Standard_NC64as_T4_v3, Standard_NC8as_T4_v3, Standard_NC16as_T4_v3 or Standard_NC24ads_A100_v4?
""",
    ),
    MalformedAzure(
        name="a size that the recovery region doesn't offer",
        rule="sizes_are_offered",
        edits=(
            ("instance_type: Standard_NC4as_T4_v3", "instance_type: Standard_ND96asr_v4"),
            ("mode: spot", "mode: on_demand"),
            (
                "    quotas:\n",
                "    quotas:\n      - family: Standard NDASv4_A100 Family\n        vcpus: 768\n        recovery_vcpus: 768\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:36: compute[1].instance_type
  westus doesn't offer it, which pool "t4" in westus wants
  given: "Standard_ND96asr_v4"
  allowed here: a size that westus offers; this one is sold in eastus, italynorth, southcentralus, westeurope and westus2
  mend: choose another size, or another region
""",
    ),
    MalformedAzure(
        name="images built where no such machine is",
        rule="sizes_are_offered",
        edits=(
            (
                "      registry_retention_days: 60\n",
                "      registry_retention_days: 60\n      image_build_instance_type: Standard_HB176rs_v4\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:46: workspace.image_build_instance_type
  westus doesn't offer it, which the building of images there wants
  given: "Standard_HB176rs_v4"
  allowed here: a size that westus offers; this one is sold in australiaeast, eastus, eastus2, koreacentral, malaysiawest, southcentralus, southeastasia, swedencentral and westeurope
  mend: choose another size, or another region
""",
    ),
    MalformedAzure(
        name="spare capacity that nobody sells",
        rule="spot_is_sold",
        edits=(("Standard_NC4as_T4_v3", "Standard_ND128isr_GB300_v6"),),
        said="""\
stacks/Pulumi.dev.yaml:39: compute[1].capacity.mode
  no source says that Azure sells Standard_ND128isr_GB300_v6 as low priority
  given: "spot"
  allowed here: on_demand
  mend: set mode: on_demand, or choose another size
""",
    ),
    MalformedAzure(
        name="more nodes than a cluster holds",
        rule="clusters_hold_the_nodes",
        edits=(
            ("max_nodes: 4\n", "max_nodes: 120\n"),
            ("vcpus: 384\n        recovery_vcpus: 384", "vcpus: 20000\n        recovery_vcpus: 20000"),
        ),
        said="""\
stacks/Pulumi.dev.yaml:31: compute[0].max_nodes
  a cluster holds 100 nodes of Standard_ND96isr_H100_v5 at most where a job uses 4 (a cluster of a size with InfiniBand whose nodes talk to each other)
  given: 120
  allowed here: a whole number from 1 to 100
  mend: set max_nodes: 100, or make several pools of it
""",
    ),
    MalformedAzure(
        name="a job of more nodes than a run spans",
        rule="jobs_hold_the_nodes",
        edits=(("max_nodes: 8", "max_nodes: 200\n        max_nodes_per_job: 150"),),
        said="""\
stacks/Pulumi.dev.yaml:38: compute[1].max_nodes_per_job
  one run of Azure Machine Learning spans 100 nodes at most
  given: 150
  allowed here: a whole number from 1 to 100
  mend: set max_nodes_per_job: 100
""",
    ),
    MalformedAzure(
        name="a quota of an unknown family",
        rule="families_are_known",
        edits=(("standardNDSH100v5Family", "standardNDH100v5Family"),),
        said=f"""\
stacks/Pulumi.dev.yaml:41: quotas[0].family
  the catalog knows no quota of this name
  given: "standardNDH100v5Family"
  allowed here: {QUOTAS}
  mend: did you mean standardNDSH100v5Family, StandardNCadsH100v5Family or standardNDISRH200V5Family?
""",
    ),
    MalformedAzure(
        name="a quota twice",
        rule="families_are_named_once",
        edits=(
            (
                "        recovery_vcpus: 384\n",
                "        recovery_vcpus: 384\n      - family: STANDARDNDSH100V5FAMILY\n        vcpus: 10\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:44: quotas[1].family
  quotas[0] states it already
  given: "STANDARDNDSH100V5FAMILY"
  allowed here: each family once
  mend: remove one of the two
""",
    ),
    MalformedAzure(
        name="a quota in a region that there is none of",
        rule="recovery_quotas_have_a_region",
        edits=(
            ("      recovery: westus\n", ""),
            ("    recovery:\n      network:\n        cidr: 10.80.0.0/20\n", ""),
        ),
        said="""\
stacks/Pulumi.dev.yaml:42: quotas[0].recovery_vcpus
  no region to come back in is named
  given: 384
  allowed here: nothing, without regions.recovery
  mend: remove it; or name regions.recovery, and add recovery with its network
""",
    ),
    MalformedAzure(
        name="a quota that isn't stated",
        rule="granted_quotas_are_stated",
        edits=(
            (
                "    quotas:\n      - family: standardNDSH100v5Family\n        vcpus: 384\n        recovery_vcpus: 384\n",
                "",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:2: quotas
  pool "h100" (compute[0]) counts against a quota that starts at zero: until Azure grants some, no node comes
  given: nothing for standardNDSH100v5Family
  allowed here: what was granted, as {family: standardNDSH100v5Family, vcpus: 384, recovery_vcpus: 384}
  mend: ask for it (`az ml compute list-usage` shows what there is), then state it here
""",
    ),
    MalformedAzure(
        name="a quota that is too small",
        rule="pools_fit_into_quotas",
        edits=(("recovery_vcpus: 384", "recovery_vcpus: 96"),),
        said="""\
stacks/Pulumi.dev.yaml:43: quotas[0].recovery_vcpus
  what runs in westus may ask for 384 vCPUs of standardNDSH100v5Family
  given: 96
  allowed here: 384 or more, once Azure has granted it
  mend: lower max_nodes, or ask for more and set recovery_vcpus: 384
""",
    ),
    MalformedAzure(
        name="a quota that leaves nothing to build images on",
        rule="pools_fit_into_quotas",
        edits=(
            (
                "    quotas:\n",
                "    quotas:\n      - family: standardDDSv5Family\n        vcpus: 8\n        recovery_vcpus: 4\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:43: quotas[0].recovery_vcpus
  what runs in westus may ask for 8 vCPUs of standardDDSv5Family
  given: 4
  allowed here: 8 or more, once Azure has granted it
  mend: lower max_nodes, or ask for more and set recovery_vcpus: 8
""",
    ),
    MalformedAzure(
        name="a key of its own without who uses it",
        rule="customer_key_has_its_principal",
        edits=(
            (
                "      registry_retention_days: 60\n",
                "      registry_retention_days: 60\n      customer_key: true\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:44: workspace.cosmos_db_principal_id
  a workspace with a key of its own comes with a database, which has to use the key
  given: nothing
  allowed here: the object id of "Azure Cosmos DB" in the tenant
  mend: write what `az ad sp show --id a232010e-820c-4083-83bb-3ace5fc29d0b --query id` prints
""",
    ),
    MalformedAzure(
        name="who uses a key that there isn't",
        rule="customer_key_has_its_principal",
        edits=(
            (
                "      registry_retention_days: 60\n",
                "      registry_retention_days: 60\n      cosmos_db_principal_id: 8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:46: workspace.cosmos_db_principal_id
  without a key of its own the workspace makes no database
  given: "8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f"
  allowed here: nothing, while customer_key is false
  mend: remove it, or set customer_key: true
""",
    ),
    MalformedAzure(
        name="images built on accelerators",
        rule="builder_is_a_cpu_size",
        edits=(
            (
                "      registry_retention_days: 60\n",
                "      registry_retention_days: 60\n      image_build_instance_type: Standard_NC8as_T4_v3\n",
            ),
            (
                "    quotas:\n",
                "    quotas:\n      - family: Standard NCASv3_T4 Family\n        vcpus: 16\n        recovery_vcpus: 16\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:49: workspace.image_build_instance_type
  accelerators build no images
  given: "Standard_NC8as_T4_v3"
  allowed here: a size without accelerators, as Standard_D16ds_v5
  mend: choose such a size
""",
    ),
    MalformedAzure(
        name="a pool by the builders' name",
        rule="no_pool_is_called_as_the_builders",
        edits=(("name: t4", "name: image-build"),),
        said="""\
stacks/Pulumi.dev.yaml:35: compute[1].name
  the cluster that builds images is called so
  given: "image-build"
  allowed here: any other name than image-build
  mend: choose another name; the size of that cluster is workspace.image_build_instance_type
""",
    ),
    MalformedAzure(
        name="a submitter twice",
        rule="submitters_are_named_once",
        edits=(
            (
                "          kind: group\n",
                "          kind: group\n        - principal_id: 8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f\n          kind: user\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:50: jobs.submitters[1].principal_id
  jobs.submitters[0] is the same
  given: "8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f"
  allowed here: each object once
  mend: remove one of the two
""",
    ),
)
