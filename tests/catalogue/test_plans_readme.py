"""What messages/README.md says about plans must be true."""

import re
from dataclasses import replace
from pathlib import Path

from bot.catalogue import load_plans
from bot.catalogue.placeholders import of_plans
from bot.catalogue.plan_file import _ANSWER, _SILENCE, _TOP
from bot.domain.plans import SENTENCES, Level
from tests.catalogue.conftest import MESSAGES, PLACE

README = (MESSAGES / "README.md").read_text().partition("## How to write a check-in plan")[2]


def test_the_worked_plan_has_no_fault_and_no_warning(tmp_path: Path) -> None:
    plan, words = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "garden-club.toml").write_text(plan)
    (tmp_path / "garden-club.en.toml").write_text(words)
    loaded = load_plans(tmp_path, replace(PLACE, languages=("en",)))
    assert [str(one) for one in (*loaded.faults, *loaded.warnings)] == []
    assert set(loaded.plans) == {"garden-club"}


def test_every_setting_level_and_placeholder_is_explained() -> None:
    for word in ({*_TOP, *_SILENCE, *_ANSWER} - {"silence", "questions", "days"}) | set(Level):
        assert re.search(rf"^\|[^|]*`{word}\b", README, re.MULTILINE), word
    for name in SENTENCES:
        assert f"\n{name} = " in README, name
    for name in ("name", "named", "place"):
        assert f"`{{{{ {name} }}}}`" in README
        assert name in of_plans(PLACE)
