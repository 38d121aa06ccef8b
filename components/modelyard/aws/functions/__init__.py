"""Programs that run in AWS Lambda: one file each, on the standard library and boto3, as the runtime has
them.
"""
