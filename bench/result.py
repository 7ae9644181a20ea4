"""One line of the bench's table: what was measured, the budget it has, and whether it is met."""

from __future__ import annotations

from typing import NamedTuple


class Result(NamedTuple):
    """A measurement in words; ``met`` is None where there is no budget."""

    what: str
    measured: str
    budget: str
    met: bool | None

    @property
    def verdict(self) -> str:
        """``met``, ``missed`` or nothing."""
        return "" if self.met is None else "met" if self.met else "MISSED"


def ratio(what: str, own: float, peer: float, limit: float, peer_name: str, unit: str = "ms") -> Result:
    """``own`` against ``limit`` times ``peer``, both in seconds (shown as ms)."""
    factor = 1000 if unit == "ms" else 1
    measured = f"{own / peer:.2f} x ({own * factor:.0f} {unit}, peer {peer * factor:.0f} {unit})"
    return Result(what, measured, f"<= {limit} x {peer_name}", own / peer <= limit)
