#!/usr/bin/env bash
# Judges the stacks of a pull request beside those of its base. The checkout is the merge that GitHub would make,
# whose first parent is the base: `fetch-depth: 2` brings both.
set -euo pipefail
base="$RUNNER_TEMP/modelyard-base"
report="$RUNNER_TEMP/modelyard-report"
rm -rf "$report" "$base"
git worktree prune
git worktree add --quiet --detach "$base" 'HEAD^1' || {
  echo "::error::there is no base to compare with: check out with fetch-depth: 2, on pull_request" >&2
  exit 3
}
arguments=(--base "$base" --output "$report" --fail-on "$FAIL_ON")
if [ "$FAIL_ON_UNKNOWN" = true ]; then arguments+=(--fail-on-unknown); fi
if [ -n "$ANSWERS" ]; then arguments+=(--answers "$ANSWERS"); fi
named=()
while IFS= read -r stack; do
  stack="${stack#"${stack%%[![:space:]]*}"}"
  stack="${stack%"${stack##*[![:space:]]}"}"
  if [ -n "$stack" ]; then named+=("$stack"); fi
done <<< "$STACKS"
status=0
"$RUNNER_TEMP/modelyard/bin/modelyard" gate check "${arguments[@]}" -- ${named[@]+"${named[@]}"} || status=$?
if [ -f "$report/summary.md" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  cat "$report/summary.md" >> "$GITHUB_STEP_SUMMARY"
fi
if [ -d "$report" ] && [ -n "${GITHUB_OUTPUT:-}" ]; then echo "report=$report" >> "$GITHUB_OUTPUT"; fi
exit "$status"
