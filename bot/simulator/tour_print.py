"""How the transcript of the tour looks: people on the left, the bot's bubbles indented, buttons in brackets."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from bot.simulator.messages import Message

WIDTH = 76


def heading(out: Console, number: int, name: str, scene: str, chapter: str) -> None:
    if chapter:
        out.print(Rule(f"[bold magenta]{chapter}[/bold magenta]", characters="═"), "")
    out.print(Rule(f"[bold]{number}. {name}[/bold]", align="left"))
    if scene:
        out.print(Text(f"{scene}\n", style="italic"))


def shown(out: Console, promise: str) -> None:
    out.print(Text(f"✓ {promise}\n", style="green"))


def proved(out: Console, lines: Sequence[str], sum_: str) -> None:
    """What the whole story has shown."""
    out.print(Text(f"\nWhat this has shown. {sum_}\n", style="bold"))
    for line in lines:
        out.print(Text(line))


def deed(out: Console, name: str, words: str) -> None:
    out.print(Text.assemble((f"{name}: ", "bold cyan"), words))


def time_passes(out: Console, when: datetime) -> None:
    out.print(Text(f"⏱ {when:%A %-d %B, %H:%M}", style="magenta"))


def aside(out: Console, words: str) -> None:
    """What happens without being shown, or what the reader should know beside it."""
    out.print(Padding(Text(f"({words})", style="italic dim"), (0, 0, 0, 4)))


def gone(out: Console, name: str, message: Message) -> None:
    first = message.text.strip().split("\n")[0]
    out.print(Padding(Text(f"(deleted from {name}'s phone: “{first}”)", style="dim"), (0, 0, 0, 4)))


def as_before(out: Console, name: str, message: Message, times: int) -> None:
    """The very words that were printed in full at an earlier time."""
    first = message.text.strip().split("\n")[0]
    often = f", {times} times" if times > 1 else ""
    out.print(Padding(Text(f"to {name}, as before{often}: “{first}”", style="blue"), (0, 0, 0, 4)))


def bubble(out: Console, name: str, message: Message, before: Message | None) -> None:
    """A message as it stands on a phone, or only what its buttons are now when nothing else changed."""
    if before is not None and before.text == message.text:
        _buttons_changed(out, name, message)
        return
    label = f"to {name}, edited" if before else f"to {name}"
    parts = [_words(message)]
    if message.buttons:
        parts.append(Text(_labels(message), "yellow"))
    panel = Panel(Group(*parts), title=label, title_align="left", border_style="blue", width=min(WIDTH, out.width - 4))
    out.print(Padding(panel, (0, 0, 0, 4)), soft_wrap=False)


def _buttons_changed(out: Console, name: str, message: Message) -> None:
    now = f"are other ones now:\n{_labels(message)}" if message.buttons else "are gone"
    out.print(Padding(Text(f"to {name}: the buttons {now}", style="dim"), (0, 0, 0, 4)))


def _labels(message: Message) -> str:
    return "\n".join(" ".join(f"[ {one.text} ]" for one in row) for row in message.buttons)


def _words(message: Message) -> Text:
    if message.media is None:
        return Text(message.text)
    return Text.assemble((f"({message.media.kind}) ", "dim"), message.text)
