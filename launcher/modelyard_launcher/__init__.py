"""Submits training containers to what was provisioned, and sees them through.

    job YAML ────────┐
                     ├──> Plan (modelyard.plan/1) ──> backend ──> RunRecord (modelyard.run/1)
    target, or YAML ─┘

A plan can be printed; the record lies in the checkpoint store, with the logs and metrics of every rank.

Nothing here imports pulumi; boto3 is imported when a store on S3 is first used.
"""
