#!/bin/sh
# Runs as root at every boot, before Docker and the ECS agent start (cloud-boothook): local disks, the block
# of the metadata service, the directory for notices. It never stops a boot: what can't be done is said in
# /var/log/cloud-init-output.log, and the root volume does instead.
set -u
root=${MODELYARD_ROOT:-}
store=$root/mnt/instance-store
label=modelyard
say() { echo "modelyard: $1"; }

# The name of the file system that an earlier boot made; instance store outlives a reboot, but no stop.
made() { lsblk -nrpo NAME,LABEL | awk -v label="$label" '$2 == label { print $1; exit }'; }
disks() { lsblk -dnpo NAME,MODEL | awk '/EC2 NVMe Instance Storage/ { print $1 }'; }

# One device out of DISK...: the disk itself, or all of them striped.
striped() {
    if [ $# -gt 1 ] && { command -v mdadm || dnf -y install mdadm; } >&2; then
        mdadm --assemble /dev/md0 "$@" >&2 ||
            mdadm --create /dev/md0 --run --level=0 --raid-devices=$# "$@" >&2 || return
        udevadm settle
        set -- /dev/md0
    elif [ $# -gt 1 ]; then
        say "mdadm can't be had: of $# disks one is used" >&2
    fi
    echo "$1"
}

mount_store() {
    mountpoint -q "$store" && return
    udevadm settle
    device=$(made)
    if [ -z "$device" ]; then
        # shellcheck disable=SC2046
        set -- $(disks)
        if [ $# -eq 0 ]; then
            say "no disks of its own: Docker and scratch are on the root volume"
            return 1
        fi
        device=$(striped "$@") || return
        [ -n "$(made)" ] || mkfs.xfs -q -f -L "$label" "$device" || return
        say "Docker and scratch are on $device, of $# local disks"
    fi
    mkdir -p "$store" && mount -o noatime "$device" "$store"
}

# DIRECTORY shows NAME of the store, with what the image has in DIRECTORY.
show() {
    mountpoint -q "$1" && return
    mkdir -p "$1"
    [ -d "$store/$2" ] || { mkdir -p "$store/$2" && cp -a "$1/." "$store/$2/"; }
    mount --bind "$store/$2" "$1"
}

mkdir -p "$root/scratch" "$root/run/modelyard/notices"
if mount_store; then
    docker=
    systemctl is-active -q docker && docker=running && systemctl stop docker.socket docker
    show "$root/var/lib/docker" docker
    show "$root/scratch" scratch
    [ -z "$docker" ] || systemctl start --no-block docker
fi
chmod 1777 "$root/scratch"

# First of all tables, so that it holds whatever rules Docker makes.
rule="PREROUTING -i docker+ -d 169.254.169.254/32 -j DROP"
# shellcheck disable=SC2086
iptables -w -t raw -C $rule 2>/dev/null || iptables -w -t raw -I $rule ||
    say "containers on a bridge aren't kept from the metadata service by iptables"
exit 0
