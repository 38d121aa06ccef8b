"""The program of every stack: one data center, or what an account has once, as the stack says."""

import pulumi

from modelyard.aws.stack import stack_account, stack_environment

account = stack_account()
if account is None:
    from modelyard.aws.data_center import DataCenter, account_provider

    environment = stack_environment()
    center = DataCenter(
        environment.name, environment, pulumi.ResourceOptions(provider=account_provider(environment))
    )
    pulumi.export("launch_target", center.launch_target)
    pulumi.export("pool_generations", center.pool_generations)
else:
    from modelyard.aws.account import Account, provider_of

    pulumi.export("settings", Account(account.name, account, provider_of(account)).settings)
