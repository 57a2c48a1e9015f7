"""Methods that write into a chat, and what the phone then shows."""

import pytest

from bot.simulator.params import Upload
from bot.simulator.phones import Phone
from tests.simulator.wire import Wire


async def test_message_ids_are_counted_over_the_whole_account(wire: Wire, ben: Phone) -> None:
    ana = wire.telegram.phone("Ana")
    ana.opens()
    ids = [(await wire.does("sendMessage", chat_id=p.user_id, text="x"))["message_id"] for p in (ben, ana, ben)]
    assert ids == [3, 4, 5]


async def test_nobody_can_be_written_to_before_they_started_the_bot(wire: Wire) -> None:
    wire.telegram.phone("Cai", user_id=77)
    for unknown in (77, 78, "@ben_k", "abc"):
        assert await wire.refused("sendMessage", chat_id=unknown, text="x") == "Bad Request: chat not found"
    assert await wire.refused("sendMessage", text="x") == "Bad Request: chat_id is empty"


async def test_a_block_and_a_deleted_account_are_403(wire: Wire, ben: Phone) -> None:
    ben.blocks()
    assert await wire.call("sendMessage", chat_id=ben.user_id, text="x") == (
        403,
        {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"},
    )
    ben.unblocks()
    await wire.does("sendMessage", chat_id=ben.user_id, text="x")
    ben.deletes_account()
    assert await wire.refused("sendMessage", chat_id=ben.user_id, text="x") == "Forbidden: user is deactivated"
    me = wire.telegram.world.bot.id
    assert await wire.refused("sendMessage", chat_id=me, text="x") == "Forbidden: bots can't send messages to bots"


async def test_buttons_arrive_and_bad_ones_are_refused(wire: Wire, ben: Phone) -> None:
    def keyboard(*buttons: object) -> dict[str, object]:
        return {"inline_keyboard": [list(buttons)]}

    async def refusal(markup: object) -> str:
        return await wire.refused("sendMessage", chat_id=ben.user_id, text="x", reply_markup=markup)

    good = {"text": "Ja", "callback_data": "é" * 32, "style": "success"}
    await wire.does("sendMessage", chat_id=ben.user_id, text="x", reply_markup=keyboard(good))
    assert ben.last and ben.last.buttons[0][0].style == "success"
    assert (
        await refusal(keyboard({"text": "Ja", "callback_data": "é" * 32 + "x"})) == "Bad Request: BUTTON_DATA_INVALID"
    )
    assert "Text buttons are unallowed" in await refusal(keyboard({"text": "Ja"}))
    assert 'Field "text"' in await refusal(keyboard({"callback_data": "x"}))
    assert "Wrong HTTP URL" in await refusal(keyboard({"text": "x", "url": "http://localhost:8080/"}))
    rows = {"inline_keyboard": [[good] * 8] * 13}
    assert await refusal(rows) == "Bad Request: reply markup is too long"


async def test_a_keyboard_below_can_be_tapped_and_goes_again(wire: Wire, ben: Phone) -> None:
    markup = {"keyboard": [[{"text": "Yes"}, "No"]]}
    await wire.does("sendMessage", chat_id=ben.user_id, text="Well?", reply_markup=markup)
    assert ben.keyboard == [["Yes", "No"]]
    assert ben.taps("No") == ""
    assert ben.messages[-1].text == "No"
    await wire.does("sendMessage", chat_id=ben.user_id, text="Ok", reply_markup={"remove_keyboard": True})
    assert ben.keyboard == []


async def test_answering_a_message_that_is_gone_is_refused_unless_allowed(wire: Wire, ben: Phone) -> None:
    first = ben.types("hello")
    answer = await wire.does(
        "sendMessage", chat_id=ben.user_id, text="x", reply_parameters={"message_id": first.message_id}
    )
    assert answer["reply_to_message"]["text"] == "hello"
    gone = {"message_id": 999}
    refusal = await wire.refused("sendMessage", chat_id=ben.user_id, text="x", reply_parameters=gone)
    assert refusal == "Bad Request: message to be replied not found"
    allowed = {**gone, "allow_sending_without_reply": True}
    loose = await wire.does("sendMessage", chat_id=ben.user_id, text="x", reply_parameters=allowed)
    assert "reply_to_message" not in loose


async def test_a_file_is_uploaded_fetched_and_sent_again_by_its_id(wire: Wire, ben: Phone) -> None:
    upload = Upload("card.png", b"PNG", "image/png")
    sent = await wire.does("sendDocument", chat_id=ben.user_id, document=upload, caption="<b>x</b>", parse_mode="HTML")
    file_id = sent["document"]["file_id"]
    path = (await wire.does("getFile", file_id=file_id))["file_path"]
    media = wire.telegram.file(path)
    assert media and (media.content, media.file_name) == (b"PNG", "card.png")
    again = await wire.does("sendDocument", chat_id=ben.user_id, document=file_id)
    assert "caption" not in again
    attached = await wire.does("sendPhoto", chat_id=ben.user_id, photo="attach://p", p=upload)
    assert attached["photo"][0]["file_id"] != file_id
    assert [one.media.kind for one in ben.messages if one.media] == ["document", "document", "photo"]
    assert ben.messages[-3].html == "<b>x</b>"
    assert wire.telegram.file("photo/none") is None


@pytest.mark.parametrize(
    ("method", "params", "complaint"),
    [
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "nonsense"}, "wrong file identifier/HTTP URL specified"),
        ("sendVoice", {"voice": Upload("v", b"")}, "file must be non-empty"),
        ("sendPhoto", {"photo": Upload("p", b"x" * ((10 << 20) + 1))}, "file is too big for a photo"),
        ("sendPhoto", {"photo": Upload("p", b"x"), "caption": "x" * 1025}, "message caption is too long"),
        ("getFile", {"file_id": "nonsense"}, "invalid file_id"),
    ],
)
async def test_bad_files_are_refused(
    wire: Wire, ben: Phone, method: str, params: dict[str, object], complaint: str
) -> None:
    assert await wire.refused(method, chat_id=ben.user_id, **params) == f"Bad Request: {complaint}"


async def test_a_voice_note_is_no_photo(wire: Wire, ben: Phone) -> None:
    media = ben.sends_voice(7).media
    assert media
    refusal = await wire.refused("sendPhoto", chat_id=ben.user_id, photo=media.file_id)
    assert refusal == "Bad Request: can't use file of type Voice as Photo"


async def test_a_copy_names_nobody_and_a_forward_does(wire: Wire, ben: Phone) -> None:
    ana = wire.telegram.phone("Ana")
    ana.opens()
    photo = ben.sends_photo("my arm")
    where = {"chat_id": ana.user_id, "from_chat_id": ben.user_id, "message_id": photo.message_id}
    copied = await wire.does("copyMessage", **where)
    assert ana.last and copied == {"message_id": ana.last.message_id}
    assert ana.last.media and ana.last.media.caption == "my arm" and ana.last.forwarded_from is None
    await wire.does("copyMessage", **where, caption="an arm")
    assert ana.last.text == "an arm"
    forwarded = await wire.does("forwardMessage", **where)
    assert forwarded["forward_origin"]["sender_user_name"] == "Ben"
    missing = {**where, "message_id": 999}
    assert await wire.refused("copyMessage", **missing) == "Bad Request: message to copy not found"
    assert await wire.refused("forwardMessage", **missing) == "Bad Request: message to forward not found"


async def test_protected_content_is_marked_and_cannot_be_forwarded(wire: Wire, ben: Phone) -> None:
    sent = await wire.does("sendMessage", chat_id=ben.user_id, text="x", protect_content=True)
    assert sent["has_protected_content"] is True and ben.last and ben.last.protect_content
    edited = await wire.does("editMessageText", chat_id=ben.user_id, message_id=sent["message_id"], text="y")
    assert edited["has_protected_content"] is True
    where = {"chat_id": ben.user_id, "from_chat_id": ben.user_id, "message_id": sent["message_id"]}
    assert "can't be forwarded" in await wire.refused("forwardMessage", **where)


async def test_typing_is_seen_until_the_message_is_there(wire: Wire, ben: Phone) -> None:
    await wire.does("sendChatAction", chat_id=ben.user_id, action="typing")
    assert ben.action == "typing"
    await wire.does("sendMessage", chat_id=ben.user_id, text="x", link_preview_options={"is_disabled": True})
    assert ben.action is None


async def test_a_wrong_token_is_401_and_an_unknown_method_404(wire: Wire) -> None:
    assert (await wire.telegram.call("getMe", {}, token="9:wrong"))[1]["description"] == "Unauthorized"
    assert await wire.call("sendSmell") == (404, {"ok": False, "error_code": 404, "description": "Not Found"})
    assert (await wire.does("GETME"))["username"] == "FirstMileBot"


async def test_numbers_and_objects_may_arrive_as_strings(wire: Wire, ben: Phone) -> None:
    sent = await wire.does(
        "sendMessage",
        chat_id=str(ben.user_id),
        text="x",
        protect_content="true",
        reply_markup='{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}',
    )
    assert sent["has_protected_content"] and sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "b"


async def test_every_call_is_recorded_and_the_record_can_be_bounded(ben: Phone, wire: Wire) -> None:
    await wire.refused("sendMessage", chat_id=1, text="x")
    call = wire.telegram.record[-1]
    assert (call.method, call.status, call.description) == ("sendMessage", 400, "Bad Request: chat not found")
    assert call.params["text"] == "x" and call.at == wire.clock.now()
    small = Wire(keep_calls=10)
    for _ in range(50):
        await small.call("getMe")
    assert 10 <= len(small.telegram.record) <= 20
