#!/bin/sh
# lifeline: the first process of a job's container on somebody's machine. The entrypoint says what it needs.
command -v python3 >/dev/null || exec "$2/run"
exec python3 -I -S "${0%/*}/lifeline.py" "$1" "$2"
