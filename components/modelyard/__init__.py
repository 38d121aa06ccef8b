"""modelyard: data centers for training large models, as reusable Pulumi components.

`modelyard.environment` is the specification, `modelyard.catalog` the facts, `modelyard.planning` the
arithmetic, `modelyard.aws` the components, `modelyard.outputs` the contract with launchers.
"""
