"""The client's part of a multicast ping: what to say next, and what an answer means. Messages only, no sockets."""

from __future__ import annotations

import ipaddress
import secrets
from enum import Enum, auto
from typing import Literal, NamedTuple

from net.multicast.ping.counts import Dialect
from net.multicast.ping.messages import IPNetwork, Kind, Message, Option, init, query_v1, query_v2
from net.multicast.ping.policy import OWN_GROUPS, reserved
from net.problems import make_problem
from net.records import Problem
from net.sockets import IPAddress
from net.text import visible_bytes

PATIENCE = 0.5
"""Seconds in which a session of v2 is waited for before v1 is spoken as well."""
INIT_INTERVAL = 1.0
"""Seconds between two Inits: draft-ietf-mboned-ssmping-08 and omping."""
_CLIENT_ID_BYTES = 24
_V1_CLIENT_ID_BYTES = 4
_USUAL_TTLS = (64, 128, 255)
_INFO_SHOWN = 80


class Turn(NamedTuple):
    """What to send now, whether a query is among it, and the seconds to the next turn (None: the ping's interval)."""

    messages: tuple[Message, ...]
    query: bool
    pause: float | None = None


class Heard(Enum):
    """What a message of the responder is."""

    ANSWER = auto()
    AGREED = auto()
    """A session was opened: the first query is due at once."""
    MOVED = auto()
    """The responder named another group: a session is due to be asked for at once."""
    FORGOTTEN = auto()
    """The responder does not know the session (any more); the next turn asks for one."""
    REFUSED = auto()
    FOREIGN = auto()


class Conversation:
    """With one responder. ``dialect`` is None until it has spoken; ``refusal`` says why nothing more can be said."""

    def __init__(
        self, host: str, group: IPAddress, *, group_asked: bool, dialect: Literal["auto", "v1", "v2"] = "auto"
    ) -> None:
        self.group = group
        self.server: str | None = None
        self.refusal: Problem | None = None
        self.dialect: Dialect | None = None if dialect == "auto" else dialect
        self._host = host
        self._group_asked = group_asked
        self._old_client = secrets.token_bytes(_V1_CLIENT_ID_BYTES)
        self._client = secrets.token_bytes(_CLIENT_ID_BYTES)
        self._session: bytes | None = None
        self._asked = False

    def turn(self, sequence: int, sent: float) -> Turn:
        """What is due at ``sent`` (seconds since the epoch), with ``sequence`` for the number of a query."""
        if self.dialect == "v1":
            return Turn((self._old_query(sequence, sent),), query=True)
        if self._session is not None:
            query = query_v2(self._client, sequence, sent, self.group, self._session, ask=(Option.SERVER_TIME,))
            return Turn((query,), query=True)
        asking = init(self._client, ipaddress.ip_network(self.group))
        first, self._asked = not self._asked, True
        if self.dialect == "v2":
            return Turn((asking,), query=False, pause=INIT_INTERVAL)
        if first:
            return Turn((asking,), query=False, pause=PATIENCE)
        return Turn((asking, self._old_query(sequence, sent)), query=True)

    def hear(self, message: Message) -> Heard:
        """Take a message of the responder into account."""
        if message.kind == Kind.ANSWER:
            return self._hear_answer(message)
        if message.kind != Kind.RESPONSE or message.client_id != self._client or self.dialect == "v1":
            return Heard.FOREIGN
        self._note_server(message)
        if message.group is not None and message.session is not None:
            return self._hear_grant(message)
        if self._session is not None:
            self._begin_anew()
            return Heard.FORGOTTEN
        return self._hear_refusal(message)

    def _hear_answer(self, message: Message) -> Heard:
        old = message.version == 1 and message.client_id == self._old_client
        if not old and (message.version != 2 or message.client_id != self._client):
            return Heard.FOREIGN
        if old:
            self._note_server(message)
            if self.dialect is None:
                self.dialect = "v1"
        return Heard.ANSWER

    def _hear_grant(self, message: Message) -> Heard:
        if message.group != self.group:
            return Heard.FOREIGN
        agreed = self._session is None
        self.dialect, self._session = "v2", message.session
        return Heard.AGREED if agreed else Heard.FOREIGN

    def _hear_refusal(self, message: Message) -> Heard:
        """No group: stop, or (with prefixes) the responder's own groups."""
        offered = [prefix for prefix in message.prefixes if prefix.version == self.group.version]
        group = next((found for prefix in offered if (found := _usable(prefix)) is not None), None)
        if group is not None and group != self.group and not self._group_asked:
            # Once: whoever names ever new groups does not lead us through them all.
            self.group, self._group_asked = group, True
            self._begin_anew()
            return Heard.MOVED
        if offered:
            served = ", ".join(_plain(prefix) for prefix in offered)
            self.refusal = make_problem("ping_group_refused", self._host, group=str(self.group), offered=served)
        else:
            self.refusal = make_problem("ping_stopped", self._host)
        return Heard.REFUSED

    def _begin_anew(self) -> None:
        """With a new client ID, so that what is still under way from the session before is not mistaken."""
        self._session = None
        self._client = secrets.token_bytes(_CLIENT_ID_BYTES)

    def _old_query(self, sequence: int, sent: float) -> Message:
        return query_v1(self._old_client, sequence, sent, self.group, ask_version=self.server is None)

    def _note_server(self, message: Message) -> None:
        if message.server_info is not None:
            self.server = visible_bytes(message.server_info, _INFO_SHOWN)


def hops(message: Message, ttl: int | None) -> int | None:
    """The routers an answer passed: the TTL it was sent with less that on arrival, None where that is not known.

    v1 does not say the first; it is taken for the lowest usual one above the second.
    """
    if ttl is None:
        return None
    if message.ttl is not None:
        return message.ttl - ttl if message.ttl >= ttl else None
    return next(usual for usual in _USUAL_TTLS if usual >= ttl) - ttl


def _usable(prefix: IPNetwork) -> IPAddress | None:
    """A group of the range that may be joined: the protocol's own, or the one there is."""
    own = OWN_GROUPS[prefix.version]
    if own in prefix:
        return own
    only = prefix.network_address
    return only if prefix.num_addresses == 1 and only.is_multicast and not reserved(only) else None


def _plain(prefix: IPNetwork) -> str:
    return str(prefix.network_address) if prefix.num_addresses == 1 else str(prefix)
