#!/bin/sh
# Installs the CloudWatch agent from Amazon Linux's own repository, and starts it. Run again until it works.
set -eu
root=${MODELYARD_ROOT:-}
ctl=$root/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
configure() { "$ctl" -a "$1" -m ec2 -s -c "file:$root/etc/modelyard/$2"; }
[ -x "$ctl" ] || dnf -y --disablerepo='*' --enablerepo=amazonlinux install amazon-cloudwatch-agent
configure fetch-config agent.json
# Agents before 1.300068.0 don't know EFA: they go on without.
[ ! -e "$root/etc/modelyard/agent-efa.json" ] || configure append-config agent-efa.json ||
    configure fetch-config agent.json
