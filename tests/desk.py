"""Somebody at the coordinators' desk, with a browser that has no JavaScript: opens pages, fills forms, presses buttons.

    desk = await sits_at_desk(town)                    # Elif writes /desk and uses the link
    await desk.opens("/desk/concerns")
    await desk.presses("I have it")
    assert "You have it" in desk.sees

Whatever a page does is done through its forms, so a page whose form lacks something cannot pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from bs4 import BeautifulSoup, Tag

from bot.web import coordinators
from bot.web.server import application
from tests.cast import Character, TestTown

HOME = "https://desk.example"
ISOLATES = "\u2066\u2068\u2069"  # around what is put into right-to-left text; Telegram leaves them out of links


@dataclass
class DeskVisit:
    """A browser window. `page`: what it shows; `answer`: what the server sent last."""

    client: httpx.AsyncClient
    town: TestTown
    answer: httpx.Response | None = None
    page: BeautifulSoup = field(default_factory=lambda: BeautifulSoup("", "html.parser"))

    @property
    def status(self) -> int:
        assert self.answer is not None
        return self.answer.status_code

    @property
    def address(self) -> str:
        """Where it is now, without the host."""
        assert self.answer is not None
        return self.answer.url.raw_path.decode()

    @property
    def sees(self) -> str:
        """The words on the page, without the menu."""
        main = self.page.find("main") or self.page
        return " ".join(main.get_text(" ").split())

    @property
    def heading(self) -> str:
        title = self.page.find("h1")
        return title.get_text(" ", strip=True) if title else ""

    @property
    def buttons(self) -> list[str]:
        main = self.page.find("main") or self.page
        return [one.get_text(" ", strip=True) for one in main.find_all("button")]

    async def opens(self, path: str) -> "DeskVisit":
        return await self._took(await self.client.get(path))

    async def follows(self, label: str) -> "DeskVisit":
        """Follow the first link with these words."""
        for link in self.page.find_all("a"):
            if label in link.get_text(" ", strip=True):
                return await self.opens(str(httpx.URL(self.answer.url).join(str(link["href"]))))  # type: ignore[union-attr]
        raise LookupError(f"no link {label!r} on {self.address}: {[one.get_text() for one in self.page.find_all('a')]}")

    async def presses(self, label: str, where: str = "", /, **values: Any) -> "DeskVisit":
        """Press the first button with these words, its form filled in. `where`: words in the address of the form.

        `values`: by field name; a list for several, None to leave a box unticked. Raises for a field that is not there.
        """
        form, button = self._form(label, where)
        data = _filled(form, values)
        if button.get("name"):
            data[str(button["name"])] = str(button.get("value", ""))
        target = str(httpx.URL(self.answer.url).join(str(button.get("formaction") or form.get("action") or "")))  # type: ignore[union-attr]
        if str(form.get("method", "get")).lower() == "get":
            return await self._took(await self.client.get(target, params=data))
        headers = {"Sec-Fetch-Site": "same-origin"}
        answer = await self.client.post(target, headers=headers, **_encoded(form, data, values))
        return await self._took(answer)

    def _form(self, label: str, where: str) -> tuple[Tag, Tag]:
        for button in self.page.find_all("button"):
            form = button.find_parent("form") or self.page.find("form", id=str(button.get("form")))
            if form and button.get_text(" ", strip=True) == label and where in str(form.get("action", "")):
                return form, button
        raise LookupError(f"no button {label!r} on {self.address}; there are {self.buttons}")

    async def _took(self, answer: httpx.Response) -> "DeskVisit":
        assert answer.status_code != 500, f"{answer.url} broke"
        self.answer = answer
        self.page = BeautifulSoup(answer.text, "html.parser")
        await self.town.settle()
        return self


def _filled(form: Tag, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a browser would send: what stands in the form, changed by `values`."""
    names = {str(one["name"]) for one in form.find_all(["input", "textarea", "select"]) if one.get("name")}
    strange = set(values) - names
    assert not strange, f"no such fields: {sorted(strange)}; the form has {sorted(names)}"
    data: dict[str, Any] = {}
    for one in form.find_all(["input", "textarea", "select"]):
        name = str(one.get("name") or "")
        if name and name not in values and (value := _standing(one)) is not None:
            data[name] = [*_listed(data[name]), value] if name in data else value
    return {**data, **{name: value for name, value in values.items() if isinstance(value, str | int | list)}}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _standing(one: Tag) -> str | None:
    """The value that a field has as it stands; None when it sends nothing."""
    if one.has_attr("disabled"):
        return None
    if one.name == "textarea":
        return one.get_text().removeprefix("\n")
    if one.name == "select":
        options = one.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")] or options[:1]
        return str(chosen[0].get("value", chosen[0].get_text())) if chosen else None
    kind = str(one.get("type", "text"))
    if kind in ("checkbox", "radio"):
        return str(one.get("value", "on")) if one.has_attr("checked") else None
    return None if kind in ("file", "submit") else str(one.get("value", ""))


def _encoded(form: Tag, data: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """How a browser sends it. A file is given as (name, bytes)."""
    files = {name: value for name, value in values.items() if isinstance(value, tuple)}
    if "multipart" in str(form.get("enctype", "")):
        return {"data": data, "files": files or {"": ("", b"")}}
    return {"data": data}


def browser(town: TestTown) -> DeskVisit:
    """A browser that nobody has used at the desk."""
    app = application(coordinators.routes(town.runtime))
    transport = httpx.ASGITransport(app=app)
    return DeskVisit(httpx.AsyncClient(transport=transport, base_url=HOME, follow_redirects=True), town)


def desk_link(who: Character) -> str:
    """The newest address of the desk on this phone, without the host."""
    for message in reversed(who.phone.messages):
        for word in message.text.split():
            if "/desk/enter?link=" in word:
                return word[word.index("/desk/") :].strip(ISOLATES)
    raise LookupError(f"no link to the desk on {who.name}'s phone")


async def sits_at_desk(town: TestTown, name: str = "Elif") -> DeskVisit:
    """A coordinator writes /desk, opens the link and presses the button."""
    who = town.person(name)
    await who.says("/desk")
    visit = browser(town)
    await visit.opens(desk_link(who))  # in the language of the place: nobody is known yet
    await visit.presses(visit.buttons[0])
    return visit
