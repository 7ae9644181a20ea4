"""What cells lead to: each class of fault by itself, and what is meant to be so and blamed on nobody."""

from __future__ import annotations

import errno

import msgspec
import pytest

from net.resolvers.records import Resolution, Resolver, ResolverScope, SystemResolution, Transport
from net.resolvers.verdict import conclude
from net.verdict import Verdict

NAME = "printer.corp.example"
SERVER = "10.8.0.53"
PRIVATE = "10.8.1.66"
KNOWN = SystemResolution(name=NAME, ok=True, addresses=(PRIVATE,), ms=2)
UNKNOWN = SystemResolution(name=NAME, ok=False, error="EAI_NONAME")
UNANSWERED = SystemResolution(name=NAME, ok=False, error="EAI_AGAIN")
GOOD = Resolution(
    name=NAME,
    server=SERVER,
    port=53,
    interface="en0",
    path="default",
    transport="udp",
    ok=True,
    rcode="NOERROR",
    addresses=(PRIVATE,),
    ms=1.5,
    tries=5,
    answered=5,
    size=60,
)


def cells(server: str = SERVER, bound: str | None = None, **changes: dict[str, object]) -> list[Resolution]:
    """The three cells of a server and a path, all well but for the changes of one transport or of ``all``."""
    transports: tuple[Transport, ...] = ("udp", "udp_large", "tcp")
    path = {"path": "bound", "interface": bound} if bound else {}
    found = []
    for each in transports:
        different = {**path, **changes.get(each, {}), **changes.get("all", {})}
        found.append(msgspec.structs.replace(GOOD, server=server, transport=each, **different))
    return found


def silent(**more: object) -> dict[str, object]:
    return {"ok": False, "answered": 0, "rcode": None, "addresses": (), "ms": None, **more}


def resolver(
    server: str = SERVER, scope: ResolverScope = "default", interface: str | None = None, *domains: str
) -> Resolver:
    return Resolver(server=server, scope=scope, interface=interface, domains=domains, order=0, source="test")


def codes(found: tuple[Verdict, ...]) -> list[str]:
    return [each.code for each in found]


REFUSED = errno.ECONNREFUSED


@pytest.mark.parametrize(
    ("changes", "code", "certainty"),
    [
        ({}, "resolve_healthy", "proven"),
        ({"udp": silent(), "udp_large": silent()}, "resolve_udp_filtered", "likely"),
        ({"udp_large": silent(fits=1232)}, "resolve_large_lost", "likely"),
        ({"udp_large": silent()}, "resolve_edns_lost", "possible"),
        ({"tcp": silent()}, "resolve_tcp_blocked", "likely"),
        ({"tcp": silent(errno=REFUSED), "udp": {"truncated": True}}, "resolve_tcp_blocked", "proven"),
        ({"udp": silent(unexpected_source="10.8.0.1")}, "resolve_other_source", "proven"),
        ({"all": silent(errno=REFUSED)}, "resolve_refused", "proven"),
        ({"all": silent(errno=errno.ENETUNREACH)}, "resolve_unreachable", "proven"),
        ({"udp": silent(errno=errno.EPERM), "tcp": silent(errno=REFUSED)}, "resolve_forbidden", "proven"),
        ({"udp": silent(), "tcp": silent(errno=errno.EPERM)}, "resolve_forbidden", "proven"),
        ({"udp": silent(), "tcp": silent(malformed=5)}, "resolve_closes", "likely"),
        ({"udp": silent(errno=REFUSED), "tcp": silent(errno=errno.ECONNRESET)}, "resolve_closes", "likely"),
        ({"all": silent()}, "resolve_silent", "likely"),
        ({"all": silent(malformed=3)}, "resolve_malformed", "likely"),
        ({"udp": {"ok": False, "answered": 4}}, "resolve_unsteady", "likely"),
        ({"udp_large": {"ok": False, "answered": 1}}, "resolve_unsteady", "likely"),
        ({"all": {"ok": False, "rcode": "SERVFAIL", "addresses": ()}}, "resolve_server_fails", "proven"),
        ({"all": {"rcode": "NXDOMAIN", "addresses": ()}}, "resolve_healthy", "proven"),
    ],
)
def test_each_class_has_its_verdict(changes: dict[str, dict[str, object]], code: str, certainty: str) -> None:
    (verdict,) = conclude(NAME, (), cells(SERVER, None, **changes), KNOWN)
    assert (verdict.about, verdict.code, verdict.certainty) == ("resolve", code, certainty)
    assert verdict.text
    assert verdict.cause
    assert verdict.remedy or code == "resolve_healthy"
    assert verdict.evidence
    assert "{" not in "".join((verdict.text, verdict.cause, *verdict.remedy, *verdict.evidence))


def test_a_server_that_answers_bound_only_is_reached_by_the_wrong_interface() -> None:
    found = [*cells(all=silent()), *cells(bound="utun3")]
    (verdict,) = conclude(NAME, (resolver(interface="utun3"),), found, KNOWN)
    assert verdict.code == "resolve_wrong_interface"
    assert "en0" in verdict.text
    assert "utun3" in verdict.text


def test_a_refusal_by_another_interface_proves_that_the_host_is_up_there() -> None:
    found = [*cells(all=silent()), *cells(bound="en5", all=silent()), *cells(bound="en0", all=silent(errno=REFUSED))]
    (verdict,) = conclude(NAME, (), found, KNOWN)
    assert (verdict.code, verdict.certainty) == ("resolve_wrong_interface_refused", "proven")
    assert "bound to en0 its host refuses" in verdict.text
    assert codes(conclude(NAME, (), [*cells(all=silent(errno=REFUSED)), *found[6:]], KNOWN)) == ["resolve_refused"]


def test_a_link_local_server_of_the_system_without_a_zone_is_told_from_a_missing_route() -> None:
    invalid = silent(errno=errno.EINVAL)
    assert codes(conclude(NAME, (), cells("fe80::1", all=invalid), KNOWN)) == ["resolve_no_zone"]
    assert codes(conclude(NAME, (), cells("fe80::1%en0", all=invalid), KNOWN)) == ["resolve_unreachable"]


def test_a_silent_server_is_told_how_a_wrong_route_is_proven() -> None:
    (verdict,) = conclude(NAME, (), cells(all=silent()), KNOWN)
    assert any(f"--server {SERVER} --interface NAME" in line for line in verdict.remedy)


def test_a_server_for_bound_sockets_only_need_not_answer_others() -> None:
    found = [*cells(all=silent()), *cells(bound="utun3")]
    assert codes(conclude(NAME, (resolver(scope="scoped", interface="utun3"),), found, KNOWN)) == ["resolve_healthy"]


def test_a_server_for_other_domains_may_refuse_the_name() -> None:
    used = (resolver(), resolver("10.9.0.53", "supplemental", None, "other.example"))
    refused: dict[str, object] = {"ok": False, "rcode": "REFUSED", "addresses": ()}
    assert codes(conclude(NAME, used, [*cells(), *cells("10.9.0.53", all=refused)], KNOWN)) == ["resolve_healthy"]


def test_a_server_that_knows_while_the_system_does_not_is_not_asked_by_it() -> None:
    used = (resolver("1.1.1.1"), resolver(SERVER, "supplemental", None, "other.example"))
    outside: dict[str, object] = {"rcode": "NXDOMAIN", "addresses": ()}
    (verdict,) = conclude(NAME, used, [*cells("1.1.1.1", all=outside), *cells()], UNKNOWN)
    assert (verdict.code, verdict.certainty) == ("resolve_system_order", "proven")
    assert "for names in other.example only" in verdict.cause


@pytest.mark.parametrize(
    ("used", "system", "cause"),
    [
        ((resolver("1.1.1.1"),), UNKNOWN, "none of the servers this system uses (1.1.1.1)."),
        ((resolver("1.1.1.1"),), UNANSWERED, "(1.1.1.1), from which it got no usable answer."),
        ((), UNANSWERED, "is no server of this system, which has none."),
    ],
)
def test_a_server_that_is_none_of_the_systems_own_and_alone_knows_the_name_is_not_asked_by_it(
    used: tuple[Resolver, ...], system: SystemResolution, cause: str
) -> None:
    (verdict,) = conclude(NAME, used, cells(), system)
    assert (verdict.code, verdict.certainty) == ("resolve_system_order", "likely")
    assert verdict.cause.endswith(cause)


def test_where_getaddrinfo_could_not_be_asked_nothing_is_said_of_the_system() -> None:
    refused = SystemResolution(name=NAME, ok=False, error="PermissionError")
    assert codes(conclude(NAME, (resolver(),), cells(), refused)) == ["resolve_healthy"]


def test_a_silent_server_explains_why_the_system_has_no_answer() -> None:
    used = (resolver("10.8.0.1"), resolver())
    found = [*cells("10.8.0.1", all=silent()), *cells()]
    assert codes(conclude(NAME, used, found, UNANSWERED)) == ["resolve_silent"]


def test_split_dns_that_works_is_told_from_a_leak() -> None:
    outside: dict[str, object] = {"rcode": "NXDOMAIN", "addresses": ()}
    found = [*cells("1.1.1.1", all=outside), *cells()]
    bound = resolver(SERVER, "supplemental", "utun3", "corp.example")
    assert codes(conclude(NAME, (resolver("1.1.1.1"), bound), found, KNOWN)) == ["resolve_split_dns"]
    (verdict,) = conclude(NAME, (resolver("1.1.1.1"), resolver()), found, KNOWN)
    assert verdict.code == "resolve_servers_differ"
    assert f"{SERVER} says {PRIVATE}." in verdict.evidence


def test_public_addresses_may_differ() -> None:
    found = [*cells(all={"addresses": ("8.8.8.8",)}), *cells("1.1.1.1", all={"addresses": ("9.9.9.9",)})]
    assert codes(conclude(NAME, (), found, KNOWN)) == ["resolve_healthy"]


def test_each_faulty_server_has_a_verdict_of_its_own() -> None:
    found = [*cells(tcp=silent()), *cells("1.1.1.1", all=silent())]
    verdicts = conclude(NAME, (), found, KNOWN)
    assert [(each.code, each.subject) for each in verdicts] == [
        ("resolve_tcp_blocked", SERVER),
        ("resolve_silent", "1.1.1.1"),
    ]
    assert len({each.key() for each in verdicts}) == 2
