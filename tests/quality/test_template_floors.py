"""What is learned of sites does not get worse: a slice of the sites that bench/templates.py makes."""

from __future__ import annotations

import pytest

from bench.template_sites import DESIGNS, REDESIGN_AT
from bench.templates import f1, read_site

NAMED = {design.name: design for design in DESIGNS}


@pytest.mark.parametrize(("name", "share"), [("classes-halved", 0.4), ("portal", 0.4)])
def test_a_known_sites_pages_are_read_by_template_and_none_wrongly(name: str, share: float) -> None:
    run = read_site(NAMED[name], seed=1, speed=False, count=REDESIGN_AT + 4, weight=0.1)
    assert run.wrong == []
    assert sum(run.by_template) >= share * REDESIGN_AT
    assert f1(run.ours) >= f1(run.careful) - 0.002
    if NAMED[name].then is not None:
        assert run.noticed_after is not None
        assert run.noticed_after <= 3
