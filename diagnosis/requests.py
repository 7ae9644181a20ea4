"""What can be asked of the diagnosis."""

from __future__ import annotations

from typing import Annotated

import msgspec

from net.requests import Request

WantedPort = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class DiagnoseRequest(Request, frozen=True, kw_only=True):
    """Run the checks named (empty: all) on ``interfaces`` (empty: all usable); listening checks take ``seconds``.

    ``passive``: only the checks that send nothing. ``report``: a Report of the run at its end. ``ports`` are those that
    a program here wants to listen on: whether it could, and who answers there now.
    """

    checks: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    seconds: float = 5.0
    passive: bool = False
    ports: Annotated[tuple[WantedPort, ...], msgspec.Meta(max_length=20)] = ()
    report: bool = False


TEXT_LIMIT = 100_000
"""Characters of a text to explain; whoever asks cuts what is longer, and says so."""


class ExplainRequest(Request, frozen=True, kw_only=True):
    """Say what the errors in ``text`` mean: one or many lines of a log, an errno or a code."""

    text: str


class BundleRequest(Request, frozen=True, kw_only=True):
    """Examine the app bundle, archive or single file at ``path``, where the probe runs.

    ``browses``: the service types the app browses or registers; ``multicast``: it sends or receives multicast itself.
    """

    path: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
    browses: Annotated[tuple[str, ...], msgspec.Meta(max_length=100)] = ()
    multicast: bool = False
