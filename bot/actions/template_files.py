"""Messages as files: all of them in one zip, and files that come back as drafts. The same format as `messages/`."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.actions import template_drafts
from bot.actions.template_drafts import Desktop
from bot.catalogue.findings import Finding
from bot.catalogue.front_matter import MOST_CHARACTERS
from bot.catalogue.template_file import digest_of, parse
from bot.domain.errors import NotFound, Refused
from bot.domain.sayings import saying
from bot.domain.templates import SOURCE_LANGUAGE
from bot.runtime import Runtime
from bot.store import machine
from bot.store import templates as store
from bot.store.templates import Version

FOLDER = "messages/prevention"
MOST_FILES = 200
MOST_UPLOADED = 2_000_000  # bytes as they come
MOST_BYTES = 4 * MOST_CHARACTERS  # of one file
MOST_UNPACKED = 4_000_000  # bytes of all files together
_BEGINNING = b"PK\x03\x04"
# Zip wants a day for every file; the same content shall be the same archive.
_DAY = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Incoming:
    """One file that came: `on` is what lies on the desk already, `says_new` whether it says anything else."""

    name: str
    text: str
    on: Desktop
    says_new: bool

    @property
    def before(self) -> str:
        return self.on.newest.source if self.on.newest else ""


@dataclass(frozen=True)
class Read:
    """Sound files, and everything that is wrong with the others, as file:line."""

    files: list[Incoming]
    faults: list[Finding]


async def export(runtime: Runtime, coordinator_id: int) -> bytes:
    """A zip of the words in use, else of the newest ones: what can lie in the folder of messages as it is."""
    async with runtime.database.write() as tx:
        versions = await store.current(tx)
        await machine.note(tx, runtime.now(), coordinator_id, "templates_exported")
    chosen: dict[str, Version] = {}
    for one in versions:
        name = f"{one.topic}.{one.language}.md"
        if name not in chosen or one.approved or not chosen[name].approved:
            chosen[name] = one
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one in sorted(chosen.items()):
            archive.writestr(zipfile.ZipInfo(f"{FOLDER}/{name}", _DAY), one.source, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def unpack(uploads: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """(name, content) of each file in what was uploaded: files as they are, and those in zips.

    Raises Refused for more than we want to read. Nothing is ever written to a disk, so names can do no harm.
    """
    if sum(len(content) for _, content in uploads) > MOST_UPLOADED:
        raise Refused("desk_templates.too_much")
    found: list[tuple[str, bytes]] = []
    for name, content in uploads:
        found += _unzipped(content) if content.startswith(_BEGINNING) else [(_last(name), content)]
    if len(found) > MOST_FILES or sum(len(content) for _, content in found) > MOST_UNPACKED:
        raise Refused("desk_templates.too_much")
    return found


def _unzipped(content: bytes) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return list(_members(archive))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise Refused("desk_templates.zip_broken") from error


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """By what really comes out, not by what the archive says of itself."""
    names = [one for one in archive.infolist() if not one.is_dir() and one.filename.endswith(".md")]
    if len(names) > MOST_FILES:
        raise Refused("desk_templates.too_much")
    left = MOST_UNPACKED
    for one in names:
        if _last(one.filename).lower() in ("readme.md",) or _last(one.filename).startswith("."):
            continue
        with archive.open(one) as file:
            content = file.read(MOST_BYTES + 1)
        left -= len(content)
        if left < 0:
            raise Refused("desk_templates.too_much")
        yield _last(one.filename), content


def _last(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2][:100]


async def read(runtime: Runtime, files: Sequence[tuple[str, bytes]]) -> Read:
    """Each file by the rules of files; the faults of all of them at once."""
    found, faults = list[Incoming](), list[Finding]()
    for name, content in sorted(files, key=lambda one: (f".{SOURCE_LANGUAGE}." not in one[0], one[0])):
        text = _decoded(name, content)
        wrong = [text] if isinstance(text, Finding) else parse(text, name, runtime.place).faults
        if wrong or isinstance(text, Finding):
            faults += wrong
            continue
        topic, language, _ = name.split(".")
        try:
            on = await template_drafts.desktop(runtime, topic, language)
        except NotFound:
            faults.append(_no_language(name))
            continue
        found.append(Incoming(name, text, on, _says_new(on, text)))
    return Read(found, sorted(faults))


def _decoded(name: str, content: bytes) -> str | Finding:
    if len(content) > MOST_BYTES:
        return Finding(name, 1, saying("too_long.upload", most=MOST_CHARACTERS))
    try:
        return content.decode("utf-8").replace("\x00", "")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return Finding(name, line, saying("not_utf8"))


def _no_language(name: str) -> Finding:
    return Finding(name, 1, saying("file_name.no_language"))


def _says_new(on: Desktop, text: str) -> bool:
    if on.draft is not None:
        return digest_of(on.draft.source) != digest_of(text)
    return on.newest is None or on.newest.retired_at is not None or on.newest.digest != digest_of(text)


async def take_in(runtime: Runtime, coordinator_id: int, files: Sequence[tuple[str, bytes]]) -> int:
    """Make drafts of the sound files that say something new; how many. What was being written stays readable."""
    read_ = await read(runtime, files)
    if read_.faults:
        raise Refused("desk_templates.import_faulty")
    count = 0
    for one in read_.files:
        if one.says_new:
            serial = one.on.draft.serial if one.on.draft else 0
            key = (one.on.topic, one.on.language)
            await template_drafts.save(runtime, coordinator_id, key, one.text, serial, keep=True)
            count += 1
    return count
