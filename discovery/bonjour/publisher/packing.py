"""Puts records into as many response messages as they need (RFC 6762 section 17)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from discovery.bonjour.compose import compose
from discovery.bonjour.wire import AUTHORITATIVE, RESPONSE, Question, ResourceRecord

FITTING: Final = 1440
"""Bytes of a message that need no fragments on Ethernet, over IPv6 either."""


def responses(answers: Sequence[ResourceRecord], additionals: Sequence[ResourceRecord] = ()) -> list[bytes]:
    """Messages with all answers; additionals, which nobody must rely on, only as far as they fit.

    A record that alone is too large for FITTING goes in a message of its own, which the network may fragment.
    """
    payload = compose(flags=RESPONSE | AUTHORITATIVE, answers=answers, additionals=additionals)
    if len(payload) <= FITTING:
        return [payload]
    if additionals:
        return responses(answers, additionals[:-1])
    if len(answers) <= 1:
        return [payload]
    half = len(answers) // 2
    return [message for part in (answers[:half], answers[half:]) for message in responses(part)]


def legacy_response(
    answers: Sequence[ResourceRecord],
    additionals: Sequence[ResourceRecord],
    *,
    id: int,  # noqa: A002
    questions: Sequence[Question],
) -> bytes:
    """The one message that a simple resolver waits for (RFC 6762 section 6.7), with additionals as far as they fit."""
    payload = compose(
        id=id, flags=RESPONSE | AUTHORITATIVE, questions=questions, answers=answers, additionals=additionals
    )
    if len(payload) <= FITTING or not additionals:
        return payload
    return legacy_response(answers, additionals[:-1], id=id, questions=questions)
