"""What a message holds: words, one attachment, or something that cannot be passed on."""

from telegram import Message

from bot.actions.replies import Said

# Kinds that Telegram copies without saying whose they were. A venue comes with its location, so it is one.
KINDS = (
    "photo", "voice", "video", "animation", "document", "audio", "sticker", "video_note", "location", "poll", "dice",
)  # fmt: skip


def said_in(message: Message) -> Said:
    """The words and the kind of attachment of a message. A contact card has neither: it would show a number."""
    media = next((kind for kind in KINDS if getattr(message, kind, None)), "")
    quoted = message.reply_to_message.message_id if message.reply_to_message else None
    text = message.text or message.caption or ""
    return Said(message.message_id, text, media, quoted, message.media_group_id or "")
