"""Methods about the bot itself: its menus and descriptions, and what it can look up."""

import re
from collections.abc import Callable
from typing import Any

from bot.simulator.messages import chat_json
from bot.simulator.params import Params, bad_request
from bot.simulator.world import Chat, Command, World

MAX_COMMANDS = 100
MAX_TEXTS = {"description": 512, "short_description": 120}


def get_me(world: World, params: Params) -> Any:
    abilities = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return world.bot.as_json() | abilities | {"can_connect_to_business": False, "has_main_web_app": False}


def scope_key(world: World, params: Params) -> str:
    """Where a menu holds, as one word: default, all_private_chats … or chat:<id>."""
    scope = params.object("scope", "BotCommandScope") or {"type": "default"}
    kind = scope.get("type", "")
    if kind == "chat":
        return f"chat:{world.chat(Params(scope)).person.id}"
    if kind not in ("default", "all_private_chats", "all_group_chats", "all_chat_administrators"):
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    return str(kind)


def language(params: Params) -> str:
    code = params.text("language_code")
    if not re.fullmatch(r"([a-z]{2})?", code):
        raise bad_request("invalid language code specified")
    return code


def set_my_commands(world: World, params: Params) -> Any:
    given = params.array("commands", "list of bot commands")
    if given is None:
        raise bad_request("can't parse commands: Expected an Array of BotCommand")
    if len(given) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = [command(one) for one in given]
    world.menus[scope_key(world, params), language(params)] = commands
    world.changed()
    return True


def command(given: dict[str, Any]) -> Command:
    name, description = str(given.get("command", "")), str(given.get("description", "")).strip()
    if not re.fullmatch(r"[a-z0-9_]{1,32}", name.removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return Command(name.removeprefix("/"), description)


def get_my_commands(world: World, params: Params) -> Any:
    """Exactly what was set for this scope and language; what a phone shows is `resolved`."""
    commands = world.menus.get((scope_key(world, params), language(params)), [])
    return [{"command": one.command, "description": one.description} for one in commands]


def delete_my_commands(world: World, params: Params) -> Any:
    world.menus.pop((scope_key(world, params), language(params)), None)
    world.changed()
    return True


def resolved(world: World, chat: Chat) -> list[Command]:
    """The menu in a private chat: the narrowest scope wins, and in it the person's own language."""
    own_language = (chat.person.language_code or "")[:2]
    for scope in (f"chat:{chat.person.id}", "all_private_chats", "default"):
        for code in (own_language, ""):
            if commands := world.menus.get((scope, code)):
                return commands
    return []


def set_text(name: str) -> Callable[[World, Params], Any]:
    def method(world: World, params: Params) -> Any:
        if len(params.text(name)) > MAX_TEXTS[name]:
            raise bad_request(f"bot {name.replace('_', ' ')} is too long")
        world.texts[name, language(params)] = params.text(name)
        return True

    return method


def get_text(name: str) -> Callable[[World, Params], Any]:
    def method(world: World, params: Params) -> Any:
        return {name: world.texts.get((name, language(params))) or world.texts.get((name, ""), "")}

    return method


def set_chat_menu_button(world: World, params: Params) -> Any:
    chat_id = world.chat(params).person.id if params.has("chat_id") else 0
    button = params.object("menu_button", "MenuButton") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse MenuButton: Unsupported type specified")
    world.menu_buttons[chat_id] = button
    return True


def get_chat_menu_button(world: World, params: Params) -> Any:
    shared = world.menu_buttons.get(0, {"type": "commands"})
    return world.menu_buttons.get(params.integer("chat_id"), shared)


def get_chat(world: World, params: Params) -> Any:
    person = world.chat(params).person
    return chat_json(person) | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": NO_GIFTS}


NO_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


def get_file(world: World, params: Params) -> Any:
    media = world.files.get(params.text("file_id"))
    if media is None:
        raise bad_request("invalid file_id")
    size = {"file_size": len(media.content), "file_unique_id": media.file_id[-12:]}
    return {"file_id": media.file_id, "file_path": f"{media.kind}/{media.file_id}"} | size


METHODS: dict[str, Callable[[World, Params], Any]] = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyDescription": set_text("description"),
    "getMyDescription": get_text("description"),
    "setMyShortDescription": set_text("short_description"),
    "getMyShortDescription": get_text("short_description"),
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
    "getChat": get_chat,
    "getFile": get_file,
}
