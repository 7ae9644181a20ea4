"""The names of DNS-SD service types: reading what was typed, and what the network sends (RFC 6763 section 7)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from net.problems import ProblemError, make_problem
from net.records import Problem
from net.text import visible
from resources.loader import service_types

DOMAIN = "local"
META_QUERY = "_services._dns-sd._udp.local."
"""Answered with one PTR per type that is advertised (RFC 6763 section 9)."""

LONGEST_LABEL = 63
_PROTOCOLS = ("_tcp", "_udp")
_SUBTYPE = "_sub"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_HEARD_TYPE = re.compile(r"_[a-z0-9_-]+\._(tcp|udp)", re.IGNORECASE)


class BrowsedType(NamedTuple):
    """A type to browse, ``_http._tcp``, and the one subtype of it that is wanted (``_printer``) or None."""

    base: str
    subtype: str | None = None

    @property
    def pointer(self) -> str:
        """The full name whose PTR records point at the instances."""
        return f"{self.subtype}.{_SUBTYPE}.{self.base}.{DOMAIN}." if self.subtype else f"{self.base}.{DOMAIN}."


def parse_type(text: str) -> BrowsedType:
    """A type as typed to be browsed, see ``read_type``. Raises ProblemError: service_type_invalid."""
    try:
        return read_type(text)
    except ValueError as error:
        subject = visible(text, 100) or "An empty text"
        raise ProblemError(make_problem("service_type_invalid", subject, rule=str(error))) from None


def read_type(text: str) -> BrowsedType:
    """``_http._tcp`` or ``_printer._sub._http._tcp``, with or without ``.local``.

    Raises ValueError that names the rule of RFC 6763 section 7 or RFC 6335 section 5.1 that is broken.
    """
    name = text.strip().removesuffix(".")
    if name.lower().endswith("." + DOMAIN):
        name = name[: -len(DOMAIN) - 1]
    labels = name.split(".")
    if labels[-1].lower() not in _PROTOCOLS:
        raise ValueError("it ends with ._tcp or ._udp, in the domain local and no other (RFC 6763 section 7)")
    if len(labels) < 2:
        raise ValueError("a service name stands before ._tcp or ._udp (RFC 6763 section 7)")
    _check_service_name(labels[-2])
    base = ".".join(labels[-2:]).lower()
    if len(labels) == 2:
        return BrowsedType(base)
    subtype = ".".join(labels[:-3])
    if labels[-3].lower() != _SUBTYPE or not subtype:
        raise ValueError("a subtype is written NAME._sub._service._tcp (RFC 6763 section 7.1)")
    if len(subtype.encode()) > LONGEST_LABEL or _CONTROLS.search(subtype):
        raise ValueError("a subtype has at most 63 bytes and no control characters (RFC 6763 section 7.1)")
    return BrowsedType(base, subtype)


def parse_types(texts: Iterable[str]) -> tuple[tuple[BrowsedType, ...], tuple[Problem, ...]]:
    """All that are well formed, and a Problem for each other; where none is well formed, its ProblemError is raised."""
    types: dict[BrowsedType, None] = {}
    problems = []
    for text in texts:
        try:
            types[parse_type(text)] = None
        except ProblemError as error:
            problems.append(error)
    if problems and not types:
        raise problems[0]
    return tuple(types), tuple(error.problem for error in problems)


def heard_type(name: str) -> BrowsedType | None:
    """The type that a full name from the network denotes, or None where it denotes none that can be asked for.

    Real devices use underscores and more than 15 characters, so this is laxer than ``parse_type``.
    """
    rest = name.removesuffix(".")
    if not rest.lower().endswith("." + DOMAIN):
        return None
    labels = rest[: -len(DOMAIN) - 1].split(".")
    base = ".".join(labels[-2:])
    if not _HEARD_TYPE.fullmatch(base) or len(base) > LONGEST_LABEL or not _can_be_asked(labels[-2]):
        return None
    if len(labels) == 2:
        return BrowsedType(base)
    subtype = ".".join(labels[:-3])
    if labels[-3].lower() != _SUBTYPE or not subtype or len(subtype.encode()) > LONGEST_LABEL:
        return None
    return BrowsedType(base, subtype)


def instance_label(full_name: str, base: str) -> str | None:
    """The first label of ``full_name``, an instance of the type ``base``; None where it is no instance of that."""
    ending = f".{base}.{DOMAIN}.".lower()
    if not full_name.lower().endswith(ending) or len(full_name) == len(ending):
        return None
    return full_name[: -len(ending)]


def well_known_subtypes(base: str) -> tuple[BrowsedType, ...]:
    """The subtypes of a type that the table lists by a fixed name."""
    row = service_types().get(base.lower())
    names = row.subtypes if row else ()
    return tuple(BrowsedType(base, name) for name in names if "{" not in name)


def _check_service_name(name: str) -> None:
    rules = (
        (name.startswith("_"), "the service name begins with an underscore (RFC 6763 section 7)"),
        (1 <= len(name) - 1 <= 15, "the service name has 1 to 15 characters (RFC 6335 section 5.1)"),
        (
            re.fullmatch(r"_[A-Za-z0-9-]*", name) is not None,
            "the service name consists of letters, digits and hyphens (RFC 6335 section 5.1)",
        ),
        (re.search(r"[A-Za-z]", name) is not None, "the service name has at least one letter (RFC 6335 section 5.1)"),
        (
            not (name[1:2] == "-" or name.endswith("-") or "--" in name),
            "the service name neither begins nor ends with a hyphen and has no two in a row (RFC 6335 section 5.1)",
        ),
    )
    for kept, rule in rules:
        if not kept:
            raise ValueError(rule)


def _can_be_asked(name: str) -> bool:
    """Whether zeroconf takes the service name; it raises for others."""
    return "--" not in name and name[1] != "-" and name[-1] != "-" and re.search(r"[A-Za-z]", name) is not None
