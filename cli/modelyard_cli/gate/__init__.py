"""The pull-request gate: what the privileged job does with the report of an unprivileged one.

The report comes from a run of the pull request's own code, so nothing in it is trusted: it is read as data,
with limits, and the comment is written here from it. Which pull request it belongs to is asked of GitHub.
"""
