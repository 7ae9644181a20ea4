"""The right that is missing to look into others is never one that this process has."""

from __future__ import annotations

import os

import pytest

from net.platform.linux import capabilities
from net.platform.linux.capabilities import CAP_SYS_PTRACE, effective, right_to_look
from net.platform.rights import BEYOND_PTRACE, PTRACE, ROOT
from net.platform.system import SYSTEM

pytestmark = pytest.mark.skipif(SYSTEM != "linux", reason="reads /proc of Linux")


@pytest.mark.parametrize(
    ("root", "ptrace", "right"), [(False, False, ROOT), (True, False, PTRACE), (True, True, BEYOND_PTRACE)]
)
def test_root_that_has_the_capability_is_not_told_to_get_it(
    monkeypatch: pytest.MonkeyPatch, root: bool, ptrace: bool, right: str
) -> None:
    monkeypatch.setattr(capabilities, "is_root", lambda: root)
    monkeypatch.setattr(capabilities, "effective", lambda _: ptrace)
    assert right_to_look() == right


def test_the_right_of_this_process_is_read_from_the_kernel() -> None:
    if os.geteuid():
        assert right_to_look() == ROOT
    else:
        assert right_to_look() == (BEYOND_PTRACE if effective(CAP_SYS_PTRACE) else PTRACE)
