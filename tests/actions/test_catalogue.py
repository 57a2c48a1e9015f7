"""Files that change while the bot runs."""

import shutil
from pathlib import Path

from bot.actions import catalogue
from tests.cast import opened_test_town

MESSAGES = Path(__file__).parents[2] / "messages"


async def test_a_folder_that_is_away_for_a_moment_takes_nothing_away(tmp_path: Path) -> None:
    folder = tmp_path / "messages"
    shutil.copytree(MESSAGES, folder)
    async with opened_test_town(f"sqlite:///{tmp_path}/town.db", messages_dir=folder) as town:
        assert not await catalogue.reload(town.runtime), "nothing has changed"
        folder.rename(tmp_path / "elsewhere")
        assert not await catalogue.reload(town.runtime)
        await town.has_coordinator()
        await town.approves("heat")
        (tmp_path / "elsewhere").rename(folder)
        await town.passes(seconds=11)
        assert town.runtime.catalogue.faults == ()


async def test_the_same_broken_file_is_told_once_a_day(tmp_path: Path) -> None:
    folder = tmp_path / "messages"
    shutil.copytree(MESSAGES, folder)
    async with opened_test_town(f"sqlite:///{tmp_path}/town.db", messages_dir=folder) as town:
        elif_ = await town.has_coordinator()
        (folder / "prevention" / "heat.en.md").write_text("no message at all")
        await town.passes(seconds=11)
        await catalogue.announce(town.runtime)
        await town.settle()
        assert elif_.heard("have mistakes") == 1
        await town.passes(days=1)
        await catalogue.announce(town.runtime)
        await town.settle()
        assert elif_.heard("have mistakes") == 2
