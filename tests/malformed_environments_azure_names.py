"""Mistakes in names: of an environment on Azure and of its pools, which no field shows by itself, and as they
are written.
"""

from __future__ import annotations

from malformed_environments_azure import MalformedAzure

NAMES = (
    MalformedAzure(
        name="a size in other capitals",
        rule="sizes_are_known",
        edits=(("Standard_NC4as_T4_v3", "Standard_nc4as_t4_v3"),),
        said="""\
stacks/Pulumi.dev.yaml:36: compute[1].instance_type
  the catalog knows no size "Standard_nc4as_t4_v3"
  given: "Standard_nc4as_t4_v3"
  allowed here: a size of Azure's machines, as Standard_ND96isr_H100_v5
  mend: did you mean Standard_NC4as_T4_v3?
""",
    ),
    MalformedAzure(
        name="spare capacity that the service refuses",
        rule="spot_is_sold",
        edits=(
            ("Standard_NC4as_T4_v3", "Standard_ND96isr_H100_v5"),
            ("        max_nodes: 8\n", "        max_nodes: 1\n"),
        ),
        said="""\
stacks/Pulumi.dev.yaml:39: compute[1].capacity.mode
  Azure Machine Learning refuses low-priority nodes of Standard_ND96isr_H100_v5
  given: "spot"
  allowed here: on_demand
  mend: set mode: on_demand, or choose another size
""",
    ),
    MalformedAzure(
        name="an unknown size that builds images",
        rule="sizes_are_known",
        edits=(
            (
                "      registry_retention_days: 60\n",
                "      registry_retention_days: 60\n      image_build_instance_type: Standard_D4s_v3\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:46: workspace.image_build_instance_type
  the catalog knows no size "Standard_D4s_v3"
  given: "Standard_D4s_v3"
  allowed here: a size of Azure's machines, as Standard_D4ds_v5
  mend: did you mean Standard_D4ds_v5, Standard_D4ds_v6, Standard_D48ds_v5, Standard_D48ds_v6 or Standard_D64ds_v5?
""",
    ),
    MalformedAzure(
        name="images built on what the quota of a pool counts",
        rule="builder_is_a_cpu_size",
        edits=(
            (
                "      registry_retention_days: 60\n",
                "      registry_retention_days: 60\n      image_build_instance_type: Standard_ND96isr_H100_v5\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:46: workspace.image_build_instance_type
  accelerators build no images
  given: "Standard_ND96isr_H100_v5"
  allowed here: a size without accelerators, as Standard_D16ds_v5
  mend: choose such a size
""",
    ),
    MalformedAzure(
        name="a trademark",
        rule="name_is_no_trademark",
        edits=(("name: dev\n", "name: win-dows-training\n"),),
        said="""\
stacks/Pulumi.dev.yaml:4: name
  Azure reserves "windows": it would refuse the storage accounts and the registry, which are named after the environment
  given: "win-dows-training"
  allowed here: a name without microsoft and windows, and with no login at its beginning
  mend: choose another name
""",
    ),
    MalformedAzure(
        name="two pools that would be one cluster",
        rule="clusters_have_names_of_their_own",
        edits=(
            (
                "name: h100\n        instance_type: Standard_ND96isr_H100_v5",
                "name: training-on-52\n        instance_type: Standard_D4ds_v5",
            ),
            (
                "name: t4\n        instance_type: Standard_NC4as_T4_v3",
                "name: training-on-324\n        instance_type: Standard_D4ds_v5",
            ),
            ("mode: spot", "mode: on_demand"),
        ),
        said="""\
stacks/Pulumi.dev.yaml:35: compute[1].name
  its cluster would be called training-on-c4d8 at Azure, as that of "training-on-52" is (compute[0])
  given: "training-on-324"
  allowed here: a name that differs from every other within its first 11 characters
  mend: give one of the two another name
""",
    ),
)
"""What several fields show."""

SPELLINGS = (
    MalformedAzure(
        name="no cloud",
        edits=(("    cloud: azure\n", ""),),
        said="""\
stacks/Pulumi.dev.yaml:2: cloud
  cloud is missing: cloud that the environment is built on
  given: nothing
  allowed here: aws, azure
  mend: write cloud: aws, or cloud: azure
""",
    ),
    MalformedAzure(
        name="a cloud without a name",
        edits=(("cloud: azure", "cloud:"),),
        said="""\
stacks/Pulumi.dev.yaml:3: cloud
  nothing is none of the choices
  given: nothing
  allowed here: aws, azure
  mend: write cloud: aws, or cloud: azure
""",
    ),
    MalformedAzure(
        name="a subscription in capitals",
        edits=(("9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834", "9B7E4D20-3C61-4F8A-A5D2-60E1C9F7B834"),),
        said="""\
stacks/Pulumi.dev.yaml:10: subscription_id
  "9B7E4D20-3C61-4F8A-A5D2-60E1C9F7B834" isn't written as it has to be
  given: "9B7E4D20-3C61-4F8A-A5D2-60E1C9F7B834"
  allowed here: a GUID in small letters, as 8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f
  mend: set subscription_id: 9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834
""",
    ),
    MalformedAzure(
        name="a host in capitals",
        edits=(("api.wandb.ai", "API.wandb.ai"),),
        said="""\
stacks/Pulumi.dev.yaml:18: network.allowed_domains[0]
  "API.wandb.ai" isn't written as it has to be
  given: "API.wandb.ai"
  allowed here: a host's name in small letters, as huggingface.co, or *.hf.co for all below it
  mend: set allowed_domains[0]: api.wandb.ai
""",
    ),
    MalformedAzure(
        name="a database by its name",
        edits=(
            (
                "      registry_retention_days: 60\n",
                "      registry_retention_days: 60\n      customer_key: true\n      cosmos_db_principal_id: Azure Cosmos DB\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:47: workspace.cosmos_db_principal_id
  "Azure Cosmos DB" isn't written as it has to be
  given: "Azure Cosmos DB"
  allowed here: a GUID in small letters, as 8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f
  mend: write what `az ad sp show --id a232010e-820c-4083-83bb-3ace5fc29d0b --query id` prints
""",
    ),
    MalformedAzure(
        name="an account of no subscription",
        edits=(
            (
                "        kind: blob\n        backed_up: true\n",
                "        kind: existing_blob\n        account_id: /subscriptions/------------------------------------/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/opendata01\n        container: corpus\n",
            ),
            (
                "    backup:\n      rpo_hours: 36\n      every_hours: 24\n      geo_redundant: true\n      assumed_backup_hours: 6\n",
                "",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:24: storage.datasets.account_id
  "/subscriptions/------------------------------------/resour… isn't written as it has to be
  given: "/subscriptions/------------------------------------/resour…
  allowed here: the resource id of a storage account, as /subscriptions/GUID/resourceGroups/GROUP/providers/Microsoft.Storage/storageAccounts/NAME
  mend: copy the id that `az storage account show --query id` prints
""",
    ),
)
"""What one field shows."""
