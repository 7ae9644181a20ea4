"""Who would start a process again, from the text of its cgroup path; no systemd and no Docker is asked."""

from __future__ import annotations

import pytest

from net.platform.linux.managers import Managed, managed

ID = "3f4e5d6c7b8a" + "0123456789abcdef" * 3 + "cafe"
USER = "/user.slice/user-1000.slice/user@1000.service"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/system.slice/nginx.service", Managed("systemd", "nginx.service", "systemctl stop nginx.service")),
        (f"{USER}/app.slice/web.service", Managed("systemd", "web.service", "systemctl --user stop web.service")),
        (
            f"{USER}/app.slice/app-a\\x2db.scope",
            Managed("systemd", "app-a\\x2db.scope", "systemctl --user stop 'app-a\\x2db.scope'"),
        ),
        ("/user.slice/user-1000.slice/session-3.scope", Managed()),
        (f"{USER}/init.scope", Managed()),
        ("/init.scope", Managed()),
        ("/user.slice", Managed()),
        (None, Managed()),
        (f"/system.slice/docker-{ID}.scope", Managed("docker", ID[:12], f"docker stop {ID[:12]}")),
        (f"/docker/{ID}", Managed("docker", ID[:12], f"docker stop {ID[:12]}")),
        (f"/machine.slice/libpod-{ID}.scope/container", Managed("podman", ID[:12], f"podman stop {ID[:12]}")),
        (f"/kubepods.slice/cri-containerd-{ID}.scope", Managed("kubernetes", ID[:12], None)),
        ("/lxc.payload.a;b/x.service", Managed("lxc", "a;b", "lxc-stop -n 'a;b'")),
        (f"/elsewhere/{ID}", Managed()),
    ],
)
def test_manager_unit_and_the_command_that_stops_it(path: str | None, expected: Managed) -> None:
    assert managed(path) == expected
