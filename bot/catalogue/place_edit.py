"""Changing single settings in the text of place.toml: comments and order stay as somebody wrote them."""

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from bot.catalogue.finding_words import EDITED
from bot.catalogue.findings import Finding
from bot.catalogue.toml_file import TomlFile, parse_toml

LISTED = ("oncall",)
"""Settings that are several tables of one kind, written with two brackets."""


def changed(text: str, values: Mapping[str, Any]) -> str:
    """The text with these settings in it. `values` as the file has them: values, tables, lists of tables by name.

    A table in `values` is the whole table: names that it lacks are taken out. Raises ValueError when it is no TOML.
    """
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ValueError(str(error)) from None
    for name, value in values.items():
        if name in LISTED:
            _replace_list(document, name, value)
        elif isinstance(value, Mapping):
            _change_table(document, name, value)
        elif name not in document or document[name] != value:
            document[name] = value
    return tomlkit.dumps(document)


def _change_table(document: tomlkit.TOMLDocument, name: str, values: Mapping[str, Any]) -> None:
    if name not in document:
        document[name] = tomlkit.table()
    table: Any = document[name]
    for key in [key for key in table if key not in values]:
        del table[key]
    for key, value in values.items():
        if key not in table or table[key] != value:
            table[key] = value


def _replace_list(document: tomlkit.TOMLDocument, name: str, values: list[Mapping[str, Any]]) -> None:
    if [dict(one) for one in document.get(name, [])] == [dict(one) for one in values]:
        return
    made = tomlkit.aot()
    for one in values:
        table = tomlkit.table()
        table.update(one)
        made.append(table)
    document[name] = made


def data_of(text: str) -> dict[str, Any]:
    """The settings in a text as plain values; empty when it is no TOML."""
    file = parse_toml(text, EDITED)
    return file.data if isinstance(file, TomlFile) else {}


def field_of(text: str, finding: Finding) -> str:
    """The setting that a finding is about, such as caps.per_week; empty when it is about none."""
    file = parse_toml(text, EDITED)
    return file.key_at(finding.line) if isinstance(file, TomlFile) else ""
