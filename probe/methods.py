"""The one table of what can be asked: probe, terminal and their documentation come from it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from importlib import import_module
from typing import cast

import msgspec

from diagnosis.requests import BundleRequest, DiagnoseRequest, ExplainRequest
from discovery.requests import (
    AskRequest,
    BrowseRequest,
    DevicesRequest,
    HearRequest,
    LadderRequest,
    PublishRequest,
    SystemRequest,
    VerifyRequest,
)
from net.multicast.requests import (
    CaptureRequest,
    ChangesRequest,
    DriftRequest,
    EnduranceRequest,
    MatrixRequest,
    PingRequest,
    RespondRequest,
    SnapshotRequest,
)
from net.records import Record
from net.requests import (
    AnswersRequest,
    BindRequest,
    EndRequest,
    InterfaceRequest,
    ListenRequest,
    Nothing,
    PortsRequest,
    ProcessRequest,
    Request,
    ResolveRequest,
    ResolversRequest,
    RouteRequest,
    SendRequest,
)

Batch = tuple[Record, ...]
Watch = Callable[[Request], AsyncGenerator[Batch, None]]


class Method(msgspec.Struct, frozen=True):
    """A watch: its name on the line, its parameters, the async generator that answers, and what it is for.

    The generator is named, not imported, so that a probe pays for zeroconf or psutil only when asked. ``whole``: it is
    asked for its next batch only when the one before was handed on, so that nothing is left out
    (outbox.WHOLE_EVENTS_KEPT still bounds a batch). ``finishes``: it heeds net.ending, so that it can be asked for its
    last words.
    """

    name: str
    request: type[Request]
    module: str
    function: str
    says: str
    whole: bool = False
    finishes: bool = False

    def load(self) -> Watch:
        """Import the module and return the generator function."""
        return cast("Watch", getattr(import_module(self.module), self.function))


METHODS = {
    method.name: method
    for method in (
        Method("interfaces.watch", InterfaceRequest, "net.interfaces", "watch", "the host's interfaces"),
        Method("traffic.watch", InterfaceRequest, "net.traffic", "watch", "counters and rates, once a second"),
        Method("routes.egress", RouteRequest, "net.routes", "watch", "the way a datagram leaves"),
        Method("changes.watch", ChangesRequest, "net.changes", "watch", "what changed on this host, as a log"),
        Method("groups.watch", InterfaceRequest, "net.memberships", "watch", "groups the kernel has joined"),
        Method("bonjour.browse", BrowseRequest, "discovery.bonjour.browser", "browse", "Bonjour services"),
        Method("bonjour.hear", HearRequest, "discovery.bonjour.hear", "hear", "every mDNS packet, and what it breaks"),
        Method(
            "bonjour.ask",
            AskRequest,
            "discovery.bonjour.ask",
            "ask",
            "ask one question, see who answers in time",
            finishes=True,
        ),
        Method(
            "bonjour.verify", VerifyRequest, "discovery.bonjour.verify", "verify", "is a record still answered for?"
        ),
        Method(
            "bonjour.publish",
            PublishRequest,
            "discovery.bonjour.publisher.own_host",
            "publish_beside_own",
            "announce a service",
            finishes=True,
        ),
        Method(
            "bonjour.system",
            SystemRequest,
            "discovery.bonjour.system.system",
            "system",
            "the system's responder beside ours",
        ),
        Method(
            "bonjour.ladder",
            LadderRequest,
            "discovery.bonjour.ladder.ladder",
            "ladder",
            "why nothing is found, by steps",
        ),
        Method("devices.watch", DevicesRequest, "discovery.devices.devices", "devices", "one row a device"),
        Method(
            "multicast.listen", ListenRequest, "net.multicast.listener", "listen", "join and receive", finishes=True
        ),
        Method("multicast.send", SendRequest, "net.multicast.sender", "send", "send datagrams to a group"),
        Method(
            "multicast.drift", DriftRequest, "net.multicast.drift", "watch", "when unbound joins go elsewhere, and why"
        ),
        Method(
            "multicast.snapshot", SnapshotRequest, "net.multicast.snapshot", "snapshot", "the state, and what changed"
        ),
        Method("multicast.endurance", EnduranceRequest, "net.multicast.endurance", "run", "stay joined for minutes"),
        Method("multicast.test", MatrixRequest, "net.multicast.matrix", "test", "send and listen on every interface"),
        Method("multicast.ping", PingRequest, "net.multicast.ping.client", "ping", "multicast ping of a responder"),
        Method(
            "multicast.respond", RespondRequest, "discovery.bonjour.announced_responder", "respond", "answer such pings"
        ),
        Method(
            "multicast.capture",
            CaptureRequest,
            "net.multicast.capture.reader",
            "open_capture",
            "open a capture",
            whole=True,
        ),
        Method("ports.answers", AnswersRequest, "net.ports.answers", "watch", "who answers at each own address"),
        Method("ports.bind", BindRequest, "net.ports.binding", "watch", "could a program bind this port?"),
        Method("ports.watch", PortsRequest, "net.ports.listeners", "watch", "listening sockets and owners"),
        Method("ports.process", ProcessRequest, "net.ports.process", "watch", "why a process runs, and from where"),
        Method("ports.end", EndRequest, "net.ports.ending", "watch", "end one process"),
        Method("resolvers.watch", ResolversRequest, "net.resolvers.servers", "watch", "the system's DNS servers"),
        Method("resolvers.resolve", ResolveRequest, "net.resolvers.resolve", "resolve", "what each of them answers"),
        Method("diagnosis.bundle", BundleRequest, "diagnosis.bundle.examine", "examine", "what an app bundle allows"),
        Method("diagnosis.explain", ExplainRequest, "diagnosis.explain", "explain", "what an error text or code means"),
        Method(
            "diagnosis.inventory", Nothing, "diagnosis.inventory", "inventory", "what stands between sockets and wire"
        ),
        Method("diagnosis.run", DiagnoseRequest, "diagnosis.run", "run", "the checks and their findings"),
    )
}
