"""modelyard: data centers for training large models, as reusable Pulumi components.

`modelyard.environment` is the specification, `modelyard.catalog` the facts, `modelyard.planning` the
arithmetic, `modelyard.aws` and `modelyard.azure` the components, `modelyard.wiring` what they share,
`modelyard.outputs` the contract with launchers.
"""
