"""Windows' details of a process: the services tasklist names, in any language; tasklist is a stand-in."""

from __future__ import annotations

import os

import pytest

from net.platform.windows import details
from net.platform.windows.details import parse

TASKLIST = """\
"svchost.exe","1712","RpcEptMapper,RpcSs"
"postgres.exe","2000","postgresql-x64-16"
"node.exe","3000","N/A"
"node.exe","3001","Nicht zutreffend / -"
"""


@pytest.mark.parametrize(
    ("pid", "services"),
    [
        (1712, ("RpcEptMapper", "RpcSs")),
        (2000, ("postgresql-x64-16",)),
        (3000, ()),
        (3001, ()),
        (4000, ()),
    ],
)
def test_the_services_of_a_process(pid: int, services: tuple[str, ...]) -> None:
    assert parse(TASKLIST, pid) == services


@pytest.mark.parametrize(
    "text", ["", "INFO: No tasks are running which match the specified criteria.", '"a","1712"', '"']
)
def test_other_output_names_no_service(text: str) -> None:
    assert parse(text, 1712) == ()


@pytest.mark.parametrize(
    ("named", "manager", "unit", "stop"),
    [
        ("Dnscache", "windows service", "Dnscache", 'net stop "Dnscache"'),
        ("RpcEptMapper,RpcSs", "windows service", "RpcEptMapper, RpcSs", None),
        ("N/A", None, None, None),
    ],
)
def test_one_service_can_be_stopped_and_several_are_only_named(
    monkeypatch: pytest.MonkeyPatch, named: str, manager: str | None, unit: str | None, stop: str | None
) -> None:
    monkeypatch.setattr(details, "output", lambda _: f'"x.exe","{os.getpid()}","{named}"\n')
    found = details.details(os.getpid())
    assert (found.manager, found.unit, found.stop) == (manager, unit, stop)


def test_where_tasklist_cannot_be_run_the_rest_is_told() -> None:
    found = details.details(os.getpid())
    assert (found.manager, found.pid) == (None, os.getpid())
