"""A connection to the system bus of D-Bus, its refusals with their names."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

from dbus_fast import DBusFastError, Message, MessageFlag, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.constants import BusType

DRIVER: Final = "org.freedesktop.DBus"


class BusError(Exception):
    """A call that was refused: ``name`` is D-Bus's or the service's own name of the error."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}" if text else name)
        self.name = name
        self.text = text


class Bus:
    """The system bus, at DBUS_SYSTEM_BUS_ADDRESS or where it usually is; an async context manager.

    ``signal`` gets each signal. Entering raises OSError where there is no bus or it refuses.
    """

    def __init__(self, signal: Callable[[Message], None]) -> None:
        self._signal = signal
        self._bus: MessageBus | None = None

    async def __aenter__(self) -> Self:
        try:
            bus = MessageBus(bus_type=BusType.SYSTEM)
            await bus.connect()
        except (DBusFastError, EOFError) as error:
            raise ConnectionError(str(error)) from error
        self._bus = bus
        bus.add_message_handler(self._take)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        bus, self._bus = self._bus, None
        if bus is None:
            return
        bus.remove_message_handler(self._take)
        bus.disconnect()
        await _ended(bus)

    async def ended(self) -> None:
        """Wait until the connection is lost."""
        if self._bus is not None:
            await _ended(self._bus)

    async def call(
        self, destination: str, path: str, interface: str, member: str, signature: str = "", *arguments: object
    ) -> list[Any]:
        """The values of the reply. Starts no service that does not run.

        Raises BusError where it is refused, OSError where the connection is lost.
        """
        message = Message(
            destination=destination,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(arguments),
            flags=MessageFlag.NO_AUTOSTART,
        )
        if self._bus is None or not self._bus.connected:
            raise ConnectionError("the bus is gone")
        try:
            reply = await self._bus.call(message)
        except EOFError as error:
            raise ConnectionError("the bus is gone") from error
        if reply is None:
            raise ConnectionError("the bus is gone")
        if reply.message_type is MessageType.ERROR:
            raise BusError(str(reply.error_name), str(reply.body[0]) if reply.body else "")
        return list(reply.body)

    async def watch_owner(self, name: str) -> None:
        """From now on ``signal`` gets NameOwnerChanged of the name."""
        rule = f"type='signal',sender='{DRIVER}',member='NameOwnerChanged',arg0='{name}'"
        await self.call(DRIVER, "/org/freedesktop/DBus", DRIVER, "AddMatch", "s", rule)

    async def has_owner(self, name: str) -> bool:
        """Whether a service of that name runs."""
        return bool((await self.call(DRIVER, "/org/freedesktop/DBus", DRIVER, "NameHasOwner", "s", name))[0])

    def _take(self, message: Message) -> None:
        if message.message_type is MessageType.SIGNAL:
            self._signal(message)


async def _ended(bus: MessageBus) -> None:
    with suppress(OSError, EOFError):
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # the library's own lack
