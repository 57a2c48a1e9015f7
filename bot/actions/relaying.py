"""How words travel between a resident and whoever answers: never with a number or a username (promise 7)."""

import html
import re
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices
from bot.domain.deliveries import Kind, Method
from bot.domain.people import Purpose
from bot.runtime import Runtime
from bot.store import deliveries as delivery_store
from bot.store.deliveries import New
from bot.store.people import Person
from bot.store.replies import Reply
from bot.store.standings import standing

RELAY_LASTS = timedelta(days=7)
_TAG = re.compile(r"<[^>]+>")


def excerpt(body_html: str, longest: int) -> str:
    """The beginning of a message as plain words, for quoting above a reply."""
    text = html.unescape(_TAG.sub("", body_html)).strip()
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + "…"


def key(reply_id: int, reader_id: int) -> str:
    return f"relay:{reply_id}:{reader_id}"


async def question(
    tx: AsyncConnection, runtime: Runtime, reply: Reply, resident: Person, reader: Person, edit: int = 0
) -> None:
    """A resident's words to the one who answers, with the original above them. `edit`: when they changed them."""
    now = runtime.now()
    phrase = "replies.relay_edited" if edit else "replies.relay"
    body = runtime.say(
        reader.language, phrase, name=resident.name, about=reply.about, text=reply.body, media=reply.media
    )
    button = notices.button(runtime, reader.language, "buttons.answer", f"answer:{reply.id}", name=resident.name)
    extra = {"reply_id": reply.id}
    until = now + RELAY_LASTS
    row = New(
        key(reply.id, reader.id) + (f":{edit}" if edit else ""),
        reader.id,
        Kind.RELAY,
        now,
        until,
        body,
        [[button]],
        extra=extra,
        language=reader.language,
    )
    rows = [row]
    if reply.media and not edit:
        copied = _copy(f"{row.key}:media", reader.id, Kind.RELAY, resident.telegram_id, reply, runtime)
        rows.append(copied)
    await delivery_store.put(tx, rows, now)


def _copy(copy_key: str, to: int, kind: Kind, from_chat: int, reply: Reply, runtime: Runtime) -> New:
    """A photo or a voice: Telegram copies it without saying whose it was."""
    now = runtime.now()
    extra = {"from_chat_id": from_chat, "from_message_id": reply.message_id, "reply_id": reply.id}
    due_at = now + timedelta(milliseconds=1)  # after its heading
    return New(copy_key, to, kind, due_at, now + RELAY_LASTS, method=Method.COPY, extra=extra)


async def answer(
    tx: AsyncConnection, runtime: Runtime, written: Reply, asked: Reply, resident: Person, reader: Person
) -> None:
    """The reader's words to the resident, in the reader's name, under what the resident had written."""
    now = runtime.now()
    body = runtime.say(
        resident.language, "replies.answer", champion=reader.name, text=written.body, media=written.media
    )
    extra = {"reply_id": written.id, "reply_to": asked.message_id}
    row = New(
        f"answer:{written.id}",
        resident.id,
        Kind.ANSWER,
        now,
        now + RELAY_LASTS,
        body,
        extra=extra,
        language=resident.language,
    )
    rows = [row]
    if written.media:
        rows.append(_copy(f"{row.key}:media", resident.id, Kind.ANSWER, reader.telegram_id, written, runtime))
    await delivery_store.put(tx, rows, now)


async def reaches(tx: AsyncConnection, runtime: Runtime, resident: Person) -> bool:
    """Whether an answer may go to this resident at all: they wrote to us, and have not stopped since."""
    who = await standing(tx, resident, runtime.place)
    return not who.unreachable and (not who.stopped or Purpose.ANSWERS in who.purposes)
