"""How much is read of what a browser sends."""

from starlette.types import Message, Receive

MOST_FIELDS = 500
LONGEST_FIELD = 200_000  # bytes of one field that is no file
LARGEST_BODY = 8_000_000  # bytes; all messages of a place, zipped, have about a hundredth of it
LARGEST_TYPED = 400_000  # bytes that are read of somebody who is not in, to show them what they had typed


class TooLarge(Exception):
    """More was sent than any form of ours can hold."""


def counted(receive: Receive, most: int) -> Receive:
    """What comes in, until it is too much: the length that is announced may be missing, or wrong."""
    left = most

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge
        return message

    return counted
