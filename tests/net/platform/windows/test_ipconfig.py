"""The lives of addresses, from ipconfig /all."""

from __future__ import annotations

import pytest

from net.platform.windows.ipconfig import Life, parse
from tests.samples import sample, samples

PREFERRED = Life(temporary=False, deprecated=False, tentative=False, duplicate=False)


def test_each_word_is_told_apart() -> None:
    text = """
   IPv6 Address. . . . . . . . . . . : 2001:DB8::1(Preferred)
   Temporary IPv6 Address. . . . . . : 2001:db8::2(Deprecated)
   Link-local IPv6 Address . . . . . : fe80::1%8(Tentative)
   IPv4 Address. . . . . . . . . . . : 192.0.2.7(Duplicate)
   Adresse IPv4. . . . . . . . . . . : 192.0.2.8(préféré)
   IPv4 Address. . . . . . . . . . . : 999.0.2.8(Preferred)
"""
    assert parse(text) == {
        "2001:db8::1": PREFERRED,
        "2001:db8::2": Life(temporary=True, deprecated=True, tentative=False, duplicate=False),
        "fe80::1": Life(temporary=False, deprecated=False, tentative=True, duplicate=False),
        "192.0.2.7": Life(temporary=False, deprecated=False, tentative=False, duplicate=True),
    }


@pytest.mark.parametrize("name", samples("windows/ipconfig-all*"))
def test_every_recorded_address_has_its_life(name: str) -> None:
    text = sample(name)
    assert len(parse(text)) == len({line.split(": ")[1] for line in text.splitlines() if "(Preferred)" in line})


def test_recorded_lives() -> None:
    tailscale = parse(sample("windows/ipconfig-all--win10-tailscale"))
    assert tailscale["100.115.71.66"] == tailscale["fe80::99d0:ec2d:b2e7:536b"] == PREFERRED
    assert any(life.temporary for life in parse(sample("windows/ipconfig-all--win11-nordvpn-vmware")).values())
