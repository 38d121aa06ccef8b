"""A whole data center from one environment."""

import pulumi
import pulumi_aws as aws

from modelyard.aws.backup import Backup
from modelyard.aws.center.operations import keep_hours, limit, monitor, watch
from modelyard.aws.center.protection import back_up, primary_keys, replica_keys, replicate
from modelyard.aws.center.region import Region
from modelyard.aws.center.setting import Setting
from modelyard.aws.center.supervision import supervise_across
from modelyard.aws.generations import previous_generations
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.wiring.outputs import together
from modelyard.wiring.tokens import AWS, token


def account_provider(environment: AwsEnvironment) -> aws.Provider:
    """The provider of an environment: its region and its account alone, whoever's credentials these are."""
    return aws.Provider(
        environment.name, region=environment.regions.primary, allowed_account_ids=[environment.account_id]
    )


class DataCenter(pulumi.ComponentResource):
    """Keys, network, stores, cluster, backup, monitoring and budget of one environment.

    With a recovery region keys are replicated there, all that is written is copied, and network and cluster
    stand ready at zero nodes. In production what holds data is protected from deletion.

    Publishes `launch_target`, what a launcher needs to know: as an output, and as an object in the checkpoint
    bucket of each region, so that who launches needs no access to the state.
    """

    launch_target: pulumi.Output[str]
    """The target as JSON (schema modelyard.target/1)."""

    recovery_launch_target: pulumi.Output[str | None]
    """The target in the recovery region; none without one."""

    pool_generations: pulumi.Output[dict[str, dict[str, str]]]
    """Which compute environment each pool has, by region and pool. The next `up` reads it from the stack."""

    def __init__(
        self, name: str, environment: AwsEnvironment, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token(AWS, "DataCenter"), name, {}, opts)
        setting = Setting(name, environment, self)
        generations = previous_generations()
        keys = primary_keys(setting)
        primary = Region(setting, setting.primary, keys, generations.get(setting.primary.region, {}))
        recovery: Region | None = None
        if (site := setting.recovery) is not None:
            replicas = replica_keys(setting, site, keys)
            recovery = Region(setting, site, replicas, generations.get(site.region, {}))
            replicate(setting, primary, recovery)
            supervise_across(setting, primary, recovery)
        backup = None
        if environment.backup is not None:
            backup = back_up(setting, environment.backup, keys, primary, recovery)
        regions = [primary, *([recovery] if recovery is not None else [])]
        _operate(setting, regions, backup)
        self.launch_target = primary.launch_target
        self.recovery_launch_target = pulumi.Output.from_input(recovery.launch_target if recovery else None)
        self.pool_generations = together(
            {region.site.region: region.cluster.pool_generations for region in regions}
        )
        self.register_outputs(
            {
                "launchTarget": self.launch_target,
                "recoveryLaunchTarget": self.recovery_launch_target,
                "poolGenerations": self.pool_generations,
            }
        )


def _operate(setting: Setting, regions: list[Region], backup: Backup | None) -> None:
    environment = setting.environment
    closing_topics: dict[str, pulumi.Output[str]] = {}
    monitored = []
    for region in regions:
        monitoring = monitor(setting, region, backup)
        monitored.append(monitoring)
        closing_topics[region.site.region] = watch(setting, region, monitoring).closing_topic_arn
        if environment.working_hours is not None:
            keep_hours(setting, environment.working_hours, region)
    if environment.budget is not None:
        limit(setting, environment.budget, monitored[0], closing_topics)
