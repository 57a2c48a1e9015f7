"""The house stands as it was drawn: who may lean on whom, and what may stand where. Read off the source itself."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(path for path in (ROOT / "bot").rglob("*.py") if "migrations" not in path.parts)
LONGEST_FILE = 300
LONGEST_FUNCTION = 45  # lines with signature and docstring; the aim is 5 to 15

DOORS = {"conversations", "web", "delivery", "simulator"}
LOWER = {"actions", "catalogue", "store", "domain"}
EVERYBODYS = {"clock", "config", "runtime"}
MAY = {
    "domain": {"domain"},
    "store": {"store", "domain"},
    "catalogue": {"catalogue", "domain"},
    "clock": set[str](),
    "config": {"domain"},
    "logs": {"delivery"},
    "runtime": {"catalogue", "store", "domain", "clock", "config"},
    "actions": LOWER | EVERYBODYS,
    "ticks": {"actions", "runtime"},
    **{door: {door} | LOWER | EVERYBODYS for door in DOORS},
}
# Builds everything, and so may know everything.
ROOTS = {"app", "running", "town", "trying", "cli", "__main__", ""}
# Where the simulated Telegram may be named: beside itself, where it takes the place of the real one.
KNOW_THE_SIMULATOR = {"simulator", "town", "trying"}
CLOCKS = {"bot/clock.py", "bot/simulator/clock.py"}
OUTSIDE = {"sqlalchemy", "alembic", "aiosqlite", "psycopg", "telegram", "httpx", "starlette", "uvicorn", "apscheduler"}
INPUT_AND_OUTPUT = {"os", "pathlib", "io", "socket", "asyncio", "sqlite3", "subprocess", "tempfile", "random", "time"}
OF_A_DATABASE = {"AsyncConnection", "URL", "make_url", "SQLAlchemyError", "DBAPIError", "OperationalError"}
OF_A_DATABASE |= {"InterfaceError", "TimeoutError"}
NO_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def part(path: Path) -> str:
    """The folder of bot/ a file belongs to, or its own name when it stands in bot/ itself."""
    first = path.relative_to(ROOT / "bot").parts[0]
    return first.removesuffix(".py").replace("__init__", "")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module a file names, wherever in it; `from bot import x` names bot.x."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}: imports are written out in full"
            module = node.module or ""
            found |= {f"{module}.{one.name}" for one in node.names} if module == "bot" else {module}
    return frozenset(found)


def parts_named(path: Path) -> Iterator[str]:
    return (one.split(".")[1] for one in imports(path) if one.startswith("bot."))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_arrows_point_down_only(path: Path) -> None:
    own = part(path)
    if own in ROOTS:
        return
    assert own in MAY, f"bot/{own} is new: say in this test what it may lean on"
    wrong = set(parts_named(path)) - MAY[own]
    assert not wrong, f"{name(path)} may not import {sorted(wrong)}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nobody_knows_that_telegram_may_be_simulated(path: Path) -> None:
    if part(path) not in KNOW_THE_SIMULATOR:
        lazily = {one for one in imports(path) if one.startswith("bot.simulator")}
        assert not lazily, f"{name(path)} names the simulator"


@pytest.mark.parametrize("path", [one for one in FILES if part(one) == "domain"], ids=name)
def test_the_domain_is_pure(path: Path) -> None:
    named = {one.split(".")[0] for one in imports(path)}
    assert not named & (OUTSIDE | INPUT_AND_OUTPUT)


@pytest.mark.parametrize("path", [one for one in FILES if part(one) in {"actions", "store", "catalogue"}], ids=name)
def test_below_the_doors_nobody_speaks_telegram_or_http(path: Path) -> None:
    named = {one.split(".")[0] for one in imports(path)}
    assert not named & {"telegram", "httpx", "starlette", "uvicorn", "apscheduler"}


@pytest.mark.parametrize("path", [one for one in FILES if part(one) not in {"store"}], ids=name)
def test_sql_is_written_in_the_store_only(path: Path) -> None:
    """Elsewhere only what a transaction is, and what can go wrong with it."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            found |= {one.name for one in node.names}
    assert found <= OF_A_DATABASE


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            yield f"{owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, 'id', '')}.{node.func.attr}"


@pytest.mark.parametrize("path", [one for one in FILES if name(one) not in CLOCKS], ids=name)
def test_only_the_clocks_know_the_time(path: Path) -> None:
    real = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.sleep"}
    real |= {"time.monotonic", "asyncio.sleep"}
    found = real & set(calls(path))
    assert not found or name(path) in REAL_TIME, f"{name(path)} uses {sorted(found)}: take a Clock"


# The tour hurries a clock along in real time; a webhook and a shutdown wait for sockets, not for people.
REAL_TIME = {"bot/trying.py", "bot/web/server.py", "bot/simulator/webhooks.py", "bot/simulator/pages.py"}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_files_are_short_and_named_for_what_they_hold(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE
    assert not {piece.removesuffix(".py") for piece in path.relative_to(ROOT).parts} & NO_NAMES


@pytest.mark.parametrize("path", FILES, ids=name)
def test_functions_fit_on_half_a_page(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= LONGEST_FUNCTION, f"{name(path)}:{node.lineno} {node.name} has {lines} lines"


# A key, a pattern or a name holds fewer words in a row.
SENTENCE = re.compile(r"[A-Za-z]{2,}'?s?(?:[ ,]+[A-Za-z]{2,}){2,}")
# Not findings: a list of English words, what `first-mile check` prints for operators, and what no page shows.
WORDED = {"bot/domain/hard_words.py", "bot/catalogue/plan_rendering.py", "bot/catalogue/placeholders.py"}
WORDED |= {"bot/domain/paths.py"}


@pytest.mark.parametrize("path", [one for one in FILES if part(one) in {"catalogue", "domain"}], ids=name)
def test_what_is_wrong_with_a_file_is_not_worded_in_python(path: Path) -> None:
    """The words of findings stand in bot/catalogue/words/; what is raised is for whoever reads the log."""
    raised = [one for node in ast.walk(tree(path)) if isinstance(node, ast.Raise) for one in ast.walk(node)]
    told = [node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)]  # docstrings
    rest = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and node not in [*raised, *told]]
    texts = [node.value for node in rest if isinstance(node.value, str) and "\\" not in node.value]
    found = [text for text in texts if SENTENCE.search(text)]
    assert not found or name(path) in WORDED, f"{name(path)}: {found}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_is_left_for_later(path: Path) -> None:
    text = path.read_text()
    assert not [word for word in ("TODO", "FIXME", "XXX") if word in text]
