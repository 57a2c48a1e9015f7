from pathlib import Path

import pytest
from sqlalchemy import func, select

from bench.seed import Plan, plan, seed
from bot.config import load
from bot.domain.errors import Misconfigured
from bot.domain.people import Purpose, Role
from bot.store import circles as circle_store
from bot.store import machine
from bot.store import people as people_store
from bot.store.database import Database
from bot.store.schema import approvals, consents, people

CHAMPION, COORDINATOR = 77, 88


async def test_a_circle_whose_members_have_said_yes(database_url: str) -> None:
    """On both engines; a start of the program before it does not matter."""
    settings = load(_env_file=None, database_url=database_url, coordinator_ids=str(COORDINATOR))
    await _started_before(database_url)
    assert await seed(settings, Plan(30, 1000, CHAMPION, COORDINATOR)) == 30
    database = Database(database_url)
    async with database.read() as tx:
        champion = await people_store.by_telegram(tx, CHAMPION)
        assert champion is not None
        assert Role.CHAMPION in await people_store.roles_of(tx, champion.id)
        assert await people_store.standing_consents(tx, champion.id) == {(Purpose.WORK, None)}
        (circle,) = await circle_store.of_champion(tx, champion.id)
        members = await circle_store.members(tx, circle.id)
        assert [member.telegram_id for member in members] == list(range(1000, 1030))
        for member in members[:3]:
            said = await people_store.standing_consents(tx, member.id)
            assert said == {(Purpose.BROADCASTS, circle.id)}
        assert (await tx.execute(select(func.count()).select_from(consents))).scalar_one() == 32
        assert (await tx.execute(select(func.count()).select_from(approvals))).scalar_one() >= 6
    await database.close()


async def _started_before(database_url: str) -> None:
    database = Database(database_url)
    await database.migrate()
    async with database.write() as tx:
        await machine.secret(tx, "secret_key")
    await database.close()


async def test_any_database_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/used.db"
    settings = load(_env_file=None, database_url=url)
    await seed(settings, Plan(3, 1000, CHAMPION, COORDINATOR))
    with pytest.raises(Misconfigured) as refused:
        await seed(settings, Plan(5, 5000, CHAMPION, COORDINATOR))
    assert "is in use" in refused.value.faults[0]
    database = Database(url)
    async with database.read() as tx:
        assert (await tx.execute(select(func.count()).select_from(people))).scalar_one() == 5
    await database.close()


async def test_a_champion_among_the_ids_does_not_join_their_own_circle(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/own.db"
    assert await seed(load(_env_file=None, database_url=url), Plan(10, 1000, 1003, COORDINATOR)) == 9


def test_the_coordinator_is_one_of_the_settings_or_somebody_else_altogether() -> None:
    named = load(_env_file=None, coordinator_ids="5,3")
    assert plan(named, 10, 1000, 77).coordinator == 3
    assert plan(named, 10, 1000, 3).coordinator == 5
    assert plan(load(_env_file=None), 10, 1000, 77).coordinator == 1011
    assert plan(load(_env_file=None), 10, 1000, 5000).coordinator == 5001
