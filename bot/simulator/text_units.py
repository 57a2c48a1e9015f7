"""Lengths and offsets as Telegram counts them: UTF-16 code units, not Python characters."""

from collections.abc import Iterator


def units(text: str) -> int:
    """How long Telegram thinks the text is; an emoji outside the first plane counts two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def pieces(text: str, borders: list[int]) -> Iterator[str]:
    """The text cut at ascending unit offsets; joined again they are the text."""
    raw = text.encode("utf-16-le")
    for start, end in zip([0, *borders], [*borders, len(raw) // 2], strict=True):
        yield raw[start * 2 : end * 2].decode("utf-16-le", "replace")
