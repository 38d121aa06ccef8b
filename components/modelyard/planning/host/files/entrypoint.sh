#!/bin/sh
# run: the first process of a training container. It does one thing: `fetch`, beside it, gets the runtime that
# MODELYARD_RUNTIME names, and becomes it.
fail() { echo "modelyard: $1" >&2; exit 2; }
[ "${MODELYARD_RUNTIME:-}" ] || fail "MODELYARD_RUNTIME isn't set: submit jobs by modelyard"
command -v python3 >/dev/null || fail "the image has no python3: 3.9 or newer is needed"
exec python3 -I "${0%/*}/fetch"
