"""What macOS keeps back of the ports, after its sources; sysctl is recorded."""

from __future__ import annotations

import pytest

from net.platform.macos import bind_limits


def test_the_range_is_what_sysctl_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bind_limits, "output", {bind_limits.EPHEMERAL: "49152\n65535\n"}.__getitem__)
    limits = bind_limits.bind_limits("tcp")
    assert limits.ephemeral == (49152, 65535)
    assert (limits.privileged_below, limits.wildcard_free, limits.restricted) == (1024, True, (55555,))


def test_a_sysctl_that_fails_leaves_the_default_and_udp_has_no_restricted_port(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(argv: tuple[str, ...]) -> str:
        raise FileNotFoundError(2, argv[0])

    monkeypatch.setattr(bind_limits, "output", refuse)
    limits = bind_limits.bind_limits("udp")
    assert (limits.ephemeral, limits.restricted) == (bind_limits.DEFAULT_EPHEMERAL, ())


def test_anything_else_is_no_range() -> None:
    assert bind_limits.parse_range("sysctl: unknown oid\n") is None
