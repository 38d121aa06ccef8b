"""The program of every stack: one data center, or what an account has once, as the stack says."""

import pulumi

from modelyard.environment.only import is_aws
from modelyard.wiring.stack import stack_account, stack_environment

account = stack_account()
if account is not None:
    from modelyard.aws.account import Account, provider_of

    pulumi.export("settings", Account(account.name, account, provider_of(account)).settings)
elif is_aws(environment := stack_environment()):
    from modelyard.aws.data_center import DataCenter, account_provider

    center = DataCenter(
        environment.name, environment, pulumi.ResourceOptions(provider=account_provider(environment))
    )
    pulumi.export("launch_target", center.launch_target)
    pulumi.export("pool_generations", center.pool_generations)
else:
    from modelyard.azure.data_center import DataCenter as AzureDataCenter
    from modelyard.azure.data_center import subscription_provider

    azure_center = AzureDataCenter(
        environment.name, environment, pulumi.ResourceOptions(provider=subscription_provider(environment))
    )
    pulumi.export("launch_target", azure_center.launch_target)
