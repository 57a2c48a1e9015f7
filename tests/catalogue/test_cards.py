import io
from functools import cache

import pytest
import segno
from PIL import Image, features
from PIL.ImageChops import invert

from bot.catalogue.cards import FOOT, MARGIN, MIDDLE, QUIET, SIZE, TITLE, Block, Lines, Look, can_draw, card, fit
from bot.catalogue.lettering import OTHERS, width_of

LINK = "https://t.me/FirstMileBot?start=c_3fJ8sKq0ZtWv1mYbR5nXeA7uLdG2hPc9"
WORDS = Lines("Rosa’s circle", "Scan with your camera.\nAbout one message a week.", "Stop at any time.")
NOTHING = Lines("", "", "")
LONG = Lines("W" * 400 + " long" * 100, "Wm" * 500, "foot " * 200)


@cache
def drawn(lines: Lines = WORDS, link: str = LINK) -> Image.Image:
    """Without the frame and its round corners."""
    image = Image.open(io.BytesIO(card(link, lines))).convert("L")
    inside = image.crop((60, 60, SIZE[0] - 60, SIZE[1] - 60))
    plain = Image.new("L", SIZE, 255)
    plain.paste(inside, (60, 60))
    for x in (0, SIZE[0] - 90):
        for y in (0, SIZE[1] - 90):
            plain.paste(255, (x, y, x + 90, y + 90))
    return plain


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    box = invert(image).getbbox()
    assert box is not None
    return box


def modules(image: Image.Image, link: str) -> tuple[list[list[bool]], list[list[bool]], int]:
    """The code as it is drawn, the code as it should be, and dots a module. The top left finder is the way in."""
    wanted = [[bool(module) for module in row] for row in segno.make_qr(link, error="m").matrix]
    left, top, right, _ = ink(image)
    scale = (right - left) // len(wanted)
    found = [
        [image.getpixel((left + x * scale + scale // 2, top + y * scale + scale // 2)) == 0 for x in range(len(wanted))]
        for y in range(len(wanted))
    ]
    return found, wanted, scale


def code_only(image: Image.Image) -> Image.Image:
    """The tallest band of ink across the middle of the card: the code."""
    rows = [image.crop((0, y, SIZE[0], y + 1)).getextrema()[0] == 0 for y in range(SIZE[1])]
    bands, start = [], None
    for y, dark in enumerate([*rows, False]):
        if dark and start is None:
            start = y
        elif not dark and start is not None:
            bands.append((y - start, start, y))
            start = None
    _, top, bottom = max(bands)
    alone = Image.new("L", SIZE, 255)
    alone.paste(image.crop((0, top, SIZE[0], bottom)), (0, top))
    return alone


@pytest.mark.parametrize("lines", [WORDS, NOTHING, LONG], ids=["words", "nothing", "long"])
@pytest.mark.parametrize("link", [LINK, "https://t.me/B?start=x", "https://t.me/" + "x" * 250])
def test_the_code_on_the_card_is_the_link_module_by_module(lines: Lines, link: str) -> None:
    code = code_only(drawn(lines, link))
    found, wanted, scale = modules(code, link)
    assert found == wanted
    assert scale * 25.4 / 300 > 0.4  # millimetres; a phone reads smaller ones with trouble


@pytest.mark.parametrize("lines", [WORDS, LONG], ids=["words", "long"])
def test_the_code_has_its_white_border(lines: Lines) -> None:
    image = drawn(lines)
    code = code_only(image)
    left, top, right, bottom = ink(code)
    quiet = QUIET * modules(code, LINK)[2]
    around = image.crop((left - quiet, top - quiet, right + quiet, bottom + quiet))
    around.paste(255, (quiet, quiet, around.width - quiet, around.height - quiet))
    assert around.getextrema() == (255, 255)


@pytest.mark.parametrize("lines", [WORDS, NOTHING, LONG], ids=["words", "nothing", "long"])
def test_nothing_is_drawn_beyond_the_margins(lines: Lines) -> None:
    left, top, right, bottom = ink(drawn(lines))
    assert left >= MARGIN - 4
    assert right <= SIZE[0] - MARGIN + 4
    assert top >= 100
    assert bottom <= SIZE[1] - 100


def test_it_is_an_a6_page_for_a_printer() -> None:
    image = Image.open(io.BytesIO(card(LINK, WORDS)))
    assert (image.format, image.size) == ("PNG", (1240, 1748))
    assert [round(dots) for dots in image.info["dpi"]] == [300, 300]


def test_the_same_card_is_the_same_bytes() -> None:
    assert card(LINK, WORDS) == card(LINK, WORDS)


@pytest.mark.parametrize("look", [TITLE, MIDDLE, FOOT], ids=["title", "middle", "foot"])
@pytest.mark.parametrize("text", ["short", "word " * 300, "W" * 900, "a\n" * 60, "i" * 9000])
def test_a_text_never_needs_more_room_than_it_has(look: Look, text: str) -> None:
    block = fit(text, look)
    assert block.height <= look.height
    assert block.size >= look.smallest


def test_a_text_that_was_cut_says_so() -> None:
    assert fit("word " * 300, FOOT).rows[-1].endswith("…")
    assert fit("i" * 9000, FOOT).rows[-1].endswith("…")


def test_short_words_are_large_and_whole() -> None:
    assert fit("Rosa’s circle", TITLE) == Block(("Rosa’s circle",), TITLE.largest, TITLE)


@pytest.mark.parametrize("line", ["Hello 👋", "Καλημέρα", "a\u202eb", "\x07bell", "مرحبا বাংলা"])
def test_a_line_that_the_font_cannot_draw_is_left_out_rather_than_printed_as_boxes(line: str) -> None:
    assert fit(f"Welcome\n{line}\nto all", MIDDLE).rows == ("Welcome", "to all")


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Zoë Núñez", "Zoe Nunez"),
        ("Łukasz Żak", "Lukasz Zak"),
        ("Nguyễn", "Nguyen"),
        ("9–5", "9-5"),
        ("A\u00a0B", "A B"),
    ],
)
def test_a_name_keeps_its_letters_when_the_font_has_no_accents(name: str, printed: str) -> None:
    assert fit(name, TITLE).rows == (printed,)


BENGALI = Lines("আপনার পাশে কেউ আছেন", "Elm Park আপনাকে কিছু জিজ্ঞেস করতে চায়।", "14 দিন চলে")
ARABIC = Lines("هناك من يقف إلى جانبك", "لدى \u2068Elm Park\u2069 سؤال لك.", "تعمل 14 يومًا")


@pytest.mark.parametrize("lines", [BENGALI, ARABIC], ids=["bn", "ar"])
def test_bengali_and_arabic_are_printed_in_their_own_letters_inside_the_margins(lines: Lines) -> None:
    for text, look in ((lines.title, TITLE), (lines.middle, MIDDLE), (lines.foot, FOOT)):
        assert can_draw(text)
        assert " ".join(fit(text, look).rows) == text, "every word of it, and every accent"
    left, top, right, bottom = ink(drawn(lines))
    assert left >= MARGIN - 4 and right <= SIZE[0] - MARGIN + 4
    assert top >= 100 and bottom <= SIZE[1] - 100
    found, wanted, _ = modules(code_only(drawn(lines)), LINK)
    assert found == wanted


def test_a_command_on_an_arabic_card_keeps_its_slash() -> None:
    assert can_draw("اكتب \u200e/stop في أي وقت")


def test_letters_join_as_they_should() -> None:
    """Letters that only stand beside one another are wider: a reader takes them for nonsense."""
    for word, face in (("السلام", OTHERS[1]), ("ক্ষমতা", OTHERS[0])):
        apart = sum(width_of(sign, face, 64) for sign in word)
        assert width_of(word, face, 64) < 0.95 * apart


@pytest.mark.parametrize("text", ["শুভেচ্ছা" * 80, "السلام" * 80, "আপনি হ্যাঁ " * 90])
def test_a_long_text_of_another_script_is_made_smaller_and_cut_too(text: str) -> None:
    block = fit(text, FOOT)
    assert block.height <= FOOT.height
    assert block.rows[-1].endswith("…")
    assert not any(row[0] in "\u09cd\u09be\u09bf\u0981" for row in block.rows), "no mark stands without its letter"


def test_without_the_library_that_joins_letters_none_are_drawn_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda name: False)
    assert not can_draw(BENGALI.title)
    assert fit(BENGALI.title, TITLE).rows == ()


def test_a_card_in_a_script_without_a_face_still_has_its_code_and_link() -> None:
    assert drawn(Lines("Καλημέρα", "Καλημέρα", "")).tobytes() == drawn(NOTHING).tobytes()
    assert fit(LINK, FOOT).rows == (LINK,) or "".join(fit(LINK, FOOT).rows) == LINK
