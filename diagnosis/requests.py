"""What can be asked of the diagnosis."""

from __future__ import annotations

from net.requests import Request


class DiagnoseRequest(Request, frozen=True, kw_only=True):
    """Run the checks named (empty: all) on ``interfaces`` (empty: all usable); listening checks take ``seconds``.

    ``passive``: only the checks that send nothing.
    """

    checks: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    seconds: float = 5.0
    passive: bool = False
