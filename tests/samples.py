"""Recorded outputs of real systems, kept beside the checkout; a test that needs one skips where they are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parent.parent.parent / "shared" / "samples"


def sample(name: str) -> str:
    """The recorded output ``SYSTEM/FILE`` (without ``.txt``), with LF line ends."""
    if not SAMPLES.is_dir():
        pytest.skip("the recorded outputs are not beside this checkout (../shared/samples)")
    return (SAMPLES / f"{name}.txt").read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")


def samples(pattern: str) -> list[str]:
    """The names of the recorded outputs that match, for a test over each of them; one stand-in where there are none."""
    found = sorted(SAMPLES.glob(f"{pattern}.txt"))
    return [f"{path.parent.name}/{path.name.removesuffix('.txt')}" for path in found] or [pattern]
