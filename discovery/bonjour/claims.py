"""Tells two hosts that claim one instance name in turn (RFC 6762 section 9) from a service that moved to another."""

from __future__ import annotations

from typing import Final

MOST_RIVALS: Final = 8
"""Of one instance."""
RETURNS_WITHIN: Final = 30.0
"""Seconds: a host whose SRV record another's replaced, and who sends it again within these, claims it against him."""
CLAIM_LASTS: Final = 120.0
"""Seconds since a host was last heard with its SRV record: the TTL of records with a host name (section 10)."""

Target = tuple[str, int]
"""Host and port of an SRV record."""


class Claims:
    """Who claims each instance beside the host that stands for it; times are monotonic seconds."""

    def __init__(self) -> None:
        self._replaced: dict[str, dict[str, float]] = {}
        self._rivals: dict[str, dict[str, tuple[Target, float]]] = {}
        self._stood: dict[str, float] = {}

    def rivals(self, key: str) -> tuple[Target, ...]:
        """The others that claim the instance ``key``."""
        return tuple(sorted(target for target, _ in self._rivals.get(key, {}).values()))

    def take(self, key: str, standing: Target, heard: Target, now: float) -> bool:
        """An SRV record was heard; whether it stands for the instance from now on, in place of ``standing``.

        A host that replaces another stands, as when a service moves. If the other returns he stands again, having been
        there before, and whoever else is heard is a rival, until the one that stands is silent for ``CLAIM_LASTS``.
        """
        host, stands = heard[0].lower(), standing[0].lower()
        rivals = self._rivals.get(key)
        if host == stands:
            if rivals is not None:
                self._stood[key] = now
            return True
        if rivals is not None:
            if now - self._stood[key] > CLAIM_LASTS:
                self.forget(key)
                return True
            if host in rivals or len(rivals) < MOST_RIVALS:
                rivals[host] = heard, now
            return False
        replaced = {name: at for name, at in self._replaced.get(key, {}).items() if now - at <= RETURNS_WITHIN}
        if host in replaced:
            self._replaced.pop(key)
            self._rivals[key] = {stands: (standing, now)}
            self._stood[key] = now
        elif len(replaced) < MOST_RIVALS:
            self._replaced[key] = {**replaced, stands: now}
        return True

    def settle(self, now: float) -> set[str]:
        """Forget who was silent for long; returns the keys of the instances that changed by that."""
        changed = set()
        for key, rivals in list(self._rivals.items()):
            for host in [host for host, (_, at) in rivals.items() if now - at > CLAIM_LASTS]:
                del rivals[host]
                changed.add(key)
            if not rivals:
                self.forget(key)
        return changed

    def forget(self, key: str) -> None:
        """The instance is gone, or nobody is in dispute about it."""
        self._replaced.pop(key, None)
        self._rivals.pop(key, None)
        self._stood.pop(key, None)
