"""Who comes in at the desk, and who does not: links, sessions, forms, the Mini App."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest

from bot.actions import desk as door
from bot.simulator.telegram import TOKEN
from bot.web import live
from tests.cast import TestTown
from tests.desk import browser, desk_link, sits_at_desk

ELIF, BEN = 1001, 1003


async def test_a_link_from_the_chat_opens_the_desk_once(town: TestTown) -> None:
    await town.has_coordinator()
    await town.elif_.says("/desk")
    link = desk_link(town.elif_)
    first, second = browser(town), browser(town)
    await first.opens(link)
    await second.opens(link)  # looking uses nothing up: programs that preview links look too
    await first.presses("Open the desk")
    assert first.status == 200
    assert first.address == "/desk/"
    await second.presses("Open the desk")
    assert second.status == 403
    assert "has been used" in second.sees
    await second.opens("/desk/concerns")
    assert second.status == 401


async def test_a_link_is_old_after_ten_minutes_and_void_when_a_newer_one_is_asked_for(town: TestTown) -> None:
    await town.has_coordinator()
    await town.elif_.says("/desk")
    old = desk_link(town.elif_)
    await town.elif_.says("/desk")
    visit = browser(town)
    await visit.opens(old)
    await visit.presses("Open the desk")
    assert visit.status == 403
    await visit.opens(desk_link(town.elif_))
    await town.passes(minutes=10)
    await visit.presses("Open the desk")
    assert visit.status == 403


async def test_nobody_but_a_coordinator_gets_in(town: TestTown) -> None:
    await town.is_ready()
    for who in (town.amara, town.ben, town.farid):
        await who.says("/desk")
        with pytest.raises(LookupError):
            desk_link(who)
    nobody = browser(town)
    for path in ("/desk/", "/desk/concerns", "/desk/live", "/desk/concerns/1"):
        await nobody.opens(path)
        assert nobody.status == 401, path
        assert "Write /desk to the bot" in nobody.sees
    assert (await nobody.client.post("/desk/concerns/1/take")).status_code == 401


async def test_whoever_is_no_coordinator_any_more_is_out_at_once(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    object.__setattr__(town.runtime.settings, "coordinator_ids", frozenset({1}))
    await desk.opens("/desk/concerns")
    assert desk.status == 403
    assert "for the coordinators of this place" in desk.sees


async def test_a_session_ends_by_itself_by_hand_and_from_everywhere(town: TestTown) -> None:
    await town.has_coordinator()
    office, phone = await sits_at_desk(town), await sits_at_desk(town)
    await phone.presses("Leave on all devices")
    assert "You have left the desk" in phone.sees
    await office.opens("/desk/concerns")
    assert office.status == 401
    idle = await sits_at_desk(town)
    await town.passes(hours=2)
    await idle.opens("/desk/concerns")
    assert idle.status == 401
    busy = await sits_at_desk(town)
    for _ in range(11):
        await town.passes(hours=1)
        await busy.opens("/desk/concerns")
        assert busy.status == 200
    await town.passes(hours=1)
    await busy.opens("/desk/concerns")
    assert busy.status == 401


async def test_a_page_that_stands_open_and_looks_by_itself_does_not_keep_a_session(town: TestTown) -> None:
    await town.has_coordinator()
    desk, by_itself = await sits_at_desk(town), {"X-Desk-Refresh": "1"}
    for _ in range(3):
        await town.passes(minutes=39)
        assert (await desk.client.get("/desk/concerns", headers=by_itself)).status_code == 200
        assert await door.seat(town.runtime, str(desk.client.cookies.get("desk")), used=False)
    await town.passes(minutes=3)
    assert (await desk.client.get("/desk/concerns", headers=by_itself)).status_code == 401
    await desk.opens("/desk/live")
    assert desk.status == 401


async def test_the_stream_of_news_does_not_keep_a_session(town: TestTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "STREAM_SECONDS", 0)
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    await town.passes(minutes=119)
    await desk.opens("/desk/live")
    assert desk.status == 200
    await town.passes(minutes=1)
    await desk.opens("/desk/live")
    assert desk.status == 401


async def test_a_session_that_was_planted_beforehand_opens_nothing(town: TestTown) -> None:
    await town.has_coordinator()
    await town.elif_.says("/desk")
    visit = browser(town)
    visit.client.cookies.set("desk", "planted", domain="desk.example", path="/desk")
    await visit.opens(desk_link(town.elif_))
    await visit.presses("Open the desk")
    assert visit.client.cookies.get("desk") != "planted"
    thief = browser(town)
    thief.client.cookies.set("desk", "planted", domain="desk.example", path="/desk")
    await thief.opens("/desk/concerns")
    assert thief.status == 401


async def test_coming_in_again_ends_the_session_this_browser_had(town: TestTown) -> None:
    await town.has_coordinator()
    visit = await sits_at_desk(town)
    old = visit.client.cookies.get("desk")
    await town.elif_.says("/desk")
    await visit.opens(desk_link(town.elif_))
    await visit.presses("Open the desk")
    assert visit.client.cookies.get("desk") != old
    other = browser(town)
    other.client.cookies.set("desk", str(old), domain="desk.example", path="/desk")
    await other.opens("/desk/concerns")
    assert other.status == 401


async def test_a_form_from_elsewhere_changes_nothing(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    await desk.opens("/desk/concerns")
    token = desk.page.find("input", {"name": "form_token"})["value"]  # type: ignore[index]
    strange = [
        ({}, {}),
        ({"form_token": "guessed"}, {}),
        ({"form_token": token}, {"Sec-Fetch-Site": "cross-site"}),
        ({"form_token": token}, {"Sec-Fetch-Site": "same-site"}),
    ]
    for data, headers in strange:
        answer = await desk.client.post("/desk/leave-everywhere", data=data, headers=headers)
        assert answer.status_code == 403
        assert "Nothing was changed" in answer.text
    await desk.opens("/desk/concerns")
    assert desk.status == 200


async def test_the_token_of_one_session_is_no_good_in_another(town: TestTown) -> None:
    await town.has_coordinator()
    one, other = await sits_at_desk(town), await sits_at_desk(town)
    await one.opens("/desk/concerns")
    token = one.page.find("input", {"name": "form_token"})["value"]  # type: ignore[index]
    answer = await other.client.post("/desk/leave", data={"form_token": token})
    assert answer.status_code == 403


async def test_what_the_browser_keeps_is_kept_from_scripts_and_nothing_of_it_is_in_the_database(town: TestTown) -> None:
    await town.has_coordinator()
    await town.elif_.says("/desk")
    visit, link = browser(town), desk_link(town.elif_)
    await visit.opens(link)
    await visit.presses("Open the desk")
    assert visit.answer is not None
    cookie = visit.answer.history[0].headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/desk"))
    policy = visit.answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert visit.answer.headers["cache-control"] == "no-store"
    async with town.runtime.database.read() as tx:
        tables = await tx.exec_driver_sql(
            "SELECT token_hash FROM desk_links UNION SELECT token_hash FROM desk_sessions"
        )
        kept = {row[0] for row in tables}
    assert not kept & {str(visit.client.cookies.get("desk")), link.partition("=")[2]}


async def test_a_stranger_cannot_make_the_door_read_more_than_its_forms_hold(town: TestTown) -> None:
    await town.has_coordinator()
    await town.elif_.says("/desk")
    link, taken = desk_link(town.elif_).partition("=")[2], 0

    async def endless():  # type: ignore[no-untyped-def]
        nonlocal taken
        while taken < 5_000_000:
            taken += 10_000
            yield b"x" * 10_000

    for path in ("/desk/enter", "/desk/app"):
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            taken = 0
            visit = browser(town)
            answer = await visit.client.post(path, content=endless(), headers={"Content-Type": kind})
            assert answer.status_code in (400, 413), (path, kind)
            assert taken <= 50_000, (path, kind)
        visit = browser(town)
        file = {"signed": ("a.txt", b"a file"), "link": ("b.txt", b"another")}
        assert (await visit.client.post(path, files=file)).status_code == 400
    answer = await browser(town).client.post("/desk/enter", data={"link": link}, headers={"Sec-Fetch-Site": "none"})
    assert answer.status_code == 403
    assert (await browser(town).client.post("/desk/enter", data={"link": link})).status_code == 200


def signed(telegram_id: int, at: int, token: str = TOKEN) -> str:
    """What Telegram gives a Mini App, made independently of the code that reads it."""
    fields = {"auth_date": str(at), "query_id": "AAE", "signature": "third-party"}
    fields["user"] = json.dumps({"id": telegram_id, "first_name": "Elif & Co"}, separators=(",", ":"))
    check = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode({**fields, "hash": hmac.new(key, check.encode(), hashlib.sha256).hexdigest()})


async def test_the_mini_app_lets_in_whom_telegram_vouches_for_once(town: TestTown) -> None:
    await town.is_ready()
    now = int(town.clock.now().timestamp())
    good = signed(ELIF, now)
    visit = browser(town)
    await visit.opens("/desk/app")
    await visit.presses("Open the desk", signed=good)
    assert visit.address == "/desk/"
    refused = [
        good,  # once only
        signed(ELIF, now - 601),
        signed(ELIF, now + 3600),
        signed(ELIF, now, token="1:another-bot"),
        signed(BEN, now),
        signed(424242, now),
        good.replace("1001", "1002"),
        "",
        "hash=1",
        "user=%7B%7D&auth_date=9999999999999999999&hash=1",
    ]
    for one in refused:
        thief = browser(town)
        await thief.opens("/desk/app")
        await thief.presses("Open the desk", signed=one)
        assert thief.status == 403, one
        await thief.opens("/desk/concerns")
        assert thief.status == 401


async def test_nobody_sends_more_than_a_form_can_hold_and_a_stranger_sends_nothing(town: TestTown) -> None:
    await town.has_coordinator()
    desk = await sits_at_desk(town)
    sent = 0

    async def endless():  # type: ignore[no-untyped-def]
        nonlocal sent
        while sent < 40_000_000:
            sent += 500_000
            yield b"x" * 500_000

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await browser(town).client.post("/desk/leave", content=b"a=b" * 1000, headers=headers)
    assert answer.status_code == 401
    answer = await desk.client.post("/desk/leave", content=endless(), headers=headers)
    assert answer.status_code in (400, 413)
    await desk.opens("/desk/concerns")
    assert desk.status == 200
