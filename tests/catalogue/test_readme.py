"""What messages/README.md shows must be true."""

import re

from bot.catalogue import available, parse
from bot.catalogue.template_settings import REQUIRED
from bot.domain.place import Place
from bot.domain.templates import FieldType
from tests.catalogue.conftest import MESSAGES

README = (MESSAGES / "README.md").read_text()


def test_the_worked_example_has_no_fault_and_no_warning(place: Place) -> None:
    example = re.search(r"```\n(---\n.*?)```", README, re.DOTALL)
    assert example
    found = parse(example[1], "drinks.en.md", place)
    assert found.template
    assert (found.faults, found.warnings) == ((), ())


def test_every_setting_type_and_placeholder_is_explained(place: Place) -> None:
    words = [*REQUIRED, *FieldType, "fields", "season", "translated_from", "approved_by", "optional", "choices"]
    for word in words:
        assert f"| `{word}`" in README, word
    for name in available(place):
        assert f"`{{{{ {name} }}}}`" in README, name
