"""Opens a capture file and yields what it holds as the records of a listen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import TypeVar

from net.multicast.capture.survey import Rows, Survey
from net.multicast.requests import CaptureRequest
from net.records import Record
from net.tasks import start

STEP_PACKETS = 2000
"""Packets read in one turn of the thread."""
TELL_STEPS = 10
"""Turns between two records of the progress."""
STEP_ROWS = 1000
"""Datagrams of one batch: what a probe hands on in one line."""

Result = TypeVar("Result")


async def open_capture(request: CaptureRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """First Capture while the file is gone through; then its streams and totals: Stream and Reception with mean rates;
    then the datagrams asked for, oldest first; at the end the Summary.

    A file that is damaged or ends early is shown up to there, with that Problem in Capture. Raises ProblemError:
    capture_unreadable, capture_invalid.
    """
    survey = await _in_thread(lambda: Survey(request.path, strips=request.strips))
    try:
        steps = 0
        while await _in_thread(lambda: survey.step(STEP_PACKETS)):
            steps += 1
            if steps % TELL_STEPS == 0:
                yield (survey.capture(),)
        summary = await _in_thread(survey.summary)
        shown = (min(request.first, survey.datagrams), min(request.first + request.keep, survey.datagrams))
        yield (survey.capture(shown), *summary.streams, *survey.receptions())
    finally:
        survey.close()
    rows = await _in_thread(lambda: Rows(request.path, request.first, request.keep))
    try:
        while batch := await _in_thread(lambda: rows.step(STEP_ROWS)):
            yield batch
    finally:
        rows.close()
    yield (summary,)


async def _in_thread(work: Callable[[], Result]) -> Result:
    """``work`` in a thread, which is waited for even when this is cancelled: the file is its until then."""
    running = start(asyncio.to_thread(work), "multicast capture", log=False)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait((running,))
        raise
