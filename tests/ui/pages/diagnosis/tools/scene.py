"""What the made-up Mac of tests/ui/scenes.py answers to the tools of the Diagnosis page, and their pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from diagnosis.bundle.examine import examine
from diagnosis.explain import explain
from diagnosis.inventory import barrier
from diagnosis.records import Barrier
from diagnosis.requests import BundleRequest, ExplainRequest
from net.platform.barriers import Found
from net.platform.macos import barriers as macos
from net.records import Record
from tests.diagnosis.bundle.build import PROVIDERS, Bundle, ios_app
from tests.ui.pages.diagnosis.scene import told

if TYPE_CHECKING:
    from ui.window import MainWindow


LOG = """10:14:02 MyApp[4242] nw_browser_fail_on_dns_error_locked [B1] DNSServiceBrowse failed: PolicyDenied(-65570)
10:14:05 MyApp[4242] connect to 192.168.1.20 failed: errno 65
10:14:09 MyApp[4242] GET http://localhost:5000/ HTTP/1.1 403 Forbidden Server: AirTunes/870.14.1
10:14:10 MyApp[4242] giving up"""
"""Lines of a log, three of them with an error that is known."""


def explained(text: str) -> list[dict[str, Any]]:
    """What a real probe tells of ``text``, as steps of a script."""

    async def gather() -> list[tuple[Record, ...]]:
        return [records async for records in explain(ExplainRequest(text=text))]

    # In one step, as a busy pipe would bring it: whoever waits for rows waits for all of them.
    return [told(*(record for records in asyncio.run(gather()) for record in records)), {"end": True}]


def examined(make: Callable[[], Bundle], *browses: str) -> list[dict[str, Any]]:
    """What a real probe tells of a bundle, as steps of a script."""

    async def gather(path: Path) -> list[tuple[Record, ...]]:
        return [records async for records in examine(BundleRequest(path=str(path), browses=browses))]

    with TemporaryDirectory() as folder:
        path = make().write(Path(folder))
        return [*(told(*records) for records in asyncio.run(gather(path))), {"end": True}]


def wrong_app() -> Bundle:
    """Its profile has expired and lacks the relay, the program has no UUID, and a type is not declared."""
    app = ios_app()
    app.granted = {**(app.granted or {}), PROVIDERS: ["packet-tunnel-provider"]}
    app.linking["with_uuid"] = False
    app.linking["text"] = b"\0_airplay._tcp\0"
    app.profile_options["days"] = -12
    return app


APP = "/Users/mia/Desktop/Example.ipa"
BROWSED = ("_ssh._tcp", "_ipp._tcp")

EXTENSIONS = """1 extension(s)
--- com.apple.system_extension.network_extension
enabled	active	teamID	bundleID (version)	name	[state]
*	*	ABCDE12345	com.example.wall.filter (4.2/4201)	Castle Wall	[activated enabled]
"""
SERVICES = """Available network connection services in the current set (*=enabled):
* (Connected)      11111111-2222-3333-4444-555555555555 VPN (com.wireguard.macos) "office"  [VPN:com.wireguard.macos]
"""
COUNTERS = """net_api:
	2 interface filters currently attached
	2 interface filters attached since boot
	2 interface filters attached since boot by OS
	0 IP filters currently attached
	0 IP filters attached since boot
	5 socket filters currently attached
	6 socket filters attached since boot
	4 socket filters attached since boot by OS
"""
"""In the forms of systemextensionsctl, scutil and netstat; names and numbers are made up."""


def barriers() -> tuple[Barrier, ...]:
    """As the parsers for macOS read those outputs, without the rights of root."""

    def found() -> Iterator[Found]:
        yield Found(layer="privacy", name="Local Network access of Code", evidence="parents zsh (501) › Code (412)",
                    command="lanscout diagnose --check refusals", unknown="not_told")  # fmt: skip
        yield from macos.extensions(EXTENSIONS)
        yield from macos.vpn_services(SERVICES)
        yield from macos.firewall("Firewall is enabled. (State = 1)\n")
        yield from macos.kernel_filters(COUNTERS)
        yield Found(layer="packet_filter", name="pf", command=" ".join(macos.PF_STATE), unknown="no_right",
                    detail="root")  # fmt: skip
        yield Found(layer="nat", name="pf: translation", command=" ".join(macos.PF_NAT), unknown="no_right",
                    detail="root")  # fmt: skip
        yield Found(layer="vpn", name="utun3", state="up", command="lanscout interfaces",
                    evidence="VPN tunnel (WireGuard); holds the default route of IPv4, and unbound multicast leaves "
                    "by it")  # fmt: skip

    return tuple(barrier(each) for each in found())


ANSWERS = {
    "diagnosis.explain": explained(LOG),
    "diagnosis.bundle": examined(wrong_app, *BROWSED),
    "diagnosis.inventory": [told(*barriers()), {"end": True}],
}


def prepare_explain(window: MainWindow) -> None:
    """A log is pasted, its first error open."""
    from ui.pages.diagnosis.page import DiagnosisPage
    from ui.pages.diagnosis.tools.explain import ExplainTool

    page = window.page("diagnosis")
    assert isinstance(page, DiagnosisPage)
    page.select("explain")
    assert isinstance(page.views.tool, ExplainTool)
    page.views.tool.explain(LOG)


def prepare_bundle(window: MainWindow) -> None:
    """An app is checked, its worst finding open."""
    from ui.pages.diagnosis.page import DiagnosisPage
    from ui.pages.diagnosis.tools.bundle import BundleTool

    page = window.page("diagnosis")
    assert isinstance(page, DiagnosisPage)
    page.select("bundle")
    assert isinstance(page.views.tool, BundleTool)
    page.views.tool.types.setText(" ".join(BROWSED))
    page.views.tool.examine(APP)


def prepare_inventory(window: MainWindow) -> None:
    """What the VPN's extension is stands open."""
    from ui.pages.diagnosis.page import DiagnosisPage
    from ui.pages.diagnosis.tools.inventory import InventoryTool

    page = window.page("diagnosis")
    assert isinstance(page, DiagnosisPage)
    page.select("inventory")
    assert isinstance(page.views.tool, InventoryTool)
    page.views.tool.show_layer("socket_filter")
    page.views.tool.focus_content()


VIEWS = {"explain": prepare_explain, "bundle": prepare_bundle, "inventory": prepare_inventory}
"""Views other than the findings, for their pictures."""
