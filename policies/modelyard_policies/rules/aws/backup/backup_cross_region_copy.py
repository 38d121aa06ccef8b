"""Where a recovery region is in use, backups are copied to another region.

A region is in use for recovery if a stack keeps replicas of keys there, or replicates buckets, images or file
systems to it. One rule of a plan that copies is enough, as all rules of a plan back up the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.arns import region_of
from modelyard_policies.aws.recovery import EVIDENCE, recovery_regions
from modelyard_policies.aws.types import BACKUP_PLAN, BACKUP_VAULT, LOGICALLY_AIR_GAPPED_VAULT
from modelyard_policies.errors import Unread
from modelyard_policies.reading import Block, Failure, GraphView, Resource, some
from modelyard_policies.rule import Rule, Severity

VAULTS = (BACKUP_VAULT, LOGICALLY_AIR_GAPPED_VAULT)

RULE = Rule(
    id="backup-cross-region-copy",
    code="BK3",
    title="Backups are copied to another region where a recovery region is in use",
    severity=Severity.MEDIUM,
    resources=(BACKUP_PLAN,),
    reads=(*VAULTS, *EVIDENCE),
    why="When the region is lost its backups are lost with it, and the recovery region comes up empty.",
    mend="Give a rule of the plan copyActions with the ARN of a vault in the recovery region.",
    snippet="""\
primary = aws.kms.Key("backups", multi_region=True, enable_key_rotation=True)
replica = aws.kms.ReplicaKey("backups", primary_key_arn=primary.arn, region="eu-central-1")
copies = aws.backup.Vault("copies", kms_key_arn=replica.arn, region="eu-central-1")
aws.backup.Plan(
    "daily",
    rules=[
        {
            "rule_name": "daily",
            "target_vault_name": vault.name,
            "schedule": "cron(0 5 ? * * *)",
            "lifecycle": {"delete_after": 35},
            "copy_actions": [{"destination_vault_arn": copies.arn, "lifecycle": {"delete_after": 35}}],
        }
    ],
)
""",
    maps_to={},
)


@RULE.applies
def could_be_copied(plan: Resource, graph: GraphView) -> bool:
    """Whether another region is in use for recovery."""
    return bool(recovery_regions(plan, graph))


@RULE.check
def a_copy_leaves_the_region(plan: Resource, graph: GraphView) -> Iterator[Failure]:
    """Look at every copy action of every rule."""

    def rule_copies(rule: Block) -> bool:
        return some(rule.list("copyActions"), lambda copy: _leaves(plan, rule, copy, graph))

    if not some(plan.list("rules"), rule_copies):
        yield plan.failure("rules", "no rule copies backups to another region")


def _leaves(plan: Resource, rule: Block, copy: Block, graph: GraphView) -> bool:
    named = region_of(copy.raw("destinationVaultArn"))
    if named:
        return named != plan.region
    found = graph.candidates(copy, "destinationVaultArn", VAULTS)
    target = [vault for vault in graph.candidates(rule, "targetVaultName", VAULTS) if _is_beside(vault, plan)]
    if len(target) == 1:
        # Backups are made in the plan's region, into this one: the copy goes to another.
        found = [vault for vault in found if vault is not target[0]]
    answers = {vault.region != plan.region for vault in found}
    if len(answers) != 1:
        raise Unread(copy.node.urn, copy.path_of("destinationVaultArn"), "which vault it is isn't known")
    return answers.pop()


def _is_beside(vault: Resource, plan: Resource) -> bool:
    return vault.node.region is not None and vault.node.region == plan.node.region
