"""An interface whose name is no UTF-8, which Linux allows, makes no verb fail and is called the same by all."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.lab import Lab
from tests.lab.host import LANSCOUT

RAW = b"e\xff\xc2\x85"
SHOWN = "e⟨0xFF⟩⟨U+0085⟩"
GROUP = "224.5.5.5"


@pytest.fixture
def strange(fresh_lab: Lab) -> Lab:
    """alpha has the interface beside en0 and en5, up and with an address, and a port bound to it."""
    netns = os.fsencode(fresh_lab.alpha.netns)
    for words in (
        (b"link", b"add", RAW, b"type", b"veth", b"peer", b"name", b"q0"),
        (b"link", b"set", RAW, b"up"),
        (b"link", b"set", b"q0", b"up"),
        (b"address", b"add", b"10.77.0.1/24", b"dev", RAW),
    ):
        subprocess.run([b"ip", b"-n", netns, *words], check=True)
    return fresh_lab


def test_every_reading_calls_it_the_same(strange: Lab) -> None:
    alpha = strange.alpha
    (face,) = [each for each in alpha.lanscout("interfaces") if each["name"] == SHOWN]
    assert "10.77.0.1" in [address["address"] for address in face["addresses"]]
    assert SHOWN in {each["interface"] for each in alpha.lanscout("groups")}
    assert [each["interface"] for each in alpha.lanscout("route", "10.77.0.9")] == [SHOWN]
    with alpha.start(["socat", "TCP-LISTEN:5999,bind=10.77.0.1", "STDOUT"]):
        for _ in range(100):
            if alpha.listening(5999):
                break
        assert [each["interface"] for each in alpha.lanscout("ports", "5999")] == [SHOWN]


def test_it_can_be_joined_and_sent_by(strange: Lab) -> None:
    alpha = strange.alpha
    with alpha.lanscout_process("listen", f"{GROUP}:5000", "--interface", SHOWN, "--count", "1") as listening:
        assert listening.record("joined")["in_kernel"] is True
        (summary,) = alpha.lanscout("send", f"{GROUP}:5000", "--interface", SHOWN, "--text", "x")
        assert (summary["sent"], summary["interface"], summary["source"]) == (1, SHOWN, "10.77.0.1")
        assert listening.record("datagram")["interface"] == SHOWN


@pytest.mark.parametrize("words", [("services", "--seconds", "1.5"), ("diagnose", "--seconds", "1")], ids=str)
def test_no_verb_fails(strange: Lab, words: tuple[str, ...]) -> None:
    result = strange.alpha.run([*LANSCOUT, *words, "--json"], check=False)
    assert result.returncode in (0, 1), result.stderr
    assert "Traceback" not in result.stderr
    assert "UnicodeDecodeError" not in result.stdout
    assert all(json.loads(line)["kind"] for line in result.stdout.splitlines())
