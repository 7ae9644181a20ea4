"""What a sentence calls the owners of a port."""

from __future__ import annotations

from typing import Any

from net.ports.naming import held_text, seen_name
from net.ports.records import Listener


def listener(address: str, pid: int | None, process: str | None, **more: Any) -> Listener:
    return Listener(
        protocol="tcp",
        address=address,
        port=5000,
        interface=None,
        scope="loopback",
        stack="v6" if ":" in address else "v4",
        v6only=None,
        owner="hidden" if pid is None else "proved",
        pid=pid,
        process=process,
        **more,
    )


def test_an_owner_is_called_by_what_is_seen_of_it() -> None:
    assert seen_name("node", (12,)) == "node (PID 12)"
    assert seen_name("nginx", (9, 10), "probable") == "probably nginx (PIDs 9, 10)"
    assert seen_name("nginx", (), "probable") == "probably nginx"
    assert seen_name("docker-proxy", (11,), container="web") == "container web (docker-proxy, PID 11)"
    assert seen_name("nginx", (11,), container="web") == "nginx (PID 11)"
    assert seen_name(None, (5,)) == "an unnamed process (PID 5)"
    assert seen_name(None, ()) is None


def test_two_owners_are_told_with_their_addresses_and_by_command_where_they_are_called_alike() -> None:
    first = listener("127.0.0.1", 41, "python3", command="python3 -m http.server")
    second = listener("::1", 42, "python3", command="python3 shop.py")
    assert held_text((first, second)) == (
        "by python3 (PID 41, command python3 -m http.server) on 127.0.0.1 and "
        "by python3 (PID 42, command python3 shop.py) on ::1"
    )
    other = listener("::1", 42, "ruby", command="ruby shop.rb")
    assert held_text((first, other)) == "by python3 (PID 41) on 127.0.0.1 and by ruby (PID 42) on ::1"


def test_a_program_is_told_once_with_all_its_addresses() -> None:
    proxies = [
        listener(address, pid, "docker-proxy", container="web") for address, pid in (("::", 12), ("0.0.0.0", 11))
    ]
    assert held_text(proxies) == "by container web (docker-proxy, PIDs 12, 11) on :: and 0.0.0.0"
    assert held_text((*proxies, listener("127.0.0.1", None, None))).endswith("and by a hidden owner on 127.0.0.1")
