"""A cgroup path names the unit and the container of a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from net.platform.linux.cgroups import CgroupFolders, Membership, container, membership, unit

ID = "3f4e5d6c7b8a" + "0123456789abcdef" * 3 + "cafe"


@pytest.mark.parametrize(
    ("path", "service", "box"),
    [
        ("/system.slice/nginx.service", "nginx.service", None),
        ("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", None),
        ("/system.slice/cups.socket", "cups.socket", None),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/app-firefox.scope", "app-firefox.scope", None),
        ("/user.slice/user-1000.slice/session-3.scope", "session-3.scope", None),
        ("/init.scope", "init.scope", None),
        (f"/system.slice/docker-{ID}.scope", None, "3f4e5d6c7b8a"),
        (f"/docker/{ID}", None, "3f4e5d6c7b8a"),
        (f"/docker/{ID}/nested", None, "3f4e5d6c7b8a"),
        (f"/machine.slice/libpod-{ID}.scope/container", None, "3f4e5d6c7b8a"),
        (f"/kubepods.slice/kubepods-pod1.slice/cri-containerd-{ID}.scope", None, "3f4e5d6c7b8a"),
        (f"/kubepods/besteffort/pod1/{ID}", None, "3f4e5d6c7b8a"),
        (f"/../../docker-{ID}.scope", None, "3f4e5d6c7b8a"),
        ("/lxc.payload.web/system.slice/nginx.service", None, "web"),
        ("/lxc/web", None, "web"),
        ("/machine.slice/machine-debian.scope/payload", None, "debian"),
        ("/user.slice", None, None),
        ("/a\u202eb.service", "a⟨U+202E⟩b.service", None),
        ("/lxc/\udcff", None, "⟨0xFF⟩"),
        (f"/docker/{ID[:-1]}", None, None),
        (None, None, None),
    ],
)
def test_unit_and_container_of_a_path(path: str | None, service: str | None, box: str | None) -> None:
    assert (unit(path), container(path)) == (service, box)


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (b"0::/system.slice/nginx.service\n", "/system.slice/nginx.service"),
        (b"2:cpu:/a\n1:name=systemd:/system.slice/x.service\n0::/\n", "/system.slice/x.service"),
        (b"2:cpu:/a\n1:name=systemd:/b\n0::/unified\n", "/unified"),
        (b"4:memory:/process/with/long/path\n3:cpu:/short\n0::/\n", "/process/with/long/path"),
        (b"4:memory:/\n0::/\n", None),
        (b"", None),
        (b"nonsense\n", None),
    ],
)
def test_the_line_that_tells_most_counts(content: bytes, path: str | None) -> None:
    assert membership(content) == Membership(path, unit(path), container(path))


def test_a_socket_names_its_cgroup_by_the_folders_inode(tmp_path: Path) -> None:
    service = tmp_path / "system.slice" / "nginx.service"
    service.mkdir(parents=True)
    folders = CgroupFolders(tmp_path)
    assert folders.path(service.stat().st_ino) is None

    folders.refresh()

    assert folders.path(service.stat().st_ino) == "/system.slice/nginx.service"
    assert folders.path(tmp_path.stat().st_ino) is None
    assert folders.path(None) is None


def test_a_folder_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    service = tmp_path / "a.service"
    service.mkdir()
    inode = service.stat().st_ino
    folders = CgroupFolders(tmp_path)
    folders.refresh()
    service.rmdir()

    folders.refresh()

    assert folders.path(inode) is None
