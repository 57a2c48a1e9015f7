"""What a bot sent with a call, read as leniently as Telegram reads it.

Over HTTP every value arrives as a string, in process as what the bot's library made of it: `"5"` and `5`, a JSON
text and the object itself mean the same.
"""

import json
from dataclasses import dataclass
from typing import Any


class Refusal(Exception):
    """The API says no: HTTP status, description, and Telegram's response parameters."""

    def __init__(self, status: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(what: str) -> Refusal:
    return Refusal(400, f"Bad Request: {what}")


@dataclass(frozen=True)
class Upload:
    """A file that came with the call."""

    file_name: str
    content: bytes
    mime_type: str = "application/octet-stream"


class Params:
    """One call's parameters; the names are Telegram's."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes")

    def integer(self, name: str, otherwise: int = 0) -> int:
        """Telegram takes what is no number for nothing at all."""
        try:
            return int(self.values.get(name) or otherwise)
        except (TypeError, ValueError):
            return otherwise

    def object(self, name: str, complaint: str) -> dict[str, Any] | None:
        """The object, or None when it was not sent; `complaint` names the thing that cannot be parsed."""
        value = self._json(name, complaint)
        if not isinstance(value, dict | None):
            raise bad_request(f"can't parse {complaint}: Expected an Object")
        return value

    def array(self, name: str, complaint: str, kind: type = dict) -> list[Any] | None:
        """The list, or None when it was not sent; everything in it is of one kind."""
        value = self._json(name, complaint)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(one, kind) for one in value):
            raise bad_request(f"can't parse {complaint}: Expected an Array")
        return value

    def _json(self, name: str, complaint: str) -> Any:
        value = self.values.get(name)
        # In process, the bot's library hands lists over as tuples.
        if not isinstance(value, str):
            return list(value) if isinstance(value, tuple) else value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad_request(f"can't parse {complaint}: Expected JSON") from None

    def upload(self, name: str) -> Upload | None:
        """The file sent as this parameter, also by way of `attach://`."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            value = self.values.get(value.removeprefix("attach://"))
        return value if isinstance(value, Upload) else None
