"""What a person wants to announce is taken as far as RFC 6762 and 6763 let it, else the broken rule is named."""

from __future__ import annotations

import socket

import pytest

from discovery.bonjour.publisher.own_host import cautions_of
from discovery.bonjour.publisher.publication import next_host, next_name, parse_publication
from discovery.requests import PublishRequest
from net.problems import ProblemError


def request(**facts: object) -> PublishRequest:
    return PublishRequest(**{"name": "Web", "type": "_http._tcp", "port": 80, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("Web", "Web (2)"),
        ("Web (2)", "Web (3)"),
        ("Web (9)", "Web (10)"),
        ("Web (x)", "Web (x) (2)"),
        ("é" * 31, "é" * 29 + " (2)"),
    ],
)
def test_the_next_name_is_numbered_and_fits_63_bytes(name: str, following: str) -> None:
    assert next_name(name) == following
    assert len(following.encode()) <= 63


@pytest.mark.parametrize(
    ("host", "following"), [(b"alpha", b"alpha-2"), (b"alpha-2", b"alpha-3"), (b"a" * 63, b"a" * 61 + b"-2")]
)
def test_the_next_host_is_numbered_and_fits_63_bytes(host: bytes, following: bytes) -> None:
    assert next_host(host) == following


def test_a_dot_in_the_name_stays_in_its_label() -> None:
    made = parse_publication(request(name="Dr. Web v1.2"))

    assert made.instance_name == (b"Dr. Web v1.2", b"_http", b"_tcp", b"local")


def test_the_name_is_put_into_normal_form_c() -> None:
    assert parse_publication(request(name="Bu\u0308ro")).name == "B\u00fcro"


def test_the_host_is_one_of_our_own_unless_given() -> None:
    own = socket.gethostname().partition(".")[0]

    assert parse_publication(request()).host == f"lanscout-{own[:50]}".encode()
    assert parse_publication(request(host="old-printer.local", addresses=("10.0.0.9",))).host == b"old-printer"


def test_a_subtype_without_an_underscore_is_announced_so_and_warned_of() -> None:
    made = parse_publication(request(port=80, subtypes=("printer", "_color")))
    assert made.subtypes == (b"printer", b"_color")
    assert [(each.code, each.subject) for each in cautions_of(made)] == [("publish_subtype_bare", "printer")]


def test_subtypes_are_taken_with_and_without_their_type() -> None:
    made = parse_publication(request(type="_color._sub._http._tcp", subtypes=("_printer", "_printer._sub._http._tcp")))

    assert (made.type, made.subtypes) == ("_http._tcp", (b"_color", b"_printer"))


def test_no_strings_make_the_one_empty_string() -> None:
    assert parse_publication(request()).txt.data == b"\0"


def test_the_bytes_of_txt_are_taken_as_they_are() -> None:
    assert parse_publication(request(txt_hex="ff 00")).txt.data == b"\xff\x00"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"name": ""}, "publish_name_invalid"),
        ({"name": "é" * 32}, "publish_name_invalid"),
        ({"name": "a\nb"}, "publish_name_invalid"),
        ({"name": "\ud800"}, "publish_name_invalid"),
        ({"type": "http"}, "publish_type_invalid"),
        ({"type": "_farmorethanfifteen._tcp"}, "publish_type_invalid"),
        ({"host": "a.b"}, "publish_host_invalid"),
        ({"host": "a" * 64}, "publish_host_invalid"),
        ({"host": socket.gethostname().upper()}, "publish_own_host"),
        ({"addresses": ("10.0.0.9",)}, "publish_without_host"),
        ({"host": "x", "addresses": ("nowhere",)}, "address_invalid"),
        ({"host": "x", "addresses": ("224.0.0.251",)}, "address_invalid"),
        ({"txt": ("=v",)}, "publish_txt_invalid"),
        ({"txt": ("ä=v",)}, "publish_txt_invalid"),
        ({"txt": ("k=" + "v" * 254,)}, "publish_txt_invalid"),
        ({"txt": ("k=1", "K=2")}, "publish_txt_invalid"),
        ({"txt": ("k=1",), "txt_hex": "00"}, "publish_txt_invalid"),
        ({"txt_hex": "0"}, "publish_txt_invalid"),
        ({"txt_hex": "00" * 9000}, "publish_txt_invalid"),
        ({"subtypes": ("a" * 64,)}, "publish_subtype_invalid"),
        ({"subtypes": ("",)}, "publish_subtype_invalid"),
        ({"subtypes": ("a.b",)}, "publish_subtype_invalid"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_its_name(facts: dict[str, object], code: str) -> None:
    with pytest.raises(ProblemError) as refused:
        parse_publication(request(**facts))
    assert refused.value.problem.code == code


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"type": "http"}, "http is not a service type that can be announced: it ends with ._tcp"),
        ({"txt_hex": "zz"}, "zz cannot stand in a TXT record: it is not pairs of hexadecimal digits."),
        ({"txt": ("=v",)}, "=v cannot stand in a TXT record: a key stands before the = (RFC 6763 section 6.4)."),
        ({"name": ""}, "An empty text cannot be the name of a service"),
        ({"host": ""}, "An empty text cannot be a host"),
    ],
)
def test_the_sentence_is_whole(facts: dict[str, object], sentence: str) -> None:
    with pytest.raises(ProblemError) as refused:
        parse_publication(request(**facts))
    assert refused.value.problem.text.startswith(sentence)
