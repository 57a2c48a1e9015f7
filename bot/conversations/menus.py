"""The commands menu, set for each person by role and language, and only when it changes."""

import hashlib
from typing import Any

import structlog
from telegram import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.actions import people
from bot.conversations.talk import Talk
from bot.domain.people import Role
from bot.runtime import Runtime

EVERYBODY = ("help", "stop", "home", "pause", "resume", "language", "hours", "privacy", "mydata", "forget")
OF_ROLE = {
    Role.COORDINATOR: ("desk", "discharge", "champion", "concerns", "oncall", "inbox"),
    Role.CHAMPION: ("broadcast", "circle", "inbox", "concerns", "away"),
}
_log = structlog.get_logger(__name__)


def commands_for(roles: frozenset[Role]) -> list[str]:
    """What matters to them first; each command once."""
    mine = [name for role, names in OF_ROLE.items() if role in roles for name in names]
    return list(dict.fromkeys([*mine, *EVERYBODY]))


def menu(runtime: Runtime, language: str, names: list[str]) -> list[BotCommand]:
    return [BotCommand(name, runtime.plain(language, f"menu.{name}")) for name in names]


async def refresh(talk: Talk) -> None:
    """Show the person the menu that fits who they are now."""
    visitor = await people.visitor(talk.runtime, talk.id)
    if visitor is None:
        return
    commands = menu(talk.runtime, visitor.language, commands_for(visitor.roles))
    fingerprint = _fingerprint(commands)
    if visitor.person.menu == fingerprint:
        return
    try:
        await talk.bot.set_my_commands(commands, BotCommandScopeChat(talk.chat_id))
    except TelegramError as error:
        _log.info("the menu could not be set", said=str(error))
        return
    await people.menu_shown(talk.runtime, talk.id, fingerprint)


def _fingerprint(commands: list[BotCommand]) -> str:
    """Changes with the role, with the language, and when the words are changed."""
    shown = "\n".join(f"{one.command} {one.description}" for one in commands)
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


async def forget(talk: Talk) -> None:
    """The phone of somebody forgotten shows what a newcomer sees."""
    try:
        await talk.bot.delete_my_commands(BotCommandScopeChat(talk.chat_id))
    except TelegramError as error:
        _log.info("the menu could not be taken away", said=str(error))


async def set_defaults(runtime: Runtime, bot: ExtBot[Any]) -> None:
    """What somebody sees who has not spoken yet, in every language of the place."""
    scope, names = BotCommandScopeAllPrivateChats(), commands_for(frozenset())
    for language in runtime.place.languages:
        await bot.set_my_commands(menu(runtime, language, names), scope, language_code=language)
    await bot.set_my_commands(menu(runtime, runtime.place.default_language, names), scope)
