"""Mistakes in backups, objectives and operations of an environment on Azure."""

from __future__ import annotations

from malformed_environments_azure import MalformedAzure

BACKUPS = (
    MalformedAzure(
        name="backups of nothing",
        rule="something_is_backed_up",
        edits=(("        backed_up: true\n", ""),),
        said="""\
stacks/Pulumi.dev.yaml:52: backup
  no store says backed_up; a container that exists already is somebody else's to back up
  given: backups of nothing
  allowed here: backups of the environment's own datasets
  mend: set backed_up: true of storage.datasets, or remove backup
""",
    ),
    MalformedAzure(
        name="nothing that backs up",
        rule="something_is_backed_up",
        edits=(
            (
                "    backup:\n      rpo_hours: 36\n      every_hours: 24\n      geo_redundant: true\n      assumed_backup_hours: 6\n",
                "",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:24: storage.datasets.backed_up
  nothing says how the datasets are backed up
  given: true
  allowed here: false, while there is no backup
  mend: add backup with rpo_hours and every_hours, or set backed_up: false
""",
    ),
    MalformedAzure(
        name="backups that stay in their region",
        rule="what_is_backed_up_reaches_the_recovery_region",
        edits=(("      geo_redundant: true\n", ""),),
        said="""\
stacks/Pulumi.dev.yaml:53: backup.geo_redundant
  Azure can't both back up a container and replicate it, so the datasets come to westus with the vault, and only if it is copied
  given: false
  allowed here: true, or storage.datasets without backed_up, which are replicated
  mend: set geo_redundant: true, or backed_up: false and remove backup
""",
    ),
    MalformedAzure(
        name="backups that go elsewhere",
        rule="what_is_backed_up_reaches_the_recovery_region",
        edits=(("recovery: westus", "recovery: westus3"),),
        said="""\
stacks/Pulumi.dev.yaml:14: regions.recovery
  Azure can't both back up a container and replicate it, and copies backups of eastus to westus alone: nothing of the datasets would come to westus3
  given: "westus3"
  allowed here: westus; or storage.datasets without backed_up, which are replicated anywhere
  mend: set recovery: westus and geo_redundant: true, or backed_up: false and remove backup
""",
    ),
    MalformedAzure(
        name="backups that go nowhere",
        rule="what_is_backed_up_reaches_the_recovery_region",
        edits=(
            ("residency: us", "residency: eu"),
            ("primary: eastus\n      recovery: westus", "primary: italynorth\n      recovery: francecentral"),
            ("      geo_redundant: true\n", ""),
            ("instance_type: Standard_ND96isr_H100_v5", "instance_type: Standard_D8ds_v5"),
        ),
        said="""\
stacks/Pulumi.dev.yaml:24: storage.datasets.backed_up
  Azure can't both back up a container and replicate it, and copies no backups of italynorth to another region of the residency: nothing of the datasets would come to francecentral
  given: true
  allowed here: false, with which they are replicated
  mend: set backed_up: false and remove backup, or leave out regions.recovery
""",
    ),
    MalformedAzure(
        name="backups that are gone before the next",
        rule="retention_outlives_the_interval",
        edits=(("every_hours: 24", "every_hours: 24\n      retention_days: 1"),),
        said="""\
stacks/Pulumi.dev.yaml:56: backup.retention_days
  a backup would be gone before the next, which may take 30 hours
  given: 1
  allowed here: 2 or more with this schedule
  mend: set retention_days: 2, or more
""",
    ),
    MalformedAzure(
        name="soft delete for a week",
        rule="soft_delete_is_long_enough",
        edits=(("every_hours: 24", "every_hours: 24\n      soft_delete_days: 7"),),
        said="""\
stacks/Pulumi.dev.yaml:56: backup.soft_delete_days
  Azure Backup keeps what is deleted for 14 days at least, or not at all
  given: 7
  allowed here: 0, or a whole number from 14 to 180
  mend: set soft_delete_days: 14
""",
    ),
    MalformedAzure(
        name="a vault locked for good without soft delete",
        rule="soft_delete_is_long_enough",
        edits=(
            (
                "every_hours: 24",
                "every_hours: 24\n      soft_delete_days: 0\n      lock:\n        mode: compliance",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:56: backup.soft_delete_days
  with lock.mode: compliance soft delete is always on
  given: 0
  allowed here: a whole number from 14 to 180
  mend: remove soft_delete_days
""",
    ),
    MalformedAzure(
        name="a copy that isn't made",
        rule="copies_need_a_geo_redundant_vault",
        edits=(
            ("      recovery: westus\n", ""),
            ("    recovery:\n      network:\n        cidr: 10.80.0.0/20\n", ""),
            ("        recovery_vcpus: 384\n", ""),
            ("geo_redundant: true", "assumed_copy_hours: 6"),
        ),
        said="""\
stacks/Pulumi.dev.yaml:51: backup.assumed_copy_hours
  no backup is copied to the paired region
  given: 6
  allowed here: nothing, while geo_redundant is false
  mend: remove it, or set geo_redundant: true
""",
    ),
    MalformedAzure(
        name="backups that leave the residency",
        rule="geo_redundancy_stays_within_the_residency",
        edits=(
            ("residency: us", "residency: sg"),
            ("primary: eastus\n", "primary: southeastasia\n"),
            ("      recovery: westus\n", ""),
            ("    recovery:\n      network:\n        cidr: 10.80.0.0/20\n", ""),
            ("        recovery_vcpus: 384\n", ""),
            ("instance_type: Standard_ND96isr_H100_v5", "instance_type: Standard_D8ds_v5"),
        ),
        said="""\
stacks/Pulumi.dev.yaml:51: backup.geo_redundant
  Azure would copy the backups of southeastasia to eastasia (Hong Kong), outside the residency
  given: true
  allowed here: false
  mend: remove geo_redundant
""",
    ),
    MalformedAzure(
        name="backups of a region without a pair",
        rule="geo_redundancy_stays_within_the_residency",
        edits=(
            ("residency: us", "residency: eu"),
            ("primary: eastus\n", "primary: italynorth\n"),
            ("      recovery: westus\n", ""),
            ("    recovery:\n      network:\n        cidr: 10.80.0.0/20\n", ""),
            ("        recovery_vcpus: 384\n", ""),
            ("instance_type: Standard_ND96isr_H100_v5", "instance_type: Standard_D8ds_v5"),
        ),
        said="""\
stacks/Pulumi.dev.yaml:51: backup.geo_redundant
  Azure would copy the backups of italynorth to nowhere: it has no pair
  given: true
  allowed here: false
  mend: remove geo_redundant
""",
    ),
    MalformedAzure(
        name="backups that lose more than they may",
        rule="backups_meet_their_targets",
        edits=(("rpo_hours: 36", "rpo_hours: 24"),),
        said="""\
stacks/Pulumi.dev.yaml:54: backup.rpo_hours
  at worst 30 h of changes are lost with something in the region: 24 h interval between backups + 6 h backup
  given: 24
  allowed here: 30 or more, as it stands
  mend: set rpo_hours: 30
""",
    ),
    MalformedAzure(
        name="weekly backups for a target of days",
        rule="backups_meet_their_targets",
        edits=(("every_hours: 24", "every_hours: 168"),),
        said="""\
stacks/Pulumi.dev.yaml:54: backup.rpo_hours
  at worst 174 h of changes are lost with something in the region: 168 h interval between backups + 6 h backup
  given: 36
  allowed here: 174 or more, as it stands
  mend: set rpo_hours: 174, or every_hours: 24
""",
    ),
    MalformedAzure(
        name="a restore that takes too long",
        rule="backups_meet_their_targets",
        edits=(("every_hours: 24", "every_hours: 24\n      rto_hours: 4\n      assumed_restore_hours: 6"),),
        said="""\
stacks/Pulumi.dev.yaml:56: backup.rto_hours
  at worst it takes 6 h until what was lost with something in the region is back: 6 h restore
  given: 4
  allowed here: 6 or more, as it stands
  mend: set rto_hours: 6
""",
    ),
    MalformedAzure(
        name="training that loses more than it may",
        rule="training_meets_its_targets",
        edits=(
            (
                "        cidr: 10.80.0.0/20\n",
                "        cidr: 10.80.0.0/20\n      assumed_replication_minutes: 30\n",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:62: training.rpo_minutes
  at worst 1 h 10 min of training are lost with the region: 30 min interval between checkpoints + 10 min upload of a checkpoint + 30 min replication to the recovery region
  given: 60
  allowed here: 70 or more, as it stands
  mend: set rpo_minutes: 70, or checkpoint_every_minutes: 20 or less
""",
    ),
    MalformedAzure(
        name="training that goes on too late",
        rule="training_meets_its_targets",
        edits=(
            (
                "rpo_minutes: 60",
                "rto_minutes: 60\n      assumed_capacity_minutes: 55\n      assumed_start_minutes: 15",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:61: training.rto_minutes
  at worst it takes 1 h 10 min until training goes on after the loss of something in the region: 55 min machines + 15 min start of the job
  given: 60
  allowed here: 70 or more, as it stands
  mend: set rto_minutes: 70
""",
    ),
    MalformedAzure(
        name="alerts out of order",
        rule="alerts_are_ascending",
        edits=(
            ("      monthly_usd: 2000\n", "      monthly_usd: 2000\n      alert_percents: [100, 80, 80]\n"),
        ),
        said="""\
stacks/Pulumi.dev.yaml:66: budget.alert_percents
  the percentages aren't ascending, or one stands there twice
  given: [100, 80, 80]
  allowed here: each percentage once, the lowest first
  mend: set alert_percents: [80, 100]
""",
    ),
    MalformedAzure(
        name="who pays twice",
        rule="budget_addresses_are_named_once",
        edits=(("[ml-platform@example.com]", "[ml-platform@example.com, ml-platform@example.com]"),),
        said="""\
stacks/Pulumi.dev.yaml:67: budget.alert_emails[1]
  ml-platform@example.com is named already
  given: "ml-platform@example.com"
  allowed here: each address once
  mend: remove one of the two
""",
    ),
    MalformedAzure(
        name="who is woken twice",
        rule="alarm_addresses_are_named_once",
        edits=(("[ml-on-call@example.com]", "[ml-on-call@example.com, ml-on-call@example.com]"),),
        said="""\
stacks/Pulumi.dev.yaml:63: monitoring.alarm_emails[1]
  ml-on-call@example.com is named already
  given: "ml-on-call@example.com"
  allowed here: each address once
  mend: remove one of the two
""",
    ),
    MalformedAzure(
        name="a plan twice",
        rule="plans_are_named_once",
        edits=(
            (
                "alarm_emails: [ml-on-call@example.com]",
                "defender_plans: [containers, key_vaults, containers]",
            ),
        ),
        said="""\
stacks/Pulumi.dev.yaml:63: monitoring.defender_plans[2]
  containers is named already
  given: "containers"
  allowed here: each plan once
  mend: remove one of the two
""",
    ),
)
