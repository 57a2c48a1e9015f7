"""The letters of a printed card: which face has every sign of a text, and how rows are broken and drawn in it.

Pillow's own face has plain Latin letters. Those for Bengali and Arabic are Noto Sans (`fonts/`, under its licence
OFL.txt). Their letters join and change places, which needs the library Raqm: Pillow's wheels bring it along. Where it
is missing only Latin is drawn.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import ImageDraw, ImageFont, features

from bot.catalogue.direction import FIRST_STRONG, LEFT_TO_RIGHT, LEFT_TO_RIGHT_MARK, POP

FONTS = Path(__file__).parent / "fonts"
UNSEEN = (FIRST_STRONG, LEFT_TO_RIGHT, POP, LEFT_TO_RIGHT_MARK)  # keep right-to-left text in order, and draw nothing
TWINS = str.maketrans({"–": "-", "—": "-", "‑": "-", "•": "·", "ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O"}) | (
    str.maketrans({"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "ı": "i"})
)
Font = ImageFont.FreeTypeFont


@dataclass(frozen=True)
class Face:
    """`file`: in `fonts/`; empty for the library's own face, which has no accents."""

    file: str = ""
    right_to_left: bool = False

    @property
    def direction(self) -> str | None:
        """For the library; None where it shall not be asked."""
        return "rtl" if self.right_to_left else None


LATIN = Face()
OTHERS = (Face("NotoSansBengali-Regular.ttf"), Face("NotoSansArabic-Regular.ttf", right_to_left=True))


def face_of(lines: Sequence[str]) -> Face:
    """The first face that has every sign of all these lines; the Latin one when none has."""
    known = (LATIN, *OTHERS) if features.check("raqm") else (LATIN,)
    return next((face for face in known if all(has(prepared(line, face), face) for line in lines)), LATIN)


def prepared(line: str, face: Face) -> str:
    """One line with single spaces, as this face can have it: the Latin one without accents, and with twins."""
    if face is not LATIN:
        return " ".join(unicodedata.normalize("NFC", line).split())
    parts = unicodedata.normalize("NFKD", line.translate(TWINS))
    return " ".join("".join(sign for sign in parts if unicodedata.category(sign) != "Mn").split())


def has(line: str, face: Face) -> bool:
    """Whether no sign of it would come out as a box."""
    return all(_has(sign, face) for sign in line)


@cache
def _has(sign: str, face: Face) -> bool:
    """What a face lacks all comes out as the same box."""
    if sign == " " or (sign in UNSEEN and face is not LATIN):
        return True
    font = font_of(face, 64)
    return sign.isprintable() and bytes(font.getmask(sign)) != bytes(font.getmask("\uffff"))


@cache
def font_of(face: Face, size: int) -> Font:
    if face.file:
        return ImageFont.truetype(str(FONTS / face.file), size)
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # Pillow without FreeType has a bitmap font that cannot grow
    return font


def width_of(row: str, face: Face, size: int) -> float:
    """In dots."""
    return font_of(face, size).getlength(row, direction=face.direction)


def clusters(word: str) -> list[str]:
    """Each letter with the marks that sit on it: between them a word may be broken."""
    found: list[str] = []
    for sign in word:
        if found and (unicodedata.category(sign).startswith("M") or found[-1].endswith("\u09cd")):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def write(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], row: str, face: Face, size: int, colour: str, weight: int
) -> None:
    """Around its middle. `weight` thickens the strokes."""
    draw.text(
        at,
        row,
        fill=colour,
        font=font_of(face, size),
        anchor="mm",
        direction=face.direction,
        stroke_width=weight,
        stroke_fill=colour,
    )
