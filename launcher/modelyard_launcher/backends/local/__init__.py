"""The local backend: every node of a job is a process on this machine."""
