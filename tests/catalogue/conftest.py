from pathlib import Path

import pytest

from bot.catalogue import Catalogue, Parsed, parse
from bot.catalogue.place_file import read_place
from bot.domain.place import Place

MESSAGES = Path(__file__).parents[2] / "messages"
BAD = Path(__file__).parent / "bad"


def _example() -> Place:
    place, faults = read_place(MESSAGES)
    assert place, faults
    return place


PLACE = _example()

GOOD = """\
---
topic: tea
title: Tea together
summary: An invitation.
nation: any
source: A page
source_checked_on: 2026-11-01
review_by: 2027-11-01
author: Ann
fields:
  where:
    type: place
    question: Where is it?
    example: the hall
  phone:
    type: phone
    question: Which number?
    example: 020 7946 0111
    optional: yes
action: Come to {{ where }}.{% if phone %} Or phone {{ phone }}.{% endif %}
---
Some words for you.
"""


def parsed(body: str = "Some words for you.", name: str = "tea.en.md") -> Parsed:
    """The good message with another text."""
    return parse(GOOD.replace("Some words for you.", body), name, PLACE)


@pytest.fixture
def place() -> Place:
    return PLACE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small sound messages folder that a test may break."""
    (tmp_path / "phrases").mkdir()
    (tmp_path / "prevention").mkdir()
    (tmp_path / "place.toml").write_text((MESSAGES / "place.toml").read_text())
    (tmp_path / "phrases" / "en.toml").write_text('[people]\nwelcome = "Hello {{ name }}"\nstop = ["stop"]\n')
    (tmp_path / "prevention" / "tea.en.md").write_text(GOOD)
    return tmp_path


@pytest.fixture
def catalogue(folder: Path) -> Catalogue:
    return Catalogue.open(folder)
