"""Mistakes that one field of an environment on Azure shows."""

from __future__ import annotations

from malformed_environments_azure import MalformedAzure

FIELDS = (
    MalformedAzure(
        name="another cloud by half its name",
        edits=(("cloud: azure", "cloud: azur"),),
        said="""\
stacks/Pulumi.dev.yaml:3: cloud
  "azur" is none of the choices
  given: "azur"
  allowed here: aws, azure
  mend: did you mean azure?
""",
    ),
    MalformedAzure(
        name="a field that is missing",
        edits=(("    tenant_id: 6f2a9c17-0b5d-4c38-8e7a-914d3b6c5f20\n", ""),),
        said="""\
stacks/Pulumi.dev.yaml:2: tenant_id
  tenant_id is missing: id of the Microsoft Entra tenant that the subscription trusts
  given: nothing
  allowed here: a GUID in small letters, as 8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f
  mend: write what `az account show --query tenantId` prints
""",
    ),
    MalformedAzure(
        name="a subscription by its name",
        edits=(("subscription_id: 9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834", "subscription_id: Training"),),
        said="""\
stacks/Pulumi.dev.yaml:10: subscription_id
  "Training" isn't written as it has to be
  given: "Training"
  allowed here: a GUID in small letters, as 8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f
  mend: write what `az account show --query id` prints
""",
    ),
    MalformedAzure(
        name="a region as the portal shows it",
        edits=(("primary: eastus", "primary: East US"),),
        said="""\
stacks/Pulumi.dev.yaml:13: regions.primary
  "East US" isn't written as it has to be
  given: "East US"
  allowed here: the name of an Azure region, as westeurope
  mend: write it in small letters and without blanks, as westeurope for West Europe
""",
    ),
    MalformedAzure(
        name="a size without its first word",
        edits=(("instance_type: Standard_NC4as_T4_v3", "instance_type: NC4as_T4_v3"),),
        said="""\
stacks/Pulumi.dev.yaml:36: compute[1].instance_type
  "NC4as_T4_v3" isn't written as it has to be
  given: "NC4as_T4_v3"
  allowed here: the name of a size of Azure's machines, as Standard_ND96isr_H100_v5
  mend: write a size by its whole name, as Standard_ND96isr_H100_v5
""",
    ),
    MalformedAzure(
        name="a host by its address",
        edits=(("[api.wandb.ai]", "[https://api.wandb.ai/login]"),),
        said="""\
stacks/Pulumi.dev.yaml:18: network.allowed_domains[0]
  "https://api.wandb.ai/login" isn't written as it has to be
  given: "https://api.wandb.ai/login"
  allowed here: a host's name in small letters, as huggingface.co, or *.hf.co for all below it
  mend: write the name alone, without https:// and without a path
""",
    ),
    MalformedAzure(
        name="a range without a length",
        edits=(("cidr: 10.64.0.0/20", "cidr: 10.64.0.0"),),
        said="""\
stacks/Pulumi.dev.yaml:16: network.cidr
  "10.64.0.0" isn't written as it has to be
  given: "10.64.0.0"
  allowed here: a private IPv4 range between /16 and /24, as 10.32.0.0/16
  mend: write an address, a slash and a length, as 10.32.0.0/16
""",
    ),
    MalformedAzure(
        name="backups twice a day",
        edits=(("every_hours: 24", "every_hours: 12"),),
        said="""\
stacks/Pulumi.dev.yaml:55: backup.every_hours
  12 is none of the choices
  given: 12
  allowed here: 24, 168
  mend: choose one of these; the nearest is 24
""",
    ),
    MalformedAzure(
        name="flow logs for two years",
        edits=(("egress: firewall", "egress: firewall\n      flow_log_retention_days: 730"),),
        said="""\
stacks/Pulumi.dev.yaml:18: network.flow_log_retention_days
  730 is too large
  given: 730
  allowed here: a whole number from 1 to 365
  mend: set flow_log_retention_days to a value from 1 to 365
""",
    ),
    MalformedAzure(
        name="logs for a week",
        edits=(("alarm_emails: [ml-on-call@example.com]", "log_retention_days: 7"),),
        said="""\
stacks/Pulumi.dev.yaml:63: monitoring.log_retention_days
  7 is too small
  given: 7
  allowed here: a whole number from 30 to 730
  mend: set log_retention_days to a value from 30 to 730
""",
    ),
    MalformedAzure(
        name="a lag that Azure doesn't count in",
        edits=(("alarm_emails: [ml-on-call@example.com]", "replication_lag_minutes: 20"),),
        said="""\
stacks/Pulumi.dev.yaml:63: monitoring.replication_lag_minutes
  20 is none of the choices
  given: 20
  allowed here: 5, 10, 15, 30, 120, 480, 1440
  mend: choose one of these; the nearest is 15
""",
    ),
    MalformedAzure(
        name="a plan that Defender doesn't have",
        edits=(("alarm_emails: [ml-on-call@example.com]", "defender_plans: [servers]"),),
        said="""\
stacks/Pulumi.dev.yaml:63: monitoring.defender_plans[0]
  "servers" is none of the choices
  given: "servers"
  allowed here: virtual_machines, storage_accounts, containers, key_vaults
  mend: choose one of these
""",
    ),
    MalformedAzure(
        name="a month without a year",
        edits=(('start_month: "2026-12"', 'start_month: "12"'),),
        said="""\
stacks/Pulumi.dev.yaml:66: budget.start_month
  "12" isn't written as it has to be
  given: "12"
  allowed here: a month in quotes, as "2026-12"
  mend: write the year and the month in quotes, as "2026-12"
""",
    ),
    MalformedAzure(
        name="a month that is a number",
        edits=(('start_month: "2026-12"', "start_month: 202612"),),
        said="""\
stacks/Pulumi.dev.yaml:66: budget.start_month
  202612 isn't text
  given: 202612
  allowed here: a month in quotes, as "2026-12"
  mend: write the year and the month in quotes, as "2026-12"
""",
    ),
    MalformedAzure(
        name="a submitter of another kind",
        edits=(("kind: group", "kind: role"),),
        said="""\
stacks/Pulumi.dev.yaml:49: jobs.submitters[0].kind
  "role" is none of the choices
  given: "role"
  allowed here: user, group, service_principal
  mend: choose one of these
""",
    ),
    MalformedAzure(
        name="a principal by its address",
        edits=(("principal_id: 8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f", "principal_id: somebody@example.com"),),
        said="""\
stacks/Pulumi.dev.yaml:48: jobs.submitters[0].principal_id
  "somebody@example.com" isn't written as it has to be
  given: "somebody@example.com"
  allowed here: a GUID in small letters, as 8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f
  mend: write the object id, which `az ad user show`, `az ad group show` or `az ad sp show` prints as id
""",
    ),
    MalformedAzure(
        name="a guard by its name",
        edits=(("geo_redundant: true", "geo_redundant: true\n      multi_user:\n        guard_id: guard-1"),),
        said="""\
stacks/Pulumi.dev.yaml:58: backup.multi_user.guard_id
  "guard-1" isn't written as it has to be
  given: "guard-1"
  allowed here: the resource id of a resource guard, as /subscriptions/GUID/resourceGroups/GROUP/providers/Microsoft.DataProtection/resourceGuards/NAME
  mend: copy the id that `az dataprotection resource-guard show --query id` prints
""",
    ),
    MalformedAzure(
        name="versions for three years",
        edits=(
            (
                "kind: blob\n        expire",
                "kind: blob\n        noncurrent_retention_days: 1095\n        expire",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:27: storage.checkpoints.noncurrent_retention_days
  1095 is too large
  given: 1095
  allowed here: a whole number from 7 to 365
  mend: set noncurrent_retention_days to a value from 7 to 365
""",
    ),
    MalformedAzure(
        name="a redundancy that isn't one",
        edits=(("kind: blob\n        expire", "kind: blob\n        redundancy: ragrs\n        expire"),),
        said="""\
stacks/Pulumi.dev.yaml:27: storage.checkpoints.redundancy
  "ragrs" is none of the choices
  given: "ragrs"
  allowed here: lrs, zrs, grs, gzrs
  mend: did you mean grs?
""",
    ),
    MalformedAzure(
        name="an existing container by its address",
        edits=(
            (
                "kind: blob\n        backed_up: true",
                "kind: existing_blob\n        account_id: https://opendata01.blob.core.windows.net\n        container: corpus",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:24: storage.datasets.account_id
  "https://opendata01.blob.core.windows.net" isn't written as it has to be
  given: "https://opendata01.blob.core.windows.net"
  allowed here: the resource id of a storage account, as /subscriptions/GUID/resourceGroups/GROUP/providers/Microsoft.Storage/storageAccounts/NAME
  mend: copy the id that `az storage account show --query id` prints
""",
    ),
    MalformedAzure(
        name="a container with an underscore",
        edits=(
            (
                "kind: blob\n        backed_up: true",
                "kind: existing_blob\n        account_id: /subscriptions/9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/opendata01\n        container: open_images",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:25: storage.datasets.container
  "open_images" isn't written as it has to be
  given: "open_images"
  allowed here: the name of a container: 3 to 63 small letters, digits and single dashes
  mend: set container: open-images
""",
    ),
    MalformedAzure(
        name="a generation that no name holds",
        edits=(("name: dev\n", "name: dev\n    generation: 1000\n"),),
        said="""\
stacks/Pulumi.dev.yaml:5: generation
  1000 is too large
  given: 1000
  allowed here: a whole number from 1 to 999
  mend: set generation to a value from 1 to 999
""",
    ),
    MalformedAzure(
        name="keys that change each week",
        edits=(("rotation_days: 180", "rotation_days: 7"),),
        said="""\
stacks/Pulumi.dev.yaml:20: encryption.rotation_days
  7 is too small
  given: 7
  allowed here: a whole number from 28 to 2,560
  mend: set rotation_days to a value from 28 to 2,560
""",
    ),
    MalformedAzure(
        name="a pool without its size",
        edits=(("        instance_type: Standard_NC4as_T4_v3\n", ""),),
        said="""\
stacks/Pulumi.dev.yaml:35: compute[1].instance_type
  instance_type is missing: size of the machines, one that the catalog knows
  given: nothing
  allowed here: the name of a size of Azure's machines, as Standard_ND96isr_H100_v5
  mend: write a size by its whole name, as Standard_ND96isr_H100_v5
""",
    ),
    MalformedAzure(
        name="a lock that isn't one",
        edits=(("geo_redundant: true", "geo_redundant: true\n      lock:\n        mode: locked"),),
        said="""\
stacks/Pulumi.dev.yaml:58: backup.lock.mode
  "locked" is none of the choices
  given: "locked"
  allowed here: governance, compliance
  mend: choose one of these
""",
    ),
    MalformedAzure(
        name="an account as on the other cloud",
        edits=(
            (
                "    subscription_id: 9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834\n",
                '    account_id: "123456789012"\n',
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:2: subscription_id
  subscription_id is missing: id of the subscription
  given: nothing
  allowed here: a GUID in small letters, as 8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f
  mend: write what `az account show --query id` prints
stacks/Pulumi.dev.yaml:10: account_id
  there is no such field on Azure: an environment is in a subscription
  given: "123456789012"
  allowed here: nothing here
  mend: write subscription_id and tenant_id
""",
    ),
    MalformedAzure(
        name="a way out as on the other cloud",
        edits=(("egress: firewall", "egress: endpoints"),),
        said="""\
stacks/Pulumi.dev.yaml:17: network.egress
  endpoints is nothing that Azure has: compute clusters have to reach Azure's services, for some of which there are no endpoints
  given: "endpoints"
  allowed here: nat, firewall
  mend: write firewall, which lets nothing else through
""",
    ),
    MalformedAzure(
        name="a price as on the other cloud",
        edits=(("mode: spot", "mode: spot\n          max_price_percent: 80"),),
        said="""\
stacks/Pulumi.dev.yaml:40: compute[1].capacity.max_price_percent
  there is no such field on Azure: low-priority nodes cost what spot machines cost at the time, without bids
  given: 80
  allowed here: nothing here
  mend: remove it
""",
    ),
)
