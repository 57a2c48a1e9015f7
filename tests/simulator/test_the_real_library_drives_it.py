"""python-telegram-bot itself, Application and all, over the wire without sockets."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

from bot.simulator.limits import Limits
from bot.simulator.phones import Phone
from bot.simulator.request import SimulatedRequest
from tests.simulator.wire import Wire


@pytest.fixture(autouse=True)
def spans_are_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the library warns about every span it reads, and warnings are errors here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def bot(wire: Wire) -> Any:
    async with wire.bot() as bot:
        yield bot


async def test_an_application_answers_start_and_a_tap(wire: Wire) -> None:
    async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
        assert update.effective_message
        await update.effective_message.reply_html(f"<b>{(context.args or [''])[0]}</b>?", reply_markup=keyboard)

    async def tapped(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query
        await update.callback_query.answer("Thank you")
        await update.callback_query.edit_message_text("Noted")

    telegram = wire.telegram
    builder = Application.builder().token(telegram.token).updater(None).job_queue(None)
    builder = builder.request(SimulatedRequest(telegram)).get_updates_request(SimulatedRequest(telegram))
    async with builder.build() as application:
        application.add_handlers([CommandHandler("start", start), CallbackQueryHandler(tapped)])
        ben = telegram.phone("Ben")
        ben.opens("https://t.me/FirstMileBot?start=j_1")
        await handled(application, wire)
        assert ben.last and ben.last.html == "<b>j_1</b>?"
        ben.taps("Yes")
        await handled(application, wire)
    assert [message.text for message in ben.messages] == ["/start j_1", "Noted"]
    assert [toast.text for toast in ben.toasts] == ["Thank you"]


async def handled(application: Any, wire: Wire) -> None:
    for update in wire.telegram.take_updates():
        await application.process_update(Update.de_json(update, application.bot))


async def test_polling_hands_out_what_the_library_can_read(wire: Wire, ben: Phone, bot: Bot) -> None:
    ben.types("hello")
    ben.sends_voice(3)
    ben.sends_photo("arm")
    ben.blocks()
    text, voice, photo, change = await bot.get_updates(timeout=10)
    assert text.message and text.message.text == "hello"
    assert voice.message and voice.message.voice and voice.message.voice.duration == timedelta(seconds=3)
    assert photo.message and photo.message.photo[0].file_id
    assert change.my_chat_member and change.my_chat_member.new_chat_member.status == "kicked"


async def test_files_go_up_and_come_down(wire: Wire, ben: Phone, bot: Bot) -> None:
    sent = await bot.send_document(ben.user_id, BytesIO(b"%PDF"), filename="card.pdf", caption="Print me")
    assert sent.document and sent.document.file_name == "card.pdf"
    file = await bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"%PDF"
    said = ben.sends_voice()
    assert said.media
    again = await bot.send_voice(ben.user_id, said.media.file_id)
    assert again.voice and again.voice.file_id == said.media.file_id
    await bot.send_photo(ben.user_id, b"PNG", filename="x.png")
    assert ben.last and ben.last.media and ben.last.media.content == b"PNG"


async def test_refusals_are_the_librarys_exceptions(wire: Wire, ben: Phone, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="unsupported start tag"):
        await bot.send_message(ben.user_id, "<br>", parse_mode="HTML")
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(ben.user_id, "x", reply_parameters=ReplyParameters(99))
    ben.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ben.user_id, "x")
    await bot.set_webhook("https://example.org/x")
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    assert (await bot.get_webhook_info()).url == "https://example.org/x"
    await bot.delete_webhook()


async def test_too_much_is_retry_after() -> None:
    wire = Wire(Limits(per_second=2))
    phones = [wire.telegram.phone(name) for name in "ABC"]
    async with wire.bot() as bot:
        for phone in phones[:2]:
            phone.opens()
            await bot.send_message(phone.user_id, "x")
        phones[2].opens()
        with pytest.raises(RetryAfter):
            await bot.send_message(phones[2].user_id, "x")


async def test_a_wrong_token_is_an_invalid_token(wire: Wire) -> None:
    request = SimulatedRequest(wire.telegram)
    with pytest.raises(InvalidToken):
        await Bot("1:wrong", request=request, get_updates_request=request).initialize()


async def test_menus_edits_copies_and_deletions_work_through_the_library(wire: Wire, ben: Phone, bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("stop", "No more messages")], language_code="en")
    assert [(one.command, one.description) for one in ben.commands] == [("stop", "No more messages")]
    message = await bot.send_message(ben.user_id, "one")
    edited = await bot.edit_message_text("two", ben.user_id, message.message_id)
    assert not isinstance(edited, bool) and edited.text == "two"
    copy = await bot.copy_message(ben.user_id, ben.user_id, message.message_id)
    assert await bot.delete_messages(ben.user_id, [message.message_id, copy.message_id])
    assert await bot.set_message_reaction(ben.user_id, ben.messages[0].message_id, "👍")
    assert ben.messages[0].reaction == "👍" and ben.last is None
