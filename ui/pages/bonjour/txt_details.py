"""The TXT section of the details: each key with its value, what that means, and which rule it breaks."""

from __future__ import annotations

from discovery.records import HeardRecord, Service
from resources.loader import ServiceTypeRow, TxtKeyRow
from resources.services import decode_txt
from ui.pages.bonjour.txt import TxtEntry, TxtText, read_txt, tr, value_text
from ui.text import count, plural, visible
from ui.widgets.details_form import Fact, Section

LABEL_CAP = 20
VALUE_CAP = 500
WHOLE_CAP = 12_000
MOST_KEYS = 64
"""TXT keys shown, each two or three widgets; copying gives all."""


def describe_txt(
    service: Service, known: ServiceTypeRow | None, record: HeardRecord | None, *, as_hex: bool
) -> Section:
    """From the record where it was heard; ``known`` is what the table has of the type."""
    txt = read_txt(service, record)
    if not txt.entries:
        return Section(tr("TXT"), text=tr("Its TXT record is empty or not heard yet."))
    meanings = {key.key.lower(): key for key in known.txt} if known is not None else {}
    facts = [_fact(entry, meanings.get(entry.name.lower()), as_hex=as_hex) for entry in txt.entries[:MOST_KEYS]]
    more = len(txt.entries) - len(facts)
    if more:
        facts.append(Fact("…", plural(more, tr("%n more key, in Copy TXT"), tr("%n more keys, in Copy TXT"))))
    facts += [Fact("!", hint) for hint in txt.hints]
    return Section(_title(txt), facts=tuple(facts))


def key_meaning(key: TxtKeyRow) -> str:
    """What a key means, with its values or bits; said to be unverified where it is."""
    known = ", ".join(f"{value} {says}" for value, says in key.values.items())
    known = known or ", ".join(f"bit {place} {says}" for place, says in key.bits.items())
    meaning = f"{key.meaning}: {known}" if known else key.meaning
    return _verified(key, meaning)


def _title(txt: TxtText) -> str:
    title = tr("TXT · %1").replace("%1", plural(len(txt.entries), tr("%n key"), tr("%n keys")))
    return title if txt.size is None else f"{title} · {tr('%1 bytes').replace('%1', count(txt.size))}"


def _fact(entry: TxtEntry, known: TxtKeyRow | None, *, as_hex: bool) -> Fact:
    """One line: a line break in a value is made visible, not followed."""
    notes = [_meaning(known, entry.value)] if known is not None else []
    notes += [f"! {hint}" for hint in entry.hints]
    return Fact(
        visible(entry.name, LABEL_CAP) or "=",
        visible(value_text(entry.value, as_hex=as_hex), WHOLE_CAP),
        fixed=bool(entry.value),
        cap=VALUE_CAP,
        note="\n".join(notes),
    )


def _meaning(key: TxtKeyRow, value: bytes | None) -> str:
    """``category: light bulb``; the meaning of the key alone where its value says no more."""
    try:
        decoded = decode_txt(key, value.decode()) if value else ""
    except UnicodeDecodeError:
        decoded = ""
    return _verified(key, f"{key.meaning}: {decoded}" if decoded else key.meaning)


def _verified(key: TxtKeyRow, meaning: str) -> str:
    return meaning if key.verified else tr("%1 (unverified)").replace("%1", meaning)
