import asyncio
import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from telegram import error as tg
from telegram.ext import ExtBot

from bot.delivery.gateway import Gateway, Letter, sort
from bot.delivery.pacing import Pacer
from bot.domain.deliveries import (
    Down,
    Lane,
    Method,
    NotSent,
    Outcome,
    Refusal,
    Sent,
    Throttled,
    Unknown,
    Unreachable,
)
from bot.simulator.request import SimulatedRequest
from bot.simulator.telegram import Telegram
from tests.virtual import VirtualClock

SEND, COPY, EDIT, DELETE = Method.SEND, Method.COPY, Method.EDIT, Method.DELETE


def caused(error: tg.NetworkError, cause: Exception) -> tg.NetworkError:
    error.__cause__ = cause
    return error


VERDICTS: list[tuple[Exception, Outcome]] = [
    (tg.RetryAfter(17), Throttled(17)),
    (tg.RetryAfter(timedelta(seconds=3)), Throttled(3)),
    (tg.Forbidden("Forbidden: bot was blocked by the user"), Unreachable("blocked")),
    (tg.Forbidden("Forbidden: user is deactivated"), Unreachable("account_gone")),
    (tg.Forbidden("Forbidden: bot can't initiate conversation with a user"), Unreachable("never_opened")),
    (tg.Forbidden("Forbidden: bot was kicked from the group chat"), Unreachable("blocked")),
    (tg.BadRequest("Bad Request: chat not found"), Unreachable("never_opened")),
    (tg.BadRequest("Bad Request: private chat not found"), Unreachable("never_opened")),
    (tg.BadRequest("Bad Request: PEER_ID_INVALID"), Unreachable("never_opened")),
    (tg.BadRequest("Bad Request: INPUT_USER_DEACTIVATED"), Unreachable("account_gone")),
    (tg.BadRequest("Bad Request: USER_IS_BLOCKED"), Unreachable("blocked")),
    (tg.ChatMigrated(-1001234567890), Refusal("migrated")),
    (tg.BadRequest("Bad Request: can't parse entities: unsupported start tag"), Refusal("malformed", broken=True)),
    (tg.BadRequest("Bad Request: message is too long"), Refusal("too_long", broken=True)),
    (tg.BadRequest("Bad Request: message caption is too long"), Refusal("too_long", broken=True)),
    (tg.BadRequest("Bad Request: message text is empty"), Refusal("empty", broken=True)),
    (tg.BadRequest("Bad Request: BUTTON_DATA_INVALID"), Refusal("malformed", broken=True)),
    (tg.BadRequest("Bad Request: object expected as reply markup"), Refusal("malformed", broken=True)),
    (tg.BadRequest("Bad Request: inline keyboard button URL 'x' is invalid"), Refusal("malformed", broken=True)),
    (tg.NetworkError("Request Entity Too Large (413)"), Refusal("too_long", broken=True)),
    (tg.BadRequest("Bad Request: message is not modified: specified new message content"), Refusal("unchanged")),
    (tg.BadRequest("Bad Request: message to edit not found"), Refusal("message_gone")),
    (tg.BadRequest("Bad Request: message to copy not found"), Refusal("message_gone")),
    (tg.BadRequest("Bad Request: message to be replied not found"), Refusal("message_gone")),
    (tg.BadRequest("Bad Request: message can't be deleted for everyone"), Refusal("too_old")),
    (tg.BadRequest("Bad Request: message can't be edited"), Refusal("too_old")),
    (tg.BadRequest("Bad Request: query is too old and response timeout expired"), Refusal("refused")),
    (tg.BadRequest("Bad Request: something nobody has seen yet"), Refusal("refused")),
    (tg.InvalidToken("Unauthorized"), Down("token")),
    (tg.EndPointNotFound("Not Found"), Down("token")),
    (tg.Conflict("Conflict: terminated by other getUpdates request"), Down("conflict")),
    (caused(tg.TimedOut(), httpx.ConnectTimeout("")), NotSent("no_connection")),
    (caused(tg.TimedOut("Pool timeout"), httpx.PoolTimeout("")), NotSent("no_connection")),
    (caused(tg.NetworkError("httpx.ConnectError: "), httpx.ConnectError("")), NotSent("no_connection")),
    (caused(tg.NetworkError("httpx.ProxyError: "), httpx.ProxyError("")), NotSent("no_connection")),
    (caused(tg.TimedOut(), httpx.ReadTimeout("")), Unknown("timed_out")),
    (caused(tg.TimedOut(), httpx.WriteTimeout("")), Unknown("timed_out")),
    (tg.TimedOut(), Unknown("timed_out")),
    (caused(tg.NetworkError("httpx.ReadError: "), httpx.ReadError("")), Unknown("network")),
    (caused(tg.NetworkError("httpx.RemoteProtocolError"), httpx.RemoteProtocolError("")), Unknown("network")),
    (tg.NetworkError("Bad Gateway"), Unknown("network")),
    (tg.NetworkError("Internal Server Error"), Unknown("network")),
    (tg.TelegramError("Invalid server response"), Unknown("unreadable_answer")),
    (tg.PassportDecryptionError("x"), Unknown("unreadable_answer")),
    (KeyError("a fault of ours"), Unknown("unforeseen")),
]


class TestSorting:
    @pytest.mark.parametrize(("error", "outcome"), VERDICTS, ids=lambda one: str(one)[:60])
    def test_every_error_has_its_place(self, error: Exception, outcome: Outcome) -> None:
        assert sort(error) == outcome

    def test_every_class_of_the_library_is_in_the_table(self) -> None:
        shown = {type(error) for error, _ in VERDICTS}
        assert {getattr(tg, name) for name in tg.__all__} <= shown

    def test_an_edit_that_changes_nothing_has_succeeded(self) -> None:
        assert sort(tg.BadRequest("Bad Request: message is not modified: …"), EDIT) == Sent()
        assert sort(tg.BadRequest("Bad Request: message to edit not found"), EDIT) == Refusal("message_gone")

    def test_deleting_what_is_gone_has_succeeded(self) -> None:
        assert sort(tg.BadRequest("Bad Request: message to delete not found"), DELETE) == Sent()
        assert sort(tg.BadRequest("Bad Request: message can't be deleted for everyone"), DELETE) == Refusal("too_old")


@dataclasses.dataclass
class Wire:
    telegram: Telegram
    pacer: Pacer
    gateway: Gateway

    async def deliver(self, letter: Letter) -> Outcome:
        await self.pacer.permit(Lane.TALK, letter.chat_id)
        return await self.gateway.deliver(letter)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    clock = VirtualClock()
    telegram, pacer = Telegram(clock), Pacer(clock)
    request = SimulatedRequest(telegram)
    async with ExtBot(telegram.token, request=request, get_updates_request=request, rate_limiter=pacer) as bot:
        yield Wire(telegram, pacer, Gateway(bot))


@pytest.fixture
def ada(wire: Wire) -> Any:
    phone = wire.telegram.phone("Ada")
    phone.opens()
    return phone


def letter(phone: Any, **more: Any) -> Letter:
    return Letter(**{"method": SEND, "chat_id": phone.user_id, "html": "Hello <b>you</b>"} | more)


class TestDelivering:
    async def test_a_letter_arrives_as_it_was_written(self, wire: Wire, ada: Any) -> None:
        buttons = [[{"text": "Yes", "data": "y", "style": "success"}], [{"text": "Map", "url": "https://example.org"}]]
        outcome = await wire.deliver(letter(ada, buttons=buttons, protect=True))
        assert outcome == Sent(ada.last.message_id)
        assert ada.last.html == "Hello <b>you</b>" and ada.last.protect_content
        shown = [[(one.text, one.data, one.url, one.style) for one in row] for row in ada.last.buttons]
        assert shown[0] == [("Yes", "y", None, "success")]
        assert shown[1][0][2].startswith("https://example.org")

    async def test_it_asks_for_html_without_a_link_preview(self, wire: Wire, ada: Any) -> None:
        await wire.deliver(letter(ada))
        asked = wire.telegram.record[-1].params
        assert asked["parse_mode"] == "HTML" and "true" in str(asked["link_preview_options"]).lower()

    async def test_it_quotes_what_it_answers(self, wire: Wire, ada: Any) -> None:
        written = ada.types("When?")
        assert isinstance(await wire.deliver(letter(ada, reply_to=written.message_id)), Sent)
        assert ada.last.reply_to == written.message_id

    async def test_it_goes_without_the_quote_when_that_is_gone(self, wire: Wire, ada: Any) -> None:
        assert isinstance(await wire.deliver(letter(ada, reply_to=987_654)), Sent)

    async def test_a_voice_message_is_copied_with_new_words_below(self, wire: Wire, ada: Any) -> None:
        ben = wire.telegram.phone("Ben")
        ben.opens()
        voice = ben.sends_voice()
        copy = Letter(COPY, ada.user_id, "from <i>Ben</i>", from_chat_id=ben.user_id, from_message_id=voice.message_id)
        assert await wire.deliver(copy) == Sent(ada.last.message_id)
        assert ada.last.media.kind == "voice" and "Ben" in ada.last.media.caption

    async def test_an_edit_changes_words_and_buttons(self, wire: Wire, ada: Any) -> None:
        await wire.deliver(letter(ada, buttons=[[{"text": "Stop", "data": "s"}]]))
        number = ada.last.message_id
        edited = letter(ada, method=EDIT, message_id=number, html="Bye", buttons=[[{"text": "Go", "data": "g"}]])
        assert await wire.deliver(edited) == Sent(number)
        assert (ada.last.text, ada.last.buttons[0][0].text) == ("Bye", "Go")
        assert isinstance(await wire.deliver(edited), Sent)  # it reads like that already
        assert await wire.deliver(letter(ada, method=EDIT, message_id=number, html="")) == Sent(number)
        assert (ada.last.text, ada.last.buttons) == ("Bye", [])

    async def test_a_deleted_message_is_gone_and_may_be_deleted_again(self, wire: Wire, ada: Any) -> None:
        await wire.deliver(letter(ada))
        gone = letter(ada, method=DELETE, message_id=ada.last.message_id)
        assert isinstance(await wire.deliver(gone), Sent)
        assert ada.last is None
        assert isinstance(await wire.deliver(gone), Sent)


class TestWhatGoesWrong:
    async def test_somebody_who_blocked_us(self, wire: Wire, ada: Any) -> None:
        ada.blocks()
        assert await wire.deliver(letter(ada)) == Unreachable("blocked")

    async def test_somebody_who_left(self, wire: Wire, ada: Any) -> None:
        ada.deletes_account()
        assert await wire.deliver(letter(ada)) == Unreachable("account_gone")

    async def test_somebody_who_never_opened_it(self, wire: Wire) -> None:
        assert await wire.deliver(letter(wire.telegram.phone("Cy"))) == Unreachable("never_opened")

    async def test_a_broken_message(self, wire: Wire, ada: Any) -> None:
        assert await wire.deliver(letter(ada, html="a <b>b")) == Refusal("malformed", broken=True)
        assert await wire.deliver(letter(ada, html="x" * 5000)) == Refusal("too_long", broken=True)
        wide = [[{"text": "x", "data": "y" * 65}]]
        assert await wire.deliver(letter(ada, buttons=wide)) == Refusal("malformed", broken=True)

    @pytest.mark.parametrize(
        ("trouble", "outcome", "arrives"),
        [
            ("server_error", Unknown("network"), False),
            ("connect_refused", NotSent("no_connection"), False),
            ("connect_timeout", NotSent("no_connection"), False),
            ("pool_timeout", NotSent("no_connection"), False),
            ("reset", Unknown("network"), False),
            ("answer_lost", Unknown("timed_out"), True),
            ("answer_reset", Unknown("network"), True),
        ],
    )
    async def test_a_bad_line(self, wire: Wire, ada: Any, trouble: str, outcome: Outcome, arrives: bool) -> None:
        wire.telegram.faults.next(trouble)
        assert await wire.deliver(letter(ada)) == outcome
        assert (ada.last is not None) == arrives

    async def test_a_429_is_passed_on_and_silences_the_token(self, wire: Wire, ada: Any) -> None:
        for _ in range(31):  # past the pacer, as another program with the same token would
            status, _answer = await wire.telegram.call("sendMessage", {"chat_id": ada.user_id, "text": "x"})
        assert status == 429
        assert isinstance(await wire.deliver(letter(ada)), Throttled)
        assert wire.pacer.throttled == 1

    async def test_a_revoked_token(self, wire: Wire, ada: Any) -> None:
        wire.telegram.token = "123456:ANOTHER-token-than-the-one-in-use"
        assert await wire.deliver(letter(ada)) == Down("token")

    async def test_a_letter_that_makes_no_sense_harms_nobody_else(self, wire: Wire, ada: Any) -> None:
        assert await wire.deliver(letter(ada, method=EDIT)) == Unknown("unforeseen")
        assert await wire.deliver(letter(ada, buttons=[[{"data": "no text"}]])) == Unknown("unforeseen")

    async def test_being_cancelled_is_not_an_outcome(self, wire: Wire, ada: Any) -> None:
        wire.telegram.faults.latency_ms = 1000
        task = asyncio.create_task(wire.deliver(letter(ada)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
