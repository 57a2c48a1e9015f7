"""The allow-list: every name a message may use besides its own fields, with its meaning and a sample."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.place import Place
from bot.domain.templates import Template


@dataclass(frozen=True)
class Placeholder:
    """`meaning` is read by editors; `sample` stands in for it in previews, checks and length counts."""

    name: str
    meaning: str
    sample: str


ALWAYS = (
    Placeholder("name", "the first name of the person who gets the message", "Amina"),
    Placeholder("champion", "the name of the champion who sends it", "Rosa"),
    Placeholder("circle", "the name of the champion's circle", "Elm House"),
    Placeholder("place", "the name of the place, from place.toml", "Elm Park"),
)


def available(place: Place) -> dict[str, Placeholder]:
    """By name: those above and one for each emergency number of the place."""
    numbers = (
        Placeholder(key, f"the emergency number “{key}” from place.toml", number)
        for key, number in place.emergency.items()
    )
    return {placeholder.name: placeholder for placeholder in (*ALWAYS, *numbers)}


IN_PLANS = (
    Placeholder("name", "the first name of the person who is asked", "Amina"),
    Placeholder("named", "the name of the person who asks, whom they know", "Rosa"),
    Placeholder("place", "the name of the place, from place.toml", "Elm Park"),
)


def of_plans(place: Place) -> dict[str, Placeholder]:
    """By name: what the words of a check-in plan may use."""
    numbers = [Placeholder(key, f"the emergency number “{key}”", number) for key, number in place.emergency.items()]
    return {placeholder.name: placeholder for placeholder in (*IN_PLANS, *numbers)}


def of_place(place: Place) -> dict[str, str]:
    """The values that are the same for everybody here."""
    return {"place": place.name, **place.emergency}


def samples(template: Template, place: Place) -> dict[str, str]:
    """A full set of raw values: samples, and the example of every field."""
    values = {name: placeholder.sample for name, placeholder in available(place).items()}
    return values | {field.name: field.example for field in template.fields}


def without_optional(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """The same values as if the champion had left out everything that may be left out."""
    optional = {field.name for field in template.fields if field.optional}
    return {name: value for name, value in values.items() if name not in optional}
