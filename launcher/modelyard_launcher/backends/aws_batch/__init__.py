"""The backend AWS Batch: single-node jobs, multi-node parallel jobs, and arrays of variants."""
