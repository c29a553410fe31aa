"""What a bench puts in the place of a module's name is put there only where the module has it."""

from __future__ import annotations

from types import ModuleType

import pytest

from bench.stand_in import stand_in


def test_a_bench_stands_in_for_what_a_module_has_and_for_nothing_else() -> None:
    module = ModuleType("ours")
    module.fetch = len  # type: ignore[attr-defined]
    stand_in(module, "fetch", max)
    assert module.fetch is max  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="ours has no fetched any more"):
        stand_in(module, "fetched", max)
    assert not hasattr(module, "fetched")
