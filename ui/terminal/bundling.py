"""The verb bundle: what an app bundle or its property lists, entitlements and profile allow."""

from __future__ import annotations

import click
from rich.text import Text

from diagnosis.records import Finding
from diagnosis.requests import BundleRequest
from net.problems import make_problem
from resources.loader import bundle_rules
from ui.terminal import tables
from ui.terminal.collecting import collect_or_fail
from ui.terminal.options import answering, common_options
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output

BROWSES_MOST = 100
PATH_LONGEST = 4096


@click.command("bundle")
@common_options
@click.argument("path")
@click.option("--browses", multiple=True, metavar="TYPE", help="A service type the app browses or registers.")
@click.option("--multicast", is_flag=True, help="The app sends or receives multicast itself.")
@answering
async def bundle(output: Output, place: str, path: str, browses: tuple[str, ...], *, multicast: bool) -> int:
    """What an app allows: .app, .appex, .systemextension, .ipa, Info.plist, .entitlements, profile or program."""
    if not path or len(path) > PATH_LONGEST:
        problem = make_problem("bundle_unknown", path)
        raise click.UsageError(f"{problem.text} {problem.remedy}")
    if len(browses) > BROWSES_MOST:
        raise click.UsageError(f"At most {BROWSES_MOST} types can be named.")
    request = BundleRequest(path=path, browses=browses, multicast=multicast)
    found = await collect_or_fail(output, place, "diagnosis.bundle", request, Finding)
    for finding in found:
        output.show(tables.finding_text(finding))
        rule = bundle_rules().get(finding.code)
        if rule is not None:
            output.show(Text(f"    Source: {rule.source}", "dim"))
    return ANSWERED if found else NOTHING_FOUND
