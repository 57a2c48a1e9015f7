"""The commands menu: what a person may do, in their language, and nothing else."""

from bot.conversations import menus
from bot.conversations.routes import COMMANDS
from bot.domain.people import Role
from bot.store import people
from tests.cast import Character, TestTown

EVERYBODY = ["help", "stop", "home", "pause", "resume", "language", "hours", "privacy", "mydata", "forget"]


def offered(who: Character) -> list[str]:
    return [one.command for one in who.phone.commands]


async def test_each_role_is_offered_what_it_may_do(town: TestTown) -> None:
    assert offered(town.farid) == EVERYBODY, "before the first word"
    await town.is_ready()

    assert offered(town.ben) == EVERYBODY
    assert offered(town.amara) == ["broadcast", "circle", "inbox", "concerns", "away", *EVERYBODY]
    assert offered(town.elif_) == ["desk", "discharge", "champion", "concerns", "oncall", "inbox", *EVERYBODY]


async def test_a_coordinator_who_becomes_a_champion_sees_both_and_each_command_once(town: TestTown) -> None:
    await town.has_coordinator()
    await town.has_champion("Elif")

    mine = offered(town.elif_)
    assert len(mine) == len(set(mine))
    assert set(mine) == {
        *EVERYBODY,
        "desk",
        "discharge",
        "champion",
        "concerns",
        "oncall",
        "inbox",
        "broadcast",
        "circle",
        "away",
    }


async def test_the_menu_follows_the_language(town: TestTown) -> None:
    await town.has_coordinator()
    await town.ben.says("/start")
    english = [one.description for one in town.ben.phone.commands]
    await town.ben.says("/language")
    await town.ben.taps("বাংলা")

    plain = town.runtime.plain
    assert [one.description for one in town.ben.phone.commands] == [plain("bn", f"menu.{name}") for name in EVERYBODY]
    assert [one.description for one in town.ben.phone.commands] != english


async def test_the_menu_is_set_when_it_changes_and_not_with_every_word(town: TestTown) -> None:
    await town.ben.says("/start")
    before = await _shown(town)
    await town.ben.says("/help")
    assert await _shown(town) == before != ""

    await town.ben.says("/language")
    await town.ben.says("Bengali")
    assert await _shown(town) not in ("", before)


async def _shown(town: TestTown) -> str:
    async with town.runtime.database.read() as tx:
        found = await people.by_telegram(tx, town.ben.phone.user_id)
        return (found.menu or "") if found else ""


async def test_every_command_that_is_offered_exists_and_has_words(town: TestTown) -> None:
    names = set(menus.commands_for(frozenset(Role)))

    assert names <= set(COMMANDS)
    for name in names:
        assert 3 <= len(town.runtime.plain("en", f"menu.{name}")) <= 60


async def test_a_command_of_another_role_is_refused_kindly(town: TestTown) -> None:
    await town.is_ready()
    for command in ("/broadcast", "/away"):
        await town.ben.says(command)
        assert "Only champions can do this." in town.ben.last, command
    for command in ("/desk", "/champion"):
        await town.ben.says(command)
        assert "Only coordinators can do this." in town.ben.last, command
    await town.ben.says("/nonsense")
    assert "/help shows what you can do" in town.ben.last
