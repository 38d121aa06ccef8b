"""Reports as GitHub shows them: one comment on a pull request, and the summary of a workflow's step."""
