"""What a training container shares with modelyard: its contract with whoever starts it, its stores,
checkpoints and metrics, and the meeting of its processes.

It stands alone, so that an image copies this package and nothing else of modelyard. Importing it needs the
standard library only; numpy, boto3, azure-storage-blob, jax and keras are imported by the module or call that
needs them.
"""
