"""Reads a provisioning profile: what it allows to whom, on which devices, and so how the app is distributed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal, NamedTuple

from diagnosis.bundle.der import signed_content
from diagnosis.bundle.plists import Plist, UnreadableError, read_plist, texts

Distribution = Literal["development", "ad_hoc", "app_store", "enterprise", "developer_id"]

APP_IDS = ("com.apple.application-identifier", "application-identifier")
DEBUGGING = ("com.apple.security.get-task-allow", "get-task-allow")


class Profile(NamedTuple):
    """A profile, whose signature was not checked. ``expires`` is in UTC; ``devices``: None where all or none are
    named.
    """

    name: str
    entitlements: Plist
    teams: tuple[str, ...]
    platforms: tuple[str, ...]
    expires: datetime | None
    devices: int | None
    all_devices: bool

    @property
    def app_id(self) -> str | None:
        """Prefix and bundle identifier, perhaps with ``*`` at its end."""
        return app_id(self.entitlements)

    @property
    def distribution(self) -> Distribution:
        """By which devices it holds for (TN3125, The Where). A Mac knows no ad hoc distribution."""
        mac = "OSX" in self.platforms
        if self.all_devices:
            return "developer_id" if mac else "enterprise"
        if self.devices is None:
            return "app_store"
        return "development" if mac or any(self.entitlements.get(key) is True for key in DEBUGGING) else "ad_hoc"


def read_profile(data: bytes) -> Profile:
    """The profile of a .provisionprofile or .mobileprovision. Raises UnreadableError."""
    return profile_of(read_plist(signed_content(data)))


def profile_of(plist: Plist) -> Profile:
    """The profile whose property list this is. Raises UnreadableError."""
    entitlements = plist.get("Entitlements")
    if not isinstance(entitlements, dict):
        raise UnreadableError("the profile holds no Entitlements")
    expires = plist.get("ExpirationDate")
    devices = plist.get("ProvisionedDevices")
    return Profile(
        name=str(plist.get("Name", ""))[:200],
        entitlements={key: value for key, value in entitlements.items() if isinstance(key, str)},
        teams=texts(plist.get("TeamIdentifier")),
        platforms=texts(plist.get("Platform")),
        expires=expires.replace(tzinfo=UTC) if isinstance(expires, datetime) else None,
        devices=len(devices) if isinstance(devices, list) else None,
        all_devices=plist.get("ProvisionsAllDevices") is True,
    )


def app_id(entitlements: Plist) -> str | None:
    """The App ID that entitlements name; on the Mac it has another key."""
    for key in APP_IDS:
        value = entitlements.get(key)
        if isinstance(value, str):
            return value
    return None
