"""What the rules judge: the parts of a bundle beside what the person says of the app, and how a finding is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from diagnosis.bundle.parts import Part, System
from diagnosis.bundle.plists import Plist
from diagnosis.bundle.profile import Distribution
from diagnosis.records import Finding
from net.text import visible
from net.verdict import Certainty
from resources.loader import bundle_rules

VALUES_SHOWN = 20
CHECK = "bundle"

DISTRIBUTIONS: dict[Distribution, str] = {
    "development": "development",
    "ad_hoc": "ad hoc distribution",
    "app_store": "the App Store",
    "enterprise": "enterprise (in-house) distribution",
    "developer_id": "Developer ID",
}

_MAC_RESTRICTED = ("com.apple.developer.", "com.apple.application-identifier", "keychain-access-groups")


@dataclass(frozen=True, kw_only=True)
class Case:
    """``parts``: the app first. ``browses``: bare types the person names; ``multicast``: it sends or receives itself.

    ``now`` is in UTC.
    """

    parts: tuple[Part, ...]
    browses: tuple[str, ...]
    multicast: bool
    now: datetime

    @property
    def main(self) -> Part:
        return self.parts[0]

    @property
    def extensions(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.is_extension)

    @property
    def system(self) -> System | None:
        return next((part.system for part in self.parts if part.system is not None), None)

    @property
    def privacy(self) -> Part | None:
        """The part whose Info.plist counts for Local Network privacy: the app, not its extensions (TN3179)."""
        main = self.main
        return main if main.info is not None and not main.is_extension and "NSExtension" not in main.info else None

    def distribution(self, part: Part) -> Distribution | None:
        """By the profile, else by the certificate that signed; of an extension that tells neither, its app's."""
        for each in (part, self.main):
            if each.profile is not None:
                return each.profile.distribution
            signer = each.signature.signer if each.signature is not None else None
            if signer is not None and signer != "distribution":
                return signer
        return None

    def signed(self) -> Iterator[tuple[Part, Plist]]:
        """The parts with a signature that is by somebody, and what each claims."""
        for part in self.parts:
            if part.signature is not None and part.claimed is not None:
                yield part, part.claimed


def finding(code: str, subject: str, certainty: Certainty, evidence: Iterable[str], **facts: object) -> Finding:
    """The Finding of a rule; ``facts`` fill the braces of its sentences. Text of the bundle is made visible.

    Raises KeyError for a code without a row in bundle-rules.toml.
    """
    row = bundle_rules()[code]
    values = {name: visible(str(value), 400) for name, value in {"subject": subject, **facts}.items()}
    return Finding(
        code=code,
        severity=row.severity,
        certainty=certainty,
        subject=visible(subject, 100),
        title=row.title.format(**values),
        evidence=tuple(visible(line, 500) for line in evidence),
        cause=row.cause.format(**values),
        remedy=tuple(line.format(**values) for line in row.remedy),
        check=CHECK,
    )


def said(file: str, key: str, plist: Plist | None) -> str:
    """``App.app/Info.plist: NSBonjourServices is _http._tcp``: the evidence of a key."""
    if plist is None or key not in plist:
        return f"{file}: {key} is missing"
    return f"{file}: {key} is {shown(plist[key])}"


def shown(value: object) -> str:
    """A value in words, of arrays and dictionaries the beginning."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        items = [str(each)[:100] if isinstance(each, str | int | float) else "…" for each in list(value)[:VALUES_SHOWN]]
        more = ", …" if len(value) > VALUES_SHOWN else ""
        return f"[{', '.join(items)}{more}]"
    return f'"{value[:200]}"' if isinstance(value, str) else str(value)[:200]


def listed(names: Iterable[str]) -> str:
    """``a, b, c``, of many the first."""
    every = list(names)
    more = f" and {len(every) - VALUES_SHOWN} more" if len(every) > VALUES_SHOWN else ""
    return ", ".join(every[:VALUES_SHOWN]) + more


def restricted(part: Part, claimed: Plist) -> tuple[str, ...]:
    """The keys that only a profile allows: on the Mac some, elsewhere all (TN3125)."""
    keys = [key for key, value in claimed.items() if value is not False]
    return tuple(key for key in keys if part.system != "macos" or key.startswith(_MAC_RESTRICTED))


def allows(granted: object, claimed: object) -> bool:
    """Whether a value in a profile covers that in a signature; ``*`` stands for any end (TN3125, The How)."""
    if isinstance(claimed, list) and (isinstance(granted, list) or granted == "*"):
        return all(allows(granted, each) for each in claimed)
    if isinstance(granted, list):
        return any(allows(each, claimed) for each in granted)
    if isinstance(granted, str) and isinstance(claimed, str) and granted.endswith("*"):
        return claimed.startswith(granted[:-1])
    return granted == "*" or (type(granted) is type(claimed) and granted == claimed)
