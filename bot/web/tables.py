"""Tables that can be read on a phone: each cell carries the heading of its column, and the roles that a list of blocks
would lose."""

import re
from collections.abc import Sequence

from markupsafe import Markup

ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
_HEADING = re.compile(r'<th scope="col"[^>]*>(.*?)</th>', re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r'<(td|th scope="row")(?=[\s>])')
_TAG = re.compile(r"<[^>]*>")


def labelled(html: str) -> Markup:
    """`html`: a table of ours, escaped already, with one heading a column and no cell over several."""
    named = [" ".join(_TAG.sub("", found).split()).replace('"', "&quot;") for found in _HEADING.findall(html)]
    told = _ROW.sub(lambda row: _row(row[0], named), html)
    told = told.replace('<th scope="col"', '<th role="columnheader" scope="col"')
    return Markup(re.sub(r"<(table|thead|tbody|tr|td)(?=[\s>])", lambda tag: f'{tag[0]} role="{ROLES[tag[1]]}"', told))


def _row(row: str, named: Sequence[str]) -> str:
    labels = iter(named)
    return _CELL.sub(lambda cell: f'<{_with_role(cell[1])} data-label="{next(labels, "")}"', row)


def _with_role(tag: str) -> str:
    return tag.replace("th ", 'th role="rowheader" ')
