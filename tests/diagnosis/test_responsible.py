"""Tests of diagnosis.responsible: chains of parents as they stand on a Mac, by Apple's TN3179."""

from __future__ import annotations

import pytest

from diagnosis.responsible import Responsible, responsible
from net.ports.records import Ancestor


def _judged(*names: str, root: bool = False) -> Responsible:
    """The last name is launchd."""
    pids = [*range(500, 500 - len(names) + 1, -1), 1]
    return responsible([Ancestor(pid=pid, process=name) for pid, name in zip(pids, names, strict=True)], root=root)


@pytest.mark.parametrize(
    ("names", "process", "exempt"),
    [
        (("python3.11", "-zsh", "login", "Terminal", "launchd"), "Terminal", "Terminal"),
        (("zsh", "sshd-session", "sshd", "launchd"), "sshd-session", "SSH"),
        (("bash", "sshd", "launchd"), "sshd", "SSH"),
        (("zsh", "Code Helper (Plugin)", "Code", "launchd"), "Code", None),
        (("-zsh", "Electron", "launchd"), "Electron", None),
        (("zsh", "pycharm", "launchd"), "pycharm", None),
        (("zsh", "login", "iTerm2", "launchd"), "iTerm2", None),
        (("Terminal Helper", "launchd"), "Terminal Helper", None),
        (("launchd",), None, None),
    ],
)
def test_who_is_asked_for_permission(names: tuple[str, ...], process: str | None, exempt: str | None) -> None:
    found = _judged(*names)
    assert (found.process, found.exempt) == (process, exempt)


def test_root_is_exempt_whoever_started_it() -> None:
    assert _judged("sudo", "zsh", "Code Helper (Plugin)", "Code", "launchd", root=True).exempt == "root"


def test_a_server_started_from_terminal_is_exempt_with_its_children() -> None:
    assert _judged("node", "zsh", "my-server", "Terminal", "launchd").exempt == "Terminal"


def test_the_chain_is_told_nearest_first() -> None:
    assert _judged("zsh", "Code", "launchd").chain == "zsh (500) › Code (499) › launchd (1)"
    assert responsible((), root=False) == Responsible(None, None, None, "none seen")
