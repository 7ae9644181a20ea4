"""A real avahi-daemon on a host of the lab, with services that can be added, changed and withdrawn."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape

import msgspec

from tests.lab.host import Host
from tests.lab.laboratory import Lab
from tests.lab.process import Background

CONFIGURATION = """[server]
host-name={host_name}
use-ipv4=yes
use-ipv6=yes
enable-dbus={dbus}
objects-per-client-max=16384
cache-entries-max=65536
{interfaces}
[publish]
publish-hinfo=no
publish-workstation=no
[reflector]
[rlimits]
"""
BUS_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
"""
# The daemon insists that its runtime folder belongs to the user avahi, and in a user namespace there is one user only.
PASSWD = "root:x:0:0:root:/root:/bin/sh\navahi:x:0:0::/:/bin/false\n"
GROUP = "root:x:0:\navahi:x:0:\n"
# `ip netns exec` gave the shell a mount namespace of its own, so nothing of this is seen outside.
START = (
    'cd "$1" && mount --bind passwd /etc/passwd && mount --bind group /etc/group &&'
    " mount --bind run /run && mount --bind etc /etc/avahi &&"
    " exec avahi-daemon --no-drop-root --no-chroot --no-rlimits --no-proc-title"
)


class Advertised(msgspec.Struct, frozen=True, kw_only=True):
    """A service to advertise: ``type`` like ``_ipp._tcp``, ``subtypes`` like ``_universal``, ``txt`` like ``k=v``."""

    name: str
    type: str
    port: int
    subtypes: tuple[str, ...] = ()
    txt: tuple[str, ...] = ()

    def xml(self) -> str:
        """As a group of avahi.service(5)."""
        subtypes = "".join(f"<subtype>{escape(name)}._sub.{escape(self.type)}</subtype>" for name in self.subtypes)
        txt = "".join(f"<txt-record>{escape(pair)}</txt-record>" for pair in self.txt)
        return (
            "<?xml version='1.0' encoding='utf-8'?><!DOCTYPE service-group SYSTEM 'avahi-service.dtd'>"
            f"<service-group><name>{escape(self.name)}</name><service><type>{escape(self.type)}</type>{subtypes}"
            f"<port>{self.port}</port>{txt}</service></service-group>"
        )


class Avahi:
    """An avahi-daemon; a context manager in whose block it runs with its services announced.

    It knows nothing of other daemons on this machine.

    ``interfaces`` restricts it to those devices, ``denied`` keeps it from some (deny-interfaces). ``bus``: give it a
    D-Bus daemon of its own, so that avahi-browse and avahi-publish work with the environment ``environment``.
    """

    def __init__(
        self,
        lab: Lab,
        host: Host,
        services: Iterable[Advertised] = (),
        *,
        host_name: str | None = None,
        interfaces: tuple[str, ...] = (),
        denied: tuple[str, ...] = (),
        bus: bool = False,
    ) -> None:
        self.host = host
        self.host_name = host_name or host.name
        self._folder = lab.folder / f"avahi-{host.name}"
        self._interfaces = interfaces
        self._denied = denied
        self._bus = bus
        self._services = tuple(services)
        self._processes: list[Background] = []

    @property
    def environment(self) -> dict[str, str]:
        """What programs that ask this daemon over D-Bus need in their environment."""
        return {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self._folder}/run/bus"}

    @property
    def daemon(self) -> Background:
        return self._processes[-1]

    def launch(self) -> None:
        """Start it; ``wait_until_announced`` is still to come."""
        self._write_configuration()
        for service in self._services:
            self._file(service.name).write_text(service.xml(), encoding="utf-8")
        if self._bus:
            configuration = self._folder / "bus.conf"
            bus = self.host.start(["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"])
            self._processes.append(bus)
            bus.wait_for("unix:path=")
        self.start_again()

    def start_again(self) -> None:
        """Start the daemon alone, whose bus has stayed."""
        argv = ["sh", "-c", START, "sh", str(self._folder)]
        self._processes.append(self.host.start(argv, env=self.environment if self._bus else None))

    def wait_until_announced(self, timeout: float = 15) -> None:
        """Until its host name and its services are probed for and announced (RFC 6762 section 8)."""
        self.daemon.wait_for("Server startup complete", timeout)
        for service in self._services:
            self._wait_until_established(service, timeout)

    def put(self, service: Advertised, timeout: float = 10) -> None:
        """Add the service, or change the one of that name; returns when it is announced."""
        seen = len(self.daemon.errors)
        _replace(self._file(service.name), service.xml())
        self.daemon.send(signal.SIGHUP)
        self._wait_until_established(service, timeout, seen)

    def withdraw(self, name: str) -> None:
        """Take the service of that name away: the daemon says goodbye to it (RFC 6762 section 10.1)."""
        self._file(name).unlink()
        self.daemon.send(signal.SIGHUP)

    def die(self) -> None:
        """End without a goodbye, as a host that lost its power."""
        self.daemon.send(signal.SIGKILL)
        self.daemon.wait()

    def close(self) -> None:
        """End with a goodbye to everything; does nothing the second time."""
        for process in reversed(self._processes):
            process.close()
        self._processes.clear()
        with suppress(FileNotFoundError):
            shutil.rmtree(self._folder)

    def __enter__(self) -> Self:
        try:
            self.launch()
            self.wait_until_announced()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _write_configuration(self) -> None:
        for name in ("run/avahi-daemon", "etc/services"):
            (self._folder / name).mkdir(parents=True)
        (self._folder / "passwd").write_text(PASSWD)
        (self._folder / "group").write_text(GROUP)
        interfaces = f"allow-interfaces={','.join(self._interfaces)}" if self._interfaces else ""
        if self._denied:
            interfaces += f"\ndeny-interfaces={','.join(self._denied)}"
        text = CONFIGURATION.format(host_name=self.host_name, dbus="yes" if self._bus else "no", interfaces=interfaces)
        (self._folder / "etc/avahi-daemon.conf").write_text(text, encoding="utf-8")
        bus = BUS_CONFIGURATION.format(socket=self._folder / "run/bus")
        (self._folder / "bus.conf").write_text(bus, encoding="utf-8")

    def _file(self, name: str) -> Path:
        return self._folder / "etc/services" / f"{name.encode().hex()}.service"

    def _wait_until_established(self, service: Advertised, timeout: float, seen: int = 0) -> None:
        path = f"/etc/avahi/services/{self._file(service.name).name}"
        self.daemon.wait_until(lambda: _established(self.daemon.errors[seen:], path), timeout)


def _replace(path: Path, content: str) -> None:
    """Write the file in one step, with a date of its own: avahi-daemon takes files of the same second for unchanged."""
    before = path.stat().st_mtime if path.exists() else 0
    new = path.with_suffix(".new")
    new.write_text(content, encoding="utf-8")
    date = max(time.time(), before + 1)
    os.utime(new, (date, date))
    new.replace(path)


def _established(lines: list[str], path: str) -> bool:
    return any("successfully established" in line and path in line for line in lines)
