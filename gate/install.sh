#!/usr/bin/env bash
# Installs modelyard from the action's own source into an environment of its own.
set -euo pipefail
environment="$RUNNER_TEMP/modelyard"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "::error::modelyard needs Python 3.11 or newer: set it up in a step before this one" >&2
  exit 3
}
python3 -m venv "$environment"
pip=("$environment/bin/python" -m pip install --quiet --disable-pip-version-check)
"${pip[@]}" --constraint "$SOURCE/constraints.txt" "${SOURCE}[${EXTRAS},gate]"
while IFS= read -r file; do
  if [ -n "$file" ]; then "${pip[@]}" --requirement "$file"; fi
done <<< "${REQUIREMENTS:-}"
