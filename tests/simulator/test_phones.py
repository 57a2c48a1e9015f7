"""What people do and see."""

from datetime import timedelta

import pytest

from bot.simulator.phones import Phone
from tests.simulator.wire import Wire


def test_a_phone_is_found_again_by_its_id_or_its_name(wire: Wire) -> None:
    ben = wire.telegram.phone("Ben", user_id=7, language_code="bn")
    assert wire.telegram.phone("Ben") is ben and wire.telegram.phone("Other", user_id=7) is ben
    ana = wire.telegram.phone("Ana")
    assert wire.telegram.phones == [ben, ana] and ana.user_id != ben.user_id
    assert (ben.language_code, ana.username, ben.started) == ("bn", None, False)


def test_opening_a_link_sends_start_with_its_payload(wire: Wire) -> None:
    ben = wire.telegram.phone("Ben", username="ben_k")
    ben.opens("https://t.me/FirstMileBot?start=j_abc-1")
    ben.opens("t.me/firstmilebot")
    ben.opens("j_2")
    updates = wire.telegram.take_updates()
    assert [one["message"]["text"] for one in updates] == ["/start j_abc-1", "/start", "/start j_2"]
    message = updates[0]["message"]
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"]["username"] == message["chat"]["username"] == "ben_k"
    assert message["chat"]["type"] == "private"


@pytest.mark.parametrize("bad", ["https://t.me/OtherBot?start=x", "https://example.org/", "has space", "x" * 65])
def test_a_wrong_link_or_payload_says_what_is_wrong(ben: Phone, bad: str) -> None:
    with pytest.raises(ValueError, match=r"no link to @FirstMileBot|no start payload"):
        ben.opens(bad)


def test_typing_answers_photos_and_voice_arrive(wire: Wire, ben: Phone) -> None:
    asked = ben.types("  a question ")
    ben.types("and more", reply_to=asked.message_id)
    ben.sends_photo("my arm")
    ben.sends_voice(9)
    text, reply, photo, voice = (one["message"] for one in wire.telegram.take_updates())
    assert text["text"] == "a question"
    assert reply["reply_to_message"]["message_id"] == asked.message_id
    assert photo["caption"] == "my arm" and photo["photo"][0]["file_size"] > 0
    assert voice["voice"]["duration"] == 9
    assert ben.last is None and len(ben.messages) == 5


def test_what_the_app_would_not_let_them_do_is_a_value_error(ben: Phone) -> None:
    with pytest.raises(ValueError, match="1 to 4096"):
        ben.types(" ")
    with pytest.raises(ValueError, match="not on this phone"):
        ben.types("x", reply_to=99)
    ben.blocks()
    with pytest.raises(ValueError, match="unblock it first"):
        ben.types("x")
    ben.unblocks()
    ben.deletes_account()
    with pytest.raises(ValueError, match="account is deleted"):
        ben.types("x")


async def test_a_tap_takes_the_newest_button_of_that_label_or_data(wire: Wire, ben: Phone) -> None:
    for data in ("old", "new"):
        markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": data}]]}
        await wire.does("sendMessage", chat_id=ben.user_id, text="?", reply_markup=markup)
    first = ben.messages[-2].message_id
    queries = [ben.taps("Yes"), ben.taps("old"), ben.taps("Yes", message_id=first)]
    updates = [one["callback_query"] for one in wire.telegram.take_updates()]
    assert [one["data"] for one in updates] == ["new", "old", "old"]
    assert [one["id"] for one in updates] == queries and len(set(queries)) == 3
    assert updates[2]["message"]["message_id"] == first
    with pytest.raises(LookupError, match="No button “No” on Ben's phone; there are: “Yes”, “Yes”"):
        ben.taps("No")
    with pytest.raises(LookupError, match="there are: none"):
        ben.taps("Yes", message_id=999)


async def test_tapping_a_link_to_the_bot_follows_it(wire: Wire, ben: Phone) -> None:
    buttons = [{"text": "Join", "url": "https://t.me/FirstMileBot?start=j_1"}, {"text": "Web", "url": "https://nhs.uk"}]
    await wire.does("sendMessage", chat_id=ben.user_id, text="?", reply_markup={"inline_keyboard": [buttons]})
    assert ben.taps("Join") == ben.taps("Web") == ""
    assert [one["message"]["text"] for one in wire.telegram.take_updates()] == ["/start j_1"]


def test_blocking_and_unblocking_tell_the_bot_once(wire: Wire, ben: Phone) -> None:
    ben.blocks()
    ben.blocks()
    ben.unblocks()
    ben.unblocks()
    changes = [one["my_chat_member"] for one in wire.telegram.take_updates()]
    assert [(one["old_chat_member"]["status"], one["new_chat_member"]["status"]) for one in changes] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]
    assert changes[0]["new_chat_member"]["user"]["username"] == "FirstMileBot"


def test_start_on_a_blocked_bot_unblocks_it_first(wire: Wire, ben: Phone) -> None:
    ben.blocks()
    ben.opens("again")
    assert [list(one)[1] for one in wire.telegram.take_updates()] == ["my_chat_member", "my_chat_member", "message"]
    assert not ben.blocked


def test_what_never_met_the_bot_or_happened_unseen_tells_it_nothing(wire: Wire) -> None:
    cai = wire.telegram.phone("Cai")
    cai.blocks()
    cai.unblocks()
    cai.has_long_started()
    cai.has_long_blocked()
    assert wire.telegram.take_updates() == [] and cai.started and cai.blocked


async def test_the_narrowest_menu_wins_and_in_it_the_own_language(wire: Wire) -> None:
    ana = wire.telegram.phone("Ana", language_code="bn-BD")
    ana.opens()

    async def menu(name: str, **where: object) -> None:
        await wire.does("setMyCommands", commands=[{"command": name, "description": "x"}], **where)

    shown = []
    private, chat = {"type": "all_private_chats"}, {"type": "chat", "chat_id": ana.user_id}
    menus: list[tuple[str, dict[str, object]]] = [
        ("default", {}),
        ("default_bn", {"language_code": "bn"}),
        ("private", {"scope": private}),
        ("private_bn", {"scope": private, "language_code": "bn"}),
        ("chat_ar", {"scope": chat, "language_code": "ar"}),
        ("chat", {"scope": chat}),
        ("chat_bn", {"scope": chat, "language_code": "bn"}),
    ]
    for name, where in menus:
        await menu(name, **where)
        shown.append([command.command for command in ana.commands])
    assert shown == [["default"], ["default_bn"], ["private"], *[["private_bn"]] * 2, ["chat"], ["chat_bn"]]
    await wire.does("deleteMyCommands", scope=chat, language_code="bn")
    assert [command.command for command in ana.commands] == ["chat"]
    assert await wire.does("getMyCommands", scope=private) == [{"command": "private", "description": "x"}]


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"commands": [{"command": "Big", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "x", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "x", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [], "language_code": "english"}, "invalid language code specified"),
        ({"commands": [], "scope": {"type": "moon"}}, "can't parse BotCommandScope: Unsupported type specified"),
        ({"commands": [], "scope": {"type": "chat", "chat_id": 1}}, "chat not found"),
        ({}, "can't parse commands: Expected an Array of BotCommand"),
    ],
)
async def test_bad_menus_are_refused(wire: Wire, params: dict[str, object], complaint: str) -> None:
    assert await wire.refused("setMyCommands", **params) == f"Bad Request: {complaint}"


async def test_the_bot_describes_itself(wire: Wire, ben: Phone) -> None:
    await wire.does("setMyDescription", description="First")
    await wire.does("setMyShortDescription", short_description="1", language_code="bn")
    assert await wire.does("getMyDescription", language_code="ar") == {"description": "First"}
    assert await wire.does("getMyShortDescription", language_code="bn") == {"short_description": "1"}
    assert "too long" in await wire.refused("setMyShortDescription", short_description="x" * 121)
    await wire.does("setChatMenuButton", chat_id=ben.user_id, menu_button={"type": "default"})
    assert await wire.does("getChatMenuButton", chat_id=ben.user_id) == {"type": "default"}
    assert "MenuButton" in await wire.refused("setChatMenuButton", menu_button={"type": "moon"})
    assert (await wire.does("getChat", chat_id=ben.user_id))["first_name"] == "Ben"


async def test_dates_are_the_clocks(wire: Wire, ben: Phone) -> None:
    wire.clock.turn_to(wire.clock.now() + timedelta(days=7))
    assert ben.types("x").date == wire.clock.now()
