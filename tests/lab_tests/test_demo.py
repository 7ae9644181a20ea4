"""The demo shows what it promises and removes it, however it ends."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from tests.lab import Background, Host, Lab
from tests.lab.demo import SERVICES, STREAM_GROUP, TEXT_GROUP
from tests.lab.host import CHECKOUT
from tests.lab.kernel import NETNS_FOLDER

PREFIX = f"demo{os.getpid()}-"


def _demo(*command: str) -> Background:
    argv = [sys.executable, "-m", "tests.lab.demo", "--prefix", PREFIX, *command]
    return Background(argv, cwd=CHECKOUT, env={"PYTHONUNBUFFERED": "1", "QT_QPA_PLATFORM": "", "DISPLAY": ""})


def _namespaces() -> list[str]:
    return [path.name for path in NETNS_FOLDER.glob(f"{PREFIX}*")]


@pytest.fixture(autouse=True)
def _nothing_stays(lab: Lab) -> Iterator[None]:
    yield
    assert _namespaces() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_end_it_and_remove_the_hosts(number: signal.Signals) -> None:
    with _demo("sh", "-c", "echo shown; exec sleep 1000") as demo:
        demo.wait_for("shown", timeout=30)
        assert len(_namespaces()) == 5
        demo.send(number)
        assert demo.wait(timeout=20) == 130
        assert _namespaces() == []


def test_alpha_has_services_a_busy_port_multicast_and_a_vpn() -> None:
    alpha = Host("alpha", f"{PREFIX}alpha")
    with _demo("sh", "-c", "echo shown; exec sleep 1000") as demo:
        demo.wait_for("shown", timeout=30)
        assert alpha.lanscout("route", TEXT_GROUP[0])[0]["interface"] == "utun3"
        taken = alpha.lanscout("ports", "5000")
        assert {listener["address"] for listener in taken} == {"0.0.0.0", "::1"}
        assert not any("Flask" in (listener["known"] or "") for listener in taken)
        services = {record["name"] for record in alpha.lanscout("services", "--seconds", "2") if "name" in record}
        assert {service.name for host in SERVICES.values() for service in host} <= services
        for (group, port), said in ((TEXT_GROUP, "position of the train"), (STREAM_GROUP, "")):
            heard = alpha.lanscout("listen", f"{group}:{port}", "--interface", "en0", "--count", "1")
            assert any(said in (record["payload_text"] or "") for record in heard if record["kind"] == "datagram")


def test_without_a_display_it_prints_the_overview() -> None:
    with _demo() as demo:
        assert demo.wait(timeout=60) == 0, demo.output
        assert "utun3" in demo.output
        assert "DISPLAY" in demo.output
