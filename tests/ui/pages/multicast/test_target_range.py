from __future__ import annotations

import pytest

from net.multicast.endpoint import parse_endpoints
from net.problems import ProblemError
from net.records import Problem
from ui.pages.multicast.target_range import parse_targets

TEXTS = (
    "239.1.1.1:5000", "239.1.1.1-20:5000", "239.1.1.250-239.1.2.5:5000", "239.1.1.1:5000-5003", "239.1.1.1-2:5000-5001",
    "[ff15::1-2f]:5000", "[ff15::1-ff15::3]:5000", "[ff02::1-3%en0]:5000", "239.1.1.20-1:5000", "239.1.1.1:5003-5000",
    "239.0.0.0-239.255.255.255:1", "239.1.1.1-x:5", "239.1.1.1-20", "10.0.0.1-20:5000", "-:5", "-", "239.1.1.1-2:5-",
    "239.1.1.1-", "[ff15::-x]:5", "239.1.1.1-ff02::1:5000", "239.1.1.1:5-99999", "239.1.1.1-2-3:5", "x-y-z:1-2-3",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_range_is_read_as_the_probe_reads_it(text: str) -> None:
    found = parse_targets(text)
    if isinstance(found, Problem):
        with pytest.raises(ProblemError) as failure:
            parse_endpoints(text)
        assert found.code == failure.value.problem.code
    else:
        wanted = [(str(endpoint), endpoint.scope) for endpoint in parse_endpoints(text)]
        assert [(target.endpoint, target.scope) for target in found] == wanted
