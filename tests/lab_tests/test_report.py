"""The report of a host whose VPN takes multicast tells a stranger the case, and no secret of the host."""

from __future__ import annotations

import pytest

from tests.lab import Lab
from tests.lab.host import LANSCOUT


@pytest.mark.parametrize("form", ["--markdown", "--html"])
def test_the_vpn_case_is_told_with_cause_remedy_evidence_and_interfaces(fresh_lab: Lab, form: str) -> None:
    fresh_lab.vpn_up()
    en0 = next(face for face in fresh_lab.alpha.lanscout("interfaces") if face["name"] == "en0")
    text = fresh_lab.alpha.run([*LANSCOUT, "diagnose", "--seconds", "2", form]).stdout
    for words in (
        "utun3 takes multicast that chooses no interface.",
        "Join by interface index",
        "leads to utun3",
        "192.168.1.23/24",
        "default IPv4",
        "Does a VPN take unbound multicast? done",
        "Redacted, by place: ",
    ):
        assert words in text, words
    assert en0["mac"] not in text
    assert "Looked from host-1 (Linux) by " in text
