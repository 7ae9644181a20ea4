"""The lab itself: its hosts are there, its LANs are apart, its VPN moves the default route, and nothing stays."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab import Background, CommandFailedError, Host, Lab, LabError
from tests.lab.host import CHECKOUT
from tests.lab.kernel import NETNS_FOLDER

GROUP = "224.224.0.77"


def _namespaces(lab: Lab) -> list[str]:
    return [path.name for path in NETNS_FOLDER.glob(f"{lab.prefix}*")]


def _lives(pid: str) -> bool:
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _default_device(host: Host, address: str) -> str:
    words = host.run(["ip", "route", "get", address]).stdout.split()
    return words[words.index("dev") + 1]


def _receiver(host: Host, device: str, port: int) -> socket.socket:
    with host.inside():
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        receiver.bind((GROUP, port))
        index = socket.if_nametoindex(device).to_bytes(4, sys.byteorder)
        receiver.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + bytes(4) + index)
    receiver.settimeout(2)
    return receiver


def _send(host: Host, payload: bytes, port: int) -> None:
    with host.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(payload, (GROUP, port))


@pytest.mark.usefixtures("lab")
def test_is_removed_at_the_end() -> None:
    with Lab() as other:
        assert len(_namespaces(other)) == 5
        folder = other.folder
    assert _namespaces(other) == []
    assert not folder.exists()


@pytest.mark.usefixtures("lab")
def test_is_removed_after_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), Lab() as other:
        raise ZeroDivisionError
    assert _namespaces(other) == []


@pytest.mark.usefixtures("lab")
def test_is_removed_after_a_failed_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.lab.topology.tunnel_commands", lambda: ["link set nothing up"])
    other = Lab()
    with pytest.raises(CommandFailedError, match="nothing"):
        other.__enter__()
    assert _namespaces(other) == []


def test_a_killed_owner_s_lab_is_removed_by_the_next(lab: Lab) -> None:
    program = (
        "import os, signal\n"
        "from tests.lab import Lab\n"
        "lab = Lab('killed-')\n"
        "lab.__enter__()\n"
        "lab.alpha.start(['sleep', '1000'])\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, check=False, stderr=subprocess.DEVNULL)
    assert ended.returncode == -9
    assert (NETNS_FOLDER / "killed-alpha").exists()
    with Lab():
        assert not list(NETNS_FOLDER.glob("killed-*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_test_run_removes_its_lab(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "conftest.py").write_text((CHECKOUT / "tests/lab_tests/conftest.py").read_text())
    program = (
        "import signal\ndef test_it(fresh_lab):\n    print('built', fresh_lab.prefix, flush=True)\n    signal.pause()"
    )
    (tmp_path / "test_it.py").write_text(program)
    options = ["-s", "-c", f"{CHECKOUT}/pyproject.toml", "--rootdir", str(tmp_path), "-p", "no:cacheprovider"]
    argv = [sys.executable, "-m", "pytest", *options, "-p", "tests.conftest", str(tmp_path)]
    with Background(argv, cwd=CHECKOUT) as run:
        prefix = run.wait_for(r"built (\S+)").group(1)
        assert len(list(NETNS_FOLDER.glob(f"{prefix}*"))) == 5
        run.send(number)
        run.wait()
    assert not list(NETNS_FOLDER.glob(f"{prefix}*"))


def test_processes_end_with_the_lab(lab: Lab) -> None:
    with Lab() as other:
        # Its child leaves the session, as daemons do.
        started = other.beta.start(["setsid", "--fork", "sh", "-c", "echo $$; exec sleep 1000 >&- 2>&-"])
        pid = next(started.iterate())
        assert _lives(pid)
    assert not _lives(pid)


def test_two_labs_with_the_same_names_are_refused(lab: Lab) -> None:
    with pytest.raises(LabError, match="exists already"), Lab(lab.prefix):
        pass
    assert lab.alpha.run(["true"]).returncode == 0


def test_beta_reaches_alpha_by_both_families(lab: Lab) -> None:
    for family, address in ((socket.AF_INET, lab.alpha.v4[0]), (socket.AF_INET6, lab.alpha.v6[0])):
        with lab.alpha.inside():
            server = socket.create_server((address, 0), family=family)
        with server, lab.beta.inside(), socket.create_connection(server.getsockname()[:2], timeout=2) as client:
            assert client.getpeername()[0] == address


def test_the_vpn_takes_alpha_s_default_routes_and_gives_them_back(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    for _ in range(2):
        assert _default_device(alpha, GROUP) == "en0"
        assert _default_device(alpha, "2001:db8::1") == "en0"
        fresh_lab.vpn_up()
        assert _default_device(alpha, GROUP) == "utun3"
        assert _default_device(alpha, "2001:db8::1") == "utun3"
        fresh_lab.vpn_down()
    assert "RUNNING" not in alpha.run(["ip", "link", "show", "utun3"]).stdout


def test_what_leaves_by_the_vpn_can_be_read(fresh_lab: Lab) -> None:
    fresh_lab.vpn_up()
    _send(fresh_lab.alpha, b"into the tunnel", 23019)
    assert any(b"into the tunnel" in packet for packet in fresh_lab.vpn_packets(timeout=2))


def test_alpha_hears_each_lan_on_its_own_interface_only(lab: Lab) -> None:
    with _receiver(lab.alpha, "en0", 23019) as en0, _receiver(lab.alpha, "en5", 23019) as en5:
        _send(lab.beta, b"from beta", 23019)
        _send(lab.delta, b"from delta", 23019)
        assert en0.recv(100) == b"from beta"
        assert en5.recv(100) == b"from delta"
        for receiver in (en0, en5):
            receiver.setblocking(False)
            with pytest.raises(BlockingIOError):
                receiver.recv(100)


def test_devices_carry_the_names_and_flags_of_a_mac(lab: Lab) -> None:
    with lab.alpha.inside():
        names = {name for _, name in socket.if_nameindex()}
    assert names == {"lo", "en0", "en5", "utun3", "ipsec0"}
    tunnel = lab.alpha.run(["ip", "link", "show", "ipsec0"]).stdout
    assert "POINTOPOINT" in tunnel
    assert "MULTICAST" in tunnel
    assert "UP" in tunnel


def test_link_local_addresses_are_ready(lab: Lab) -> None:
    listed = lab.alpha.run(["ip", "-6", "-o", "address", "show", "scope", "link"]).stdout
    assert "en0" in listed
    assert "en5" in listed
    assert "tentative" not in listed
