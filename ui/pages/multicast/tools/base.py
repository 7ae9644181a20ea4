"""What the tools of the Multicast page have in common."""

from __future__ import annotations

from net.records import Problem
from ui.pages import tool
from ui.pages.multicast.target import EXAMPLE, Target, parse_target, parse_targets

PAGE = "multicast"
LAST_GROUP = "group"


class Tool(tool.Tool):
    """A tool that is about a group."""

    def usual_group(self) -> str:
        """GROUP:PORT for a field left empty: what stands in the page's own field, of a range the first."""
        typed = self.context.settings.page_text(PAGE, LAST_GROUP)
        if isinstance(parse_target(typed), Target):
            return typed
        several = parse_targets(typed)
        return EXAMPLE if isinstance(several, Problem) else several[0].endpoint
