"""What somebody had typed when it could not be taken, so that they can copy it. Nothing of it is kept."""

from dataclasses import dataclass

from starlette.datastructures import FormData

SECRET = ("form_token", "link", "signed", "password", "token")
SHORT = 20  # characters; shorter ones without a space are choices and numbers of ours, or quickly typed again
ROWS = range(2, 20)
LABELS = {
    **{name: f"desk_templates.part_{name}" for name in ("title", "summary", "body", "action", "source", "author")},
    **{name: f"desk_settings.{name}" for name in ("contact", "privacy_contact", "holidays", "organisation")},
}


@dataclass(frozen=True)
class Typed:
    """One field. `name`: as the form calls it; `rows`: how tall its box is."""

    name: str
    text: str

    @property
    def label(self) -> str:
        """The phrase above its box."""
        return LABELS.get(self.name, "desk.typed_field")

    @property
    def rows(self) -> int:
        lines = sum(1 + len(line) // 60 for line in self.text.splitlines())
        return max(ROWS.start, min(lines, ROWS.stop))


def typed(form: FormData) -> list[Typed]:
    """The fields in which words stand, without what lets somebody in."""
    texts = [(name, value.strip()) for name, value in form.multi_items() if isinstance(value, str)]
    return [Typed(name, text) for name, text in texts if name not in SECRET and _is_words(text)]


def _is_words(text: str) -> bool:
    return len(text.split()) > 1 or len(text) > SHORT
