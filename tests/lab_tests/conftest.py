"""The lab for the tests beside this file: all of them are marked ``lab``, and skip or fail where none can be built."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import Lab, rights

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.lab)


def _standard_lab() -> Iterator[Lab]:
    reason = rights.missing()
    if reason is not None and rights.wanted() == rights.REQUIRED:
        pytest.fail(f"LANSCOUT_LAB=required, but: {reason}")
    if reason is not None:
        pytest.skip(reason)
    with Lab() as standard:
        yield standard


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """The standard lab with the VPN down, one a module: for tests that leave it as they found it."""
    yield from _standard_lab()


@pytest.fixture
def fresh_lab() -> Iterator[Lab]:
    """The standard lab with the VPN down, for this test alone: it may change links, addresses and routes."""
    yield from _standard_lab()
