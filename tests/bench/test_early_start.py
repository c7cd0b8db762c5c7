"""The programs of the phase early-start."""

from __future__ import annotations

import pytest
from bench.early_start import SIZES, TEXTS
from repository import REPOSITORY


def recipes_with_an_early_start() -> set[str]:
    return {
        path.name
        for path in (REPOSITORY / "images/languages").iterdir()
        if any(line.startswith(("prestart ", "resident-build ")) for line in path.read_text().splitlines())
    }


def test_every_language_with_an_early_start_is_measured() -> None:
    assert set(TEXTS) == recipes_with_an_early_start()


@pytest.mark.parametrize("language", TEXTS)
def test_a_program_has_the_size_that_was_asked_for(language: str) -> None:
    longest = len(TEXTS[language].line.replace("{n}", "00000"))
    for size in SIZES:
        assert size - longest < len(TEXTS[language].of(size)) <= size


def test_the_lines_of_a_program_are_numbered() -> None:
    assert "x00000 = 1;\nstatic int x00001" in TEXTS["java"].of(1000)
