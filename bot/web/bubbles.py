"""A message as Telegram shows it, in a page: what Telegram would make of the tags, and nothing else gets through."""

from html import escape
from html.parser import HTMLParser

from markupsafe import Markup

from bot.catalogue.telegram_html import TAGS

# Telegram's tags as a browser knows them; a spoiler is shown, because whoever looks has to read it.
_SHOWN_AS = {"strike": "s", "tg-spoiler": "span", "pre": "code"}
_SAFE_LINKS = ("https://", "tel:")


def bubble_html(telegram_html: str) -> Markup:
    """Safe to put into a page, whatever it was made of."""
    writer = _Writer()
    writer.feed(telegram_html)
    writer.close()
    return Markup(writer.finished())


class _Writer(HTMLParser):
    """Writes anew what it reads: known tags without their attributes, links to https, everything else as text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self._out.append(escape(self.get_starttag_text() or ""))
            return
        shown = _SHOWN_AS.get(tag, tag)
        self._open.append(shown)
        self._out.append(_link(dict(attrs)) if shown == "a" else f"<{shown}>")

    def handle_endtag(self, tag: str) -> None:
        shown = _SHOWN_AS.get(tag, tag)
        if shown not in self._open:
            return
        while True:
            last = self._open.pop()
            self._out.append(f"</{last}>")
            if last == shown:
                return

    def handle_data(self, data: str) -> None:
        self._out.append(escape(data))

    def finished(self) -> str:
        return "".join(self._out) + "".join(f"</{tag}>" for tag in reversed(self._open))


def _link(attributes: dict[str, str | None]) -> str:
    address = attributes.get("href") or ""
    if not address.startswith(_SAFE_LINKS):
        return "<a>"
    return f'<a href="{escape(address)}" rel="noopener noreferrer" target="_blank">'
