from __future__ import annotations

import stat

from nodes import Node

MANY = " ".join(f"/dev/nvme{number}n1" for number in range(1, 9))


def test_many_disks_are_striped_for_docker_and_scratch(node: Node):
    node.has_disks(8)
    assert node.boot() == ["modelyard: Docker and scratch are on /dev/md0, of 8 local disks"]
    assert node.calls("mdadm", "mkfs.xfs", "mount") == [
        f"mdadm --assemble /dev/md0 {MANY}",
        f"mdadm --create /dev/md0 --run --level=0 --raid-devices=8 {MANY}",
        "mkfs.xfs -q -f -L modelyard /dev/md0",
        "mount -o noatime /dev/md0 /mnt/instance-store",
        "mount --bind /mnt/instance-store/docker /var/lib/docker",
        "mount --bind /mnt/instance-store/scratch /scratch",
    ]


def test_one_disk_is_used_as_it_is(node: Node):
    node.has_disks(1)
    assert node.boot() == ["modelyard: Docker and scratch are on /dev/nvme1n1, of 1 local disks"]
    assert node.calls("mdadm") == []
    assert node.calls("mkfs.xfs") == ["mkfs.xfs -q -f -L modelyard /dev/nvme1n1"]
    assert node.mounts == ["/mnt/instance-store", "/var/lib/docker", "/scratch"]


def test_without_disks_scratch_is_on_the_root_volume(node: Node):
    assert node.boot() == ["modelyard: no disks of its own: Docker and scratch are on the root volume"]
    assert node.calls("mdadm", "mkfs.xfs", "mount") == []
    assert stat.S_IMODE((node.root / "scratch").stat().st_mode) == 0o1777


def test_a_reboot_finds_what_the_first_boot_made_and_formats_nothing(node: Node):
    node.has_disks(8)
    node.boot()
    node.has("label", "/dev/nvme1n1 ip-10-0-0-1:0\n/dev/md127 modelyard\n")
    assert node.boot() == []
    assert node.calls("mdadm", "mkfs.xfs") == []
    assert node.calls("mount")[0] == "mount -o noatime /dev/md127 /mnt/instance-store"
    assert len(node.mounts) == 3


def test_an_array_that_was_not_formatted_yet_is_assembled_and_formatted(node: Node):
    node.has_disks(8)
    node.has("array")
    node.boot()
    assert node.calls("mdadm") == [f"mdadm --assemble /dev/md0 {MANY}"]
    assert node.calls("mkfs.xfs") == ["mkfs.xfs -q -f -L modelyard /dev/md0"]


def test_disks_that_a_stop_emptied_are_made_anew(node: Node):
    node.has_disks(8)
    node.boot()
    for name in ("label", "array"):
        (node.state / name).unlink()
    assert node.boot() == ["modelyard: Docker and scratch are on /dev/md0, of 8 local disks"]
    assert len(node.calls("mkfs.xfs")) == 1


def test_a_second_run_in_one_boot_changes_nothing(node: Node):
    node.has_disks(8)
    node.boot()
    mounts = node.mounts
    node.run(node.parts["text/cloud-boothook"])
    assert node.calls("mdadm", "mkfs.xfs", "mount") == []
    assert node.mounts == mounts


def test_what_the_image_has_for_docker_moves_along_once(node: Node):
    image = node.root / "var/lib/docker/image.tar"
    image.write_text("of the image")
    node.has_disks(2)
    node.boot()
    kept = node.root / "mnt/instance-store/docker/image.tar"
    assert kept.read_text() == "of the image"
    kept.write_text("changed by Docker")
    node.boot()
    assert kept.read_text() == "changed by Docker"


def test_a_docker_that_runs_already_is_stopped_for_it(node: Node):
    node.has_disks(2)
    node.has("docker-runs")
    node.boot()
    order = [line for line in node.calls("systemctl", "mount") if "is-active" not in line]
    assert order == [
        "mount -o noatime /dev/md0 /mnt/instance-store",
        "systemctl stop docker.socket docker",
        "mount --bind /mnt/instance-store/docker /var/lib/docker",
        "mount --bind /mnt/instance-store/scratch /scratch",
        "systemctl start --no-block docker",
    ]


def test_mdadm_is_installed_where_the_image_lacks_it(node: Node):
    node.has_disks(2)
    (node.programs / "mdadm").rename(node.state / "mdadm")
    node.put("dnf", 'cp "$STATE/mdadm" "$(dirname "$0")/mdadm"')
    (node.programs / "dirname").symlink_to("/usr/bin/dirname")
    assert node.boot() == ["modelyard: Docker and scratch are on /dev/md0, of 2 local disks"]
    assert node.calls("dnf") == ["dnf -y install mdadm"]


def test_without_mdadm_one_disk_is_used_and_it_is_said(node: Node):
    node.has_disks(2)
    (node.programs / "mdadm").unlink()
    node.has("no-packages")
    assert set(node.boot()) == {
        "modelyard: mdadm can't be had: of 2 disks one is used",
        "modelyard: Docker and scratch are on /dev/nvme1n1, of 2 local disks",
    }
    assert len(node.mounts) == 3


def test_an_array_that_can_not_be_made_leaves_everything_on_the_root_volume(node: Node):
    node.has_disks(2)
    node.has("no-array")
    node.boot()
    assert node.calls("mkfs.xfs", "mount") == []
    assert (node.root / "scratch").is_dir()


def test_containers_on_a_bridge_are_kept_from_the_metadata_service_at_every_boot(node: Node):
    rule = "PREROUTING -i docker+ -d 169.254.169.254/32 -j DROP"
    for _ in range(2):
        node.boot()
        assert node.calls("iptables") == [
            f"iptables -w -t raw -C {rule}",
            f"iptables -w -t raw -I {rule}",
        ]
    node.run(node.parts["text/cloud-boothook"])
    assert node.calls("iptables") == [f"iptables -w -t raw -C {rule}"]


def test_a_packet_filter_that_fails_is_said_and_stops_no_boot(node: Node):
    node.has("no-rules")
    assert node.boot()[-1] == (
        "modelyard: containers on a bridge aren't kept from the metadata service by iptables"
    )
    assert (node.root / "run/modelyard/notices").is_dir()
