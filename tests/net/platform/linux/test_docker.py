"""Docker's files and its forwarder, as text only: no Docker runs here."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from net.platform.linux.docker import Box, box_of, forwarded, parse

ID = "3f4e5d6c7b8a" + "0" * 52
PROXY = b"/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.18.0.2 -container-port 80"
PROXY_V6 = PROXY.replace(b"172.18.0.2", b"fd00:18::2")


def config(name: str = "/shop-web-1", project: str | None = "shop", address: str = "172.18.0.2") -> bytes:
    labels = {"com.docker.compose.project": project} if project else None
    networks = {"shop_default": {"IPAddress": address, "GlobalIPv6Address": "fd00:18::2", "MacAddress": "x"}}
    return json.dumps(
        {
            "State": {"Running": True},
            "ID": ID,
            "Name": name,
            "Config": {"Hostname": "x", "Labels": labels},
            "NetworkSettings": {"Networks": networks, "Ports": {"80/tcp": None}},
        }
    ).encode()


@pytest.fixture
def containers(tmp_path: Path) -> Path:
    folder = tmp_path / ID
    folder.mkdir()
    (folder / "config.v2.json").write_bytes(config())
    return tmp_path


def test_a_container_is_named_with_its_compose_project(containers: Path) -> None:
    assert box_of(ID[:12], containers) == Box("shop-web-1", "shop", ("172.18.0.2", "fd00:18::2"))
    assert box_of("ffffffffffff", containers) is None


@pytest.mark.parametrize("command", [PROXY, PROXY_V6])
def test_a_forwarder_stands_for_the_container_with_that_address(containers: Path, command: bytes) -> None:
    assert forwarded(command.split(), containers) == "shop-web-1"


def test_without_dockers_files_a_forwarder_names_the_address(tmp_path: Path) -> None:
    assert forwarded(PROXY.split(), tmp_path / "missing") == "172.18.0.2:80"
    assert forwarded(PROXY_V6.split(), tmp_path) == "[fd00:18::2]:80"


@pytest.mark.parametrize(
    "command", [b"", b"docker-proxy", b"python -container-ip 172.18.0.2", b"docker-proxy -container-ip"]
)
def test_another_command_forwards_nothing(containers: Path, command: bytes) -> None:
    assert forwarded(command.split(), containers) is None


def test_a_container_that_changed_is_read_again(containers: Path) -> None:
    box_of(ID[:12], containers)
    path = containers / ID / "config.v2.json"
    path.write_bytes(config("/renamed", None))
    os.utime(path, ns=(1, 1))
    assert box_of(ID[:12], containers) == Box("renamed", None, ("172.18.0.2", "fd00:18::2"))


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"Name": 7}', b'{"Name": "/"}', b"\xff", b'{"Name": "/x"'])
def test_what_is_no_container_is_none(content: bytes) -> None:
    assert parse(content) is None


def test_missing_parts_and_hostile_names() -> None:
    assert parse(b'{"Name": "/x\\u001b", "Config": {"Labels": null}, "NetworkSettings": {"Networks": null}}') == Box(
        "x␛", None, ()
    )
