"""The program of every environment: one data center, built from the stack's environment."""

import pulumi

from modelyard.aws.data_center import DataCenter, account_provider
from modelyard.aws.stack import stack_environment

environment = stack_environment()
center = DataCenter(
    environment.name, environment, pulumi.ResourceOptions(provider=account_provider(environment))
)
pulumi.export("launch_target", center.launch_target)
