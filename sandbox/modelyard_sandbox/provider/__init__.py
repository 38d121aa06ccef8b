"""The sandbox's handlers behind Pulumi's provider protocol, for the real `pulumi` command.

`plugin` is the process that the engine starts, one for each provider of a program; `servicer` answers the
protocol; `checks` and `diffs` hold what can be told without the cloud.
"""
