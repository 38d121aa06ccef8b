#!/bin/sh
# run COMMAND [ARGUMENT...]: the first process of a training container on AWS Batch.
#
# It gives COMMAND the job contract's variables, as far as the job definition hasn't set them, and passes on
# SIGTERM. Once the host says that the job has to leave (notice.json with "leave": true), COMMAND gets SIGTERM
# as well: a request to save and to exit. MODELYARD_GRACE_SECONDS later it gets SIGKILL. The exit code is
# COMMAND's. Only what every image has is used: a POSIX shell; setsid, to reach all that COMMAND started, if
# it is there.
set -u
fail() { echo "modelyard: $1" >&2; exit 2; }
[ $# -gt 0 ] || fail "the entrypoint takes the command to run, as: run python train.py"

# The address of this task among the host's names: not the loopback's.
own_address() {
    read -r name </proc/sys/kernel/hostname
    while read -r address names; do
        case "$address/ $names " in 127.*|*:*/*) ;; *" $name "*) echo "$address" && return ;; esac
    done <"${MODELYARD_ROOT:-}/etc/hosts"
}
count() {
    number=0
    for device in "$@"; do [ ! -e "$device" ] || number=$((number + 1)); done
    echo "$number"
}

: "${NUM_NODES:=${AWS_BATCH_JOB_NUM_NODES:-1}}"
: "${NODE_RANK:=${AWS_BATCH_JOB_NODE_INDEX:-0}}"
: "${MASTER_ADDR:=${AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS:-$(own_address)}}"
[ "$NUM_NODES" != 1 ] || : "${MASTER_ADDR:=127.0.0.1}"
[ -n "$MASTER_ADDR" ] || fail "the main node finds no address of its own: set MASTER_ADDR"
: "${MASTER_PORT:=29500}"
: "${GPUS_PER_NODE:=$(count /dev/nvidia[0-9]* /dev/neuron[0-9]*)}"
: "${MODELYARD_ATTEMPT:=${AWS_BATCH_JOB_ATTEMPT:-1}}"
: "${MODELYARD_METRICS:=/tmp/metrics.jsonl}"
export NUM_NODES NODE_RANK MASTER_ADDR MASTER_PORT GPUS_PER_NODE MODELYARD_ATTEMPT MODELYARD_METRICS
if [ "${MODELYARD_DISTRIBUTION:-}" = torchrun ]; then
    export RANK="$NODE_RANK" LOCAL_RANK=0 WORLD_SIZE="$NUM_NODES"
fi

notice=${MODELYARD_NOTICES:-/run/modelyard/notices}/notice.json
grace=${MODELYARD_GRACE_SECONDS:-100}
if command -v setsid >/dev/null; then
    setsid "$@" &
    child=$! group=-$child
else
    "$@" &
    child=$! group=$child
fi

asked=
# shellcheck disable=SC2329
ask() {
    [ -z "$asked" ] || return 0
    asked=yes
    echo "modelyard: $1: the job is asked to save and to exit, and has $grace seconds for it" >&2
    kill -s TERM -- "$group" 2>/dev/null || kill -s TERM "$child"
    (
        left=$grace
        while [ "$left" -gt 0 ]; do sleep 1; left=$((left - 1)); done
        kill -s KILL -- "$group"
    ) >/dev/null 2>&1 &
    killer=$!
}
killer=
trap 'ask "SIGTERM"' TERM INT
trap 'ask "this machine will be taken back"' USR1
(
    while :; do
        line=
        [ ! -r "$notice" ] || read -r line <"$notice" || :
        case $line in *'"leave": true'*) kill -s USR1 $$; exit ;; esac
        sleep 1
    done
) >/dev/null 2>&1 &
watcher=$!

while :; do
    wait "$child"
    code=$?
    kill -s 0 "$child" 2>/dev/null || break
done
# A signal may have ended the last wait: then the code is the signal's, and COMMAND's is still to be had.
wait "$child" 2>/dev/null
last=$?
[ "$last" = 127 ] || code=$last
# shellcheck disable=SC2086
kill $watcher $killer 2>/dev/null
exit "$code"
