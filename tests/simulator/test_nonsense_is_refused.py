"""Whatever a bot sends, the answer is Telegram's, never a crash of the simulator."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.simulator.phones import Phone
from bot.simulator.telegram import METHODS
from tests.simulator.wire import Wire

NAMES = (
    "text", "caption", "parse_mode", "entities", "reply_markup", "reply_parameters", "message_id", "message_ids",
    "from_chat_id", "photo", "commands", "scope", "language_code", "reaction", "menu_button", "file_id", "offset",
    "limit", "allowed_updates", "url", "secret_token", "callback_query_id", "action", "description",
)  # fmt: skip
KEYS = ("type", "inline_keyboard", "keyboard", "text", "callback_data", "url", "chat_id", "offset", "length", "user")
leaf = st.one_of(st.none(), st.booleans(), st.integers(-3, 9), st.text("ab <>&/{}[]\"'=", max_size=8))
values = st.recursive(
    leaf, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(KEYS), one, max_size=3), max_leaves=6
)


@settings(max_examples=300)
@given(st.sampled_from(sorted(METHODS)), st.dictionaries(st.sampled_from(NAMES), values, max_size=4))
async def test_nonsense_gets_a_proper_answer(method: str, params: dict[str, Any]) -> None:
    wire = Wire()
    wire.telegram.phone("Ben", user_id=5).opens()
    status, body = await wire.call(method, **{"chat_id": 5, **params})
    assert body["ok"] is (status == 200)
    assert status == 200 or body["error_code"] == status


@pytest.mark.parametrize(
    ("method", "params", "complaint"),
    [
        ("sendMessage", {"reply_markup": "[1]"}, "reply keyboard markup JSON object: Expected an Object"),
        ("sendMessage", {"reply_markup": "{"}, "reply keyboard markup JSON object: Expected JSON"),
        ("sendMessage", {"entities": [{"type": "bold"}]}, "MessageEntity: Field is missing or of a wrong type"),
        ("deleteMessages", {"message_ids": ["x"]}, "message identifiers: Expected an Array"),
        ("getUpdates", {"allowed_updates": "{}"}, "allowed updates: Expected an Array"),
    ],
)
async def test_what_has_the_wrong_shape_cannot_be_parsed(
    wire: Wire, ben: Phone, method: str, params: dict[str, Any], complaint: str
) -> None:
    refusal = await wire.refused(method, chat_id=ben.user_id, text="x", **params)
    assert refusal == f"Bad Request: can't parse {complaint}"
