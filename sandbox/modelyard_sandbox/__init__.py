"""The local stand-in for the cloud: a moto server of its own, and an environment realised in it by boto3.

`modelyard_sandbox.sandbox.Sandbox` starts, finds and stops the server; `modelyard_sandbox.environments`
brings an environment up in it and takes it down to nothing; `modelyard_sandbox.aws` holds one handler for
each resource type; `modelyard_sandbox.gaps.NOT_CHECKED` says what the stand-in lets pass that the cloud
would not.
"""
