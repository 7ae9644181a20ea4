"""What holds for every test: nothing is left behind, no warning goes unnoticed, no setting of the person is touched."""

from __future__ import annotations

import inspect
import logging
import os
import signal
import tempfile
from collections.abc import Iterator

import hypothesis
import pytest

from tests import leaks
from tests.lab import rights

# Before anything imports Qt: windows of the tests are drawn into memory.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# No test fails by the clock: the machine may be busy with something else.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

_footprint = pytest.StashKey[leaks.Footprint]()
_settings_folder = pytest.StashKey["tempfile.TemporaryDirectory[str]"]()


def pytest_configure(config: pytest.Config) -> None:
    rights.become_root_of_own_namespace()
    # QSettings and the programs the tests start keep their files in a folder of this run.
    folder = tempfile.TemporaryDirectory(prefix="lanscout-tests-")
    config.stash[_settings_folder] = folder
    os.environ["XDG_CONFIG_HOME"] = folder.name
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        # As Ctrl-C: fixtures are torn down, so the lab is removed.
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(_settings_folder, None)
    if folder is not None:
        folder.cleanup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        if "qapp" in item.fixturenames:
            item.add_marker(pytest.mark.gui)
        if inspect.iscoroutinefunction(item.obj):
            item.obj = leaks.watching_tasks(item.obj)


@pytest.fixture(autouse=True)
def _remember_footprint(request: pytest.FixtureRequest) -> None:
    """After the fixtures of wider scope, whose threads and sockets rightly outlive the test."""
    request.node.stash[_footprint] = leaks.footprint()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """After all fixtures of the test, its event loop among them, are torn down."""
    yield
    before = item.stash.get(_footprint, None)
    if before is not None:
        left = leaks.left_since(before)
        if left:
            pytest.fail(f"left behind: {', '.join(left)}", pytrace=False)


@pytest.fixture(autouse=True)
def _no_window_or_timer_left(request: pytest.FixtureRequest) -> Iterator[None]:
    if "qapp" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("qapp")
    windows, timers = leaks.open_windows(), leaks.active_timers()
    yield
    left = [repr(thing) for thing in leaks.open_windows() - windows | leaks.active_timers() - timers]
    assert not left, f"windows or timers left: {left}"


@pytest.fixture(autouse=True)
def _no_warning_logged(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A test that takes ``caplog`` itself, or is marked to use it, judges the log itself."""
    yield
    asked = {name for mark in request.node.iter_markers("usefixtures") for name in mark.args}
    if "caplog" in asked | set(inspect.signature(request.function).parameters):
        return
    records = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    logged = [f"{record.name}: {record.getMessage()}" for record in records if record.levelno >= logging.WARNING]
    assert not logged, f"logged, and the test did not take caplog to judge it: {logged}"
