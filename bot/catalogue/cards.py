"""A card to print: a QR code that opens the bot at a circle's door, with a few words around it."""

import io
from dataclasses import dataclass

import segno
from PIL import Image, ImageDraw

from bot.catalogue.lettering import LATIN, Face, clusters, face_of, has, prepared, width_of, write

# All lengths are dots: A6 at 300 dots an inch.
DPI = 300
SIZE = (1240, 1748)
EDGE, MARGIN = 50, 120
WIDTH = SIZE[0] - 2 * MARGIN
CEILING, FLOOR = 110, SIZE[1] - 110
MOST_GAP = 56
SLACK = 8  # thickened strokes are a little wider than the font says
MOST_SIGNS = 600  # no place holds more; measuring a novel takes long
QR_SIDE = 780
QUIET = 4  # modules of white around the code, as its standard asks
WHITE, INK, SOFT, ACCENT = "#ffffff", "#16211f", "#4d5b58", "#0f6b5c"


@dataclass(frozen=True)
class Lines:
    """The words on a card, plain text without markup; any may be empty, and may have several lines."""

    title: str
    middle: str
    foot: str


@dataclass(frozen=True)
class Look:
    """How a text may be set. `weight` thickens the strokes: there is one weight of each face."""

    largest: int
    smallest: int
    height: int
    colour: str
    weight: int = 0


TITLE = Look(104, 44, 330, INK, 2)
LINK_ROW, LINK = Look(34, 24, 44, SOFT), Look(34, 22, 90, SOFT)
MIDDLE = Look(52, 32, 250, INK)
FOOT = Look(36, 26, 96, SOFT)


@dataclass(frozen=True)
class Block:
    """A text broken into rows that fit, at the size at which they do."""

    rows: tuple[str, ...]
    size: int
    look: Look
    face: Face = LATIN

    @property
    def pitch(self) -> int:
        return round(self.size * 1.28)

    @property
    def height(self) -> int:
        return self.pitch * len(self.rows)


def card(link: str, lines: Lines) -> bytes:
    """A PNG of about A6 on white that opens `link` when scanned. The same input gives the same bytes.

    Latin, Bengali and Arabic letters can be drawn. Latin lines lose their accents (Zoë is printed as Zoe), and a line
    that still has a character which the face lacks (Greek, an emoji) is left out rather than printed as boxes; the code
    and the link are always there. A text too long for its place is made smaller, then cut with an ellipsis: nothing is
    ever drawn beyond the margins.
    """
    image = Image.new("RGB", SIZE, WHITE)
    draw = ImageDraw.Draw(image)
    _frame(draw)
    title, middle, foot = fit(lines.title, TITLE), fit(lines.middle, MIDDLE), fit(lines.foot, FOOT)
    _stack(image, draw, [title, _code(link), _address(link), middle], until=FLOOR - foot.height)
    _write(draw, foot, FLOOR - foot.height)
    written = io.BytesIO()
    image.save(written, "PNG", dpi=(DPI, DPI), optimize=True)
    return written.getvalue()


def can_draw(text: str) -> bool:
    """Whether one face has every sign of it, so that no line would be left out."""
    face = face_of(text.splitlines())
    return all(has(prepared(line, face), face) for line in text.splitlines())


def fit(text: str, look: Look) -> Block:
    """The text at the largest size at which it fits its place, less the lines that its face cannot draw."""
    shortened = text if len(text) <= MOST_SIGNS else f"{text[:MOST_SIGNS]}…"
    face = face_of(shortened.splitlines())
    lines = [prepared(line, face) for line in shortened.splitlines()]
    drawable = [line for line in lines if line and has(line, face)]
    for size in range(look.largest, look.smallest - 1, -2):
        block = Block(tuple(row for line in drawable for row in _wrap(line, face, size)), size, look, face)
        if block.height <= look.height:
            return block
    most = max(1, look.height // block.pitch)
    return Block((*block.rows[: most - 1], _cut(block.rows[most - 1], face, block.size)), block.size, look, face)


def _address(link: str) -> Block:
    """The link to be typed: in one row where that can still be read, for nobody types a broken one well."""
    row = fit(link, LINK_ROW)
    return row if row.rows == (link,) else fit(link, LINK)


def _wrap(line: str, face: Face, size: int) -> list[str]:
    """Rows no wider than a card; a word that is too wide by itself is broken."""
    rows = [""]
    for word in line.split(" "):
        wider = f"{rows[-1]} {word}".strip()
        if _fits(wider, face, size):
            rows[-1] = wider
            continue
        pieces = _pieces(word, face, size)
        rows = [*(row for row in rows if row), *pieces]
    return rows


def _pieces(word: str, face: Face, size: int) -> list[str]:
    pieces = [""]
    for sign in clusters(word):
        if _fits(pieces[-1] + sign, face, size):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def _cut(row: str, face: Face, size: int) -> str:
    while row and not _fits(f"{row}…", face, size):
        row = "".join(clusters(row)[:-1])
    return f"{row.rstrip()}…"


def _fits(row: str, face: Face, size: int) -> bool:
    return width_of(row, face, size) <= WIDTH - SLACK


def _code(link: str) -> Image.Image:
    """The QR code in whole dots a module, with its white border, at most QR_SIDE wide."""
    matrix = [bytes(row) for row in segno.make_qr(link, error="m").matrix]
    modules = len(matrix) + 2 * QUIET
    code = Image.new("L", (modules, modules), 255)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            code.putpixel((x + QUIET, y + QUIET), 0 if dark else 255)
    scale = max(1, QR_SIDE // modules)
    return code.resize((modules * scale, modules * scale), Image.Resampling.NEAREST)


def _stack(image: Image.Image, draw: ImageDraw.ImageDraw, parts: list[Block | Image.Image], until: int) -> None:
    """From the top down, with the room that is left shared out between the parts."""
    shown = [part for part in parts if part.height]
    room = until - CEILING - sum(part.height for part in shown)
    # The code brings its own white border: what stands below belongs to it.
    gaps = [0 if isinstance(part, Image.Image) else 1 for part in shown[:-1]]
    gap = min(MOST_GAP, max(0, room // (sum(gaps) + 2)))
    y = CEILING + (room - gap * sum(gaps)) // 2
    for part, after in zip(shown, [*gaps, 0], strict=True):
        if isinstance(part, Block):
            _write(draw, part, y)
        else:
            image.paste(part, ((SIZE[0] - part.width) // 2, y))
        y += part.height + after * gap


def _write(draw: ImageDraw.ImageDraw, block: Block, y: int) -> None:
    look = block.look
    for number, row in enumerate(block.rows):
        at = (SIZE[0] / 2, y + (number + 0.5) * block.pitch)
        write(draw, at, row, block.face, block.size, look.colour, look.weight)


def _frame(draw: ImageDraw.ImageDraw) -> None:
    right, bottom = SIZE[0] - EDGE, SIZE[1] - EDGE
    draw.rounded_rectangle((EDGE, EDGE, right, bottom), radius=48, outline=ACCENT, width=6)
