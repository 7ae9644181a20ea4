"""Decides what a question to the responder is answered with: no sockets here, only messages."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Literal, NamedTuple

from msgspec.structs import replace

from net.multicast.ping.counts import Dialect
from net.multicast.ping.limiter import Limiter
from net.multicast.ping.messages import (
    Kind,
    MalformedError,
    Message,
    Option,
    answer_v1,
    answer_v2,
    decode,
    response,
)
from net.multicast.ping.policy import OWN_GROUPS, Policy
from net.multicast.records import PingQuestion, PingRefusal
from net.platform.names import name_of_index
from net.problems import make_problem
from net.replying import Asked
from net.sockets import IPAddress
from resources.version import VERSION

TTL = 64
"""With which everything is sent; a client of v1 counts hops from it (ssmpngcl.c)."""
INFO = f"lanscout {VERSION}".encode()
LARGEST_REPLY = 9000
"""Bytes to which a reply of v1 is padded at the most: a jumbo frame. A client may ask for 65,535, sent twice."""
_SESSION_BYTES = 16
_DIALECTS: dict[int, Dialect] = {1: "v1", 2: "v2"}


class Outcome(NamedTuple):
    """The reply to the requester (None: silence), the group it goes to as well, and what to record of the question."""

    reply: Message | None
    group: IPAddress | None
    question: PingQuestion


class Answering:
    """Answers questions under a policy. ``now`` is a clock that only goes forward, ``clock`` the time of day."""

    def __init__(
        self,
        policy: Policy,
        limiter: Limiter,
        *,
        interfaces: frozenset[str] = frozenset(),
        now: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.policy = policy
        self._limiter = limiter
        self._interfaces = interfaces
        self._now = now
        self._clock = clock
        self._secret = secrets.token_bytes(32)

    def consider(self, asked: Asked) -> Outcome | None:
        """What becomes of a datagram; None where it asks nothing: a stray reply, or sent to a group or by broadcast."""
        if asked.port == 0 or (asked.at is not None and not self.policy.own(asked.at)):
            return None
        try:
            message = decode(asked.payload)
        except MalformedError as error:
            return Outcome(None, None, self._malformed(asked, None, str(error)))
        if message.kind not in (Kind.INIT, Kind.QUERY):
            return None
        local = self.policy.local(asked.address, asked.interface)
        refused = self._refused(asked, local=local)
        if refused is not None:
            return Outcome(None, None, self._question(asked, message, refused))
        outcome = self._answer(asked, message, local=local)
        # What is not answered costs nobody: a host whose nonsense goes unanswered may still ask properly.
        if outcome.reply is not None and not self._limiter.allows(asked.requester[0], self._now()):
            return Outcome(None, None, self._question(asked, message, "rate"))
        return outcome

    def _answer(self, asked: Asked, message: Message, *, local: bool) -> Outcome:
        if message.version == 1 and message.kind == Kind.QUERY:
            return self._answer_v1(asked, message, local=local)
        if message.version != 2:
            return Outcome(response(message), None, self._question(asked, message, "version"))
        if message.kind == Kind.INIT:
            return self._open_session(asked, message, local=local)
        return self._answer_v2(asked, message, local=local)

    def _refused(self, asked: Asked, *, local: bool) -> PingRefusal | None:
        if self._interfaces and interface_name(asked.interface) not in self._interfaces:
            return "interface"
        if not (local or self.policy.any_network):
            return "network"
        return None

    def _answer_v1(self, asked: Asked, query: Message, *, local: bool) -> Outcome:
        missing = query.value(Option.GROUP) is None
        group = OWN_GROUPS[asked.address.version] if missing else query.group
        if group is None:
            return Outcome(None, None, self._malformed(asked, query, "its group is no address"))
        # Silence and not a lone unicast reply as ssmpingd's, which would look like a fault of the network.
        if group.version != asked.address.version or not self.policy.serves(group, local=local):
            return Outcome(None, None, self._question(asked, query, "group"))
        question = self._question(asked, query, None, group)
        return Outcome(answer_v1(query, INFO, LARGEST_REPLY), group, question)

    def _open_session(self, asked: Asked, wanted: Message, *, local: bool) -> Outcome:
        version = asked.address.version
        group = self.policy.grant(wanted.prefixes, version, local=local)
        if group is None:
            told = response(wanted, prefixes=self.policy.offer(version), info=INFO)
            return Outcome(told, None, self._question(asked, wanted, "group"))
        session = self._session(asked, wanted, group)
        told = response(wanted, group=group, session=session, info=INFO)
        return Outcome(told, None, self._question(asked, wanted, None, group))

    def _answer_v2(self, asked: Asked, query: Message, *, local: bool) -> Outcome:
        group = query.group
        known = (
            group is not None
            and query.sequence is not None
            and query.session is not None
            and hmac.compare_digest(query.session, self._session(asked, query, group))
            and self.policy.serves(group, local=local)
        )
        if not known:
            return Outcome(response(query), None, self._question(asked, query, "session"))
        return Outcome(answer_v2(query, TTL, self._clock()), group, self._question(asked, query, None))

    def _session(self, asked: Asked, message: Message, group: IPAddress) -> bytes:
        """The session of this client and group: recomputed, so that no table of sessions can be filled from afar."""
        host, port = asked.requester[:2]
        whose = b"\0".join((host.encode(), str(port).encode(), group.packed, message.client_id or b""))
        return hmac.digest(self._secret, whose, hashlib.sha256)[:_SESSION_BYTES]

    def _malformed(self, asked: Asked, message: Message | None, reason: str) -> PingQuestion:
        problem = make_problem("ping_malformed", _text(asked.address), evidence=reason, port=asked.port)
        return replace(self._question(asked, message, "malformed"), problem=problem)

    def _question(
        self, asked: Asked, message: Message | None, refused: PingRefusal | None, group: IPAddress | None = None
    ) -> PingQuestion:
        kinds: dict[Kind, Literal["init", "query"]] = {Kind.INIT: "init", Kind.QUERY: "query"}
        told = group if group is not None or message is None else message.group
        return PingQuestion(
            time=self._clock(),
            requester=_text(asked.address),
            port=asked.port,
            interface=interface_name(asked.interface),
            address=str(asked.at) if asked.at is not None else None,
            message=kinds[message.kind] if message is not None else None,
            dialect=_DIALECTS.get(message.version) if message is not None else None,
            group=str(told) if told is not None else None,
            sequence=message.sequence if message is not None else None,
            answered=refused is None,
            refused=refused,
        )


def interface_name(index: int | None) -> str | None:
    """The name of the interface with that index, None if it is not known or gone."""
    if index is None:
        return None
    try:
        return name_of_index(index)
    except OSError:
        return None


def _text(address: IPAddress) -> str:
    host, percent, scope = str(address).partition("%")
    return f"{host}%{interface_name(int(scope)) or scope}" if percent else host
