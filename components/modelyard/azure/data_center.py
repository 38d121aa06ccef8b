"""A whole data center on Azure from one environment."""

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.center.operations import defend, limit, monitor
from modelyard.azure.center.protection import back_up, replicate
from modelyard.azure.center.region import Region
from modelyard.azure.center.setting import Setting
from modelyard.azure.component import AzureComponent
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.wiring.tokens import AZURE, token


def subscription_provider(environment: AzureEnvironment) -> azure_native.Provider:
    """The provider of an environment: its subscription and tenant alone, whoever's credentials these are."""
    return azure_native.Provider(
        environment.name,
        subscription_id=environment.subscription_id,
        tenant_id=environment.tenant_id,
        location=environment.regions.primary,
    )


class DataCenter(AzureComponent):
    """Keys, network, stores, workspace with its clusters, backup, monitoring and budget of one environment.

    With a recovery region all of it but backups stands there as well, with clusters at zero nodes, and what
    is written is copied. In production what holds data is protected from deletion.

    Publishes `launch_target`, what a launcher needs to know: as an output, and in a deployment in the
    resource group of each region, so that who launches needs no access to the state.
    """

    launch_target: pulumi.Output[str]
    """The target as JSON (schema modelyard.target/1)."""

    recovery_launch_target: pulumi.Output[str | None]
    """The target in the recovery region; none without one."""

    def __init__(
        self, name: str, environment: AzureEnvironment, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token(AZURE, "DataCenter"), name, {}, opts)
        setting = Setting(name, environment, self)
        primary = Region(setting, setting.primary)
        regions, recovery, replication = [primary], None, None
        if setting.recovery is not None:
            images = primary.cluster if setting.replicates_registry else None
            recovery = Region(setting, setting.recovery, images)
            regions.append(recovery)
            replication = replicate(setting, primary, recovery)
        backup = None
        if environment.backup is not None:
            backup = back_up(setting, environment.backup, primary, recovery)
        alarms = [monitor(setting, region, backup, replication) for region in regions]
        if environment.budget is not None:
            limit(setting, environment.budget, regions, alarms[0])
        defend(setting)
        self.launch_target = primary.launch_target
        self.recovery_launch_target = (
            regions[1].launch_target if len(regions) > 1 else pulumi.Output.from_input(None)
        )
        self.register_outputs(
            {"launchTarget": self.launch_target, "recoveryLaunchTarget": self.recovery_launch_target}
        )
