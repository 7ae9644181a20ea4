"""What the Multicast page shows in a picture: groups in every state, packets, a lossy and a silent stream."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic
from typing import Any, cast

from PySide6.QtCore import QEventLoop, QTimer

from net.records import Datagram, Joined, Problem, Reception, Route, Skipped, Stream
from tests.ui.scenes import NOW, batch
from ui.pages.multicast.history import Sample
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.page import MulticastPage
from ui.pages.multicast.traffic_pane import STREAMS
from ui.window import MainWindow

TRAIN = ("224.224.0.77", 23019)
AUDIO = ("239.69.0.121", 5004)
SSDP = ("239.255.255.250", 1900)
SECONDS = 40
SECONDS_PLOTTED = 120


def joined(group: str, port: int, name: str | None = None, **more: Any) -> Joined:
    facts: dict[str, Any] = {"interface": "en0", "in_kernel": True, "buffer_bytes": 8_388_608, "name": name}
    return Joined(group=group, port=port, **(facts | more))


def reception(group: str, port: int, *, received: int, packets_per_s: float, size: int, **more: Any) -> Reception:
    facts: dict[str, Any] = {"interface": "en0", "dropped_here": 0, "last_source": "192.168.1.20:49152", "last": NOW}
    return Reception(
        group=group,
        port=port,
        received=received,
        bytes=received * size,
        packets_per_s=packets_per_s,
        bits_per_s=packets_per_s * size * 8,
        **(facts | more),
    )


def datagram(group: str, port: int, time: float, payload: bytes, **more: Any) -> Datagram:
    facts: dict[str, Any] = {
        "interface": "en0",
        "source": "192.168.1.20",
        "source_port": 49152,
        "ttl": 1,
        "payload_text": None,
    }
    return Datagram(
        group=group, port=port, time=NOW + time, size=len(payload), payload_hex=payload.hex(), **(facts | more)
    )


def train(number: int) -> Datagram:
    text = f"position of the train: km {12.4 + number / 10:.1f}"
    return datagram(*TRAIN, number * 0.25, text.encode(), payload_text=text)


def audio(number: int) -> Datagram:
    payload = bytes((0x80, 0x60, number >> 8 & 255, number & 255)) + bytes((number * 7 + at) & 255 for at in range(188))
    return datagram(*AUDIO, number * 0.125, payload, source="192.168.1.44", source_port=5004, ttl=15)


STREAM = Stream(
    source="192.168.1.20",
    source_port=49152,
    group=TRAIN[0],
    port=TRAIN[1],
    interface="en0",
    packets=1_204,
    bytes=1_204 * 34,
    packets_per_s=4,
    bits_per_s=1_088,
    first=NOW - 300,
    last=NOW,
    lost=3,
    duplicated=0,
    reordered=1,
    jitter_ms=0.412,
    payload="lanscout",
    ttl=1,
    ttl_min=1,
    ttl_max=1,
    dropped_here=0,
    longest_silence_s=0.262,
    reorder_distance=1,
    late=0,
    restarts=0,
    strip="." * 700 + "xx." + "." * 300 + "<." + "x" + "." * 20,
)
RTP = Stream(
    source="192.168.1.44",
    source_port=5004,
    group=AUDIO[0],
    port=AUDIO[1],
    interface="en0",
    packets=48_211,
    bytes=48_211 * 192,
    packets_per_s=1_000,
    bits_per_s=1_536_000,
    first=NOW - 49,
    last=NOW,
    lost=487,
    duplicated=2,
    reordered=14,
    jitter_ms=0.083,
    mean_jitter_ms=0.071,
    payload="RTP",
    ttl=15,
    ttl_min=15,
    ttl_max=15,
    late=3,
    restarts=0,
    wraps=0,
    reorder_distance=6,
    foreign=0,
    average_bits_per_s=1_842_000,
    maximum_bits_per_s=2_310_000,
    max_burst=112,
    burst_alarms=4,
    max_buffer_bytes=14_220,
    buffer_alarms=1,
    longest_silence_s=0.018,
    dropped_here=0,
    strip="".join(
        "x" if number % 97 in (5, 6) else "<" if number % 211 == 40 else ":" if number == 500 else "."
        for number in range(1024)
    ),
)
SILENT = Stream(
    source="192.168.1.31",
    source_port=40_112,
    group=AUDIO[0],
    port=AUDIO[1],
    interface="en0",
    packets=3_020,
    bytes=3_020 * 192,
    packets_per_s=0,
    bits_per_s=0,
    first=NOW - 90,
    last=NOW - 42,
    ttl=3,
    ttl_min=3,
    ttl_max=3,
    longest_silence_s=0.4,
)
REFUSED = Problem(
    code="bind_refused",
    subject="239.255.255.250:1900",
    text="Another program holds the port of 239.255.255.250:1900 without sharing it (Address already in use, 48).",
    remedy="Find it on the Ports page; it must set SO_REUSEADDR before it binds, or end.",
    errno=48,
)
PACKETS = sorted((*(train(number) for number in range(40)), *(audio(number) for number in range(80))),
                 key=lambda found: found.time)  # fmt: skip

ANSWERS = {
    "multicast.listen 224.224.0.77:23019": [
        batch(joined(*TRAIN), reception(*TRAIN, received=1_204, packets_per_s=4, size=34), STREAM),
        batch(*(found for found in PACKETS if found.group == TRAIN[0])),
    ],
    "multicast.listen 239.69.0.121:5004": [
        batch(
            joined(*AUDIO, "Dante AES67 mode"),
            reception(*AUDIO, received=48_211 + 3_020, packets_per_s=1_000, size=192, last_source="192.168.1.44:5004"),
            RTP,
            SILENT,
        ),
        batch(*(found for found in PACKETS if found.group == AUDIO[0]), Skipped(of="datagram", count=51_151)),
    ],
    "multicast.listen 239.255.255.250:1900": [{"problem": cast("Any", batch(REFUSED)["batch"][0])}],
    "routes.egress": [batch(*(Route(address=group, interface="utun3") for group, _ in (TRAIN, AUDIO, SSDP)))],
}


def prepare(window: MainWindow) -> None:
    """Three groups joined for a while, the first of them selected."""
    page = window.page("multicast")
    assert isinstance(page, MulticastPage)
    window.choose_interface("en0")
    for group, port in (TRAIN, AUDIO, SSDP):
        page.join(f"{group}:{port}")
    _wait_for(lambda: page.groups.received(page.groups.joins) == 1_204 + 48_211 + 3_020)
    _wait_for(lambda: page.groups.joins[JoinKey(*SSDP, "en0")].problem is not None)
    page.strip.field.clear()
    page.strip.field.setText("224.224.0.77:23019")
    for (group, port), mean in ((TRAIN, 136.0), (AUDIO, 192_000.0)):
        tally = page.groups.joins[JoinKey(group, port, "en0")].tally
        tally.samples.extend(mean * (1 + 0.3 * math.sin(second / 3)) for second in range(SECONDS))
    _give_history(page)
    page.second()
    page.view.clearSelection()
    page.traffic.switch.choose(STREAMS)
    page.streams.model.flush()
    page.streams.view.setFocus()
    page.streams.choose(RTP.key())
    _wait_for(lambda: False, 700)  # until the details have found their height


def _give_history(page: MulticastPage) -> None:
    """The last two minutes of each stream, or its whole life: one loses packets, one fell silent 42 s ago."""
    now = monotonic()
    for stream in (STREAM, RTP, SILENT):
        history = page.groups.joins[JoinKey(stream.group, stream.port, "en0")].tally.histories[stream.key()]
        history.sample(now + 1)  # what was lost before belongs to no second of the picture
        history.samples.clear()
        lived, life = round(stream.last - stream.first), round(NOW - stream.first)
        lost = _losses(stream.lost or 0, life) if stream is RTP else [0] * life
        for second in range(max(0, life - SECONDS_PLOTTED), life):
            mean = stream.packets / lived if second < lived else 0.0
            history.samples.append(Sample(mean * (1 + 0.08 * math.sin(second / 4)), lost[second], 0))
        # The others are heard until the picture is taken.
        history.heard = now - 42 if stream is SILENT else now + 5


def _losses(total: int, seconds: int) -> list[int]:
    """Lost in each second, in three of nine, ``total`` in all."""
    weights = [(second * 7) % 13 if second % 9 < 3 else 0 for second in range(seconds)]
    losses = [total * weight // sum(weights) for weight in weights]
    losses[-4] += total - sum(losses)
    return losses


def _wait_for(done: Callable[[], bool], milliseconds: int = 10_000) -> None:
    """Let the window live until it is so."""
    loop = QEventLoop()
    often, limit = QTimer(interval=10), QTimer(interval=milliseconds, singleShot=True)
    often.timeout.connect(lambda: loop.quit() if done() else None)
    limit.timeout.connect(loop.quit)
    for timer in (often, limit):
        timer.start()
    loop.exec()
    for timer in (often, limit):
        timer.stop()
