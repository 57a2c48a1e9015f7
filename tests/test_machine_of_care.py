"""Everything that can happen to somebody who is looked after, in any order, and what must be true all the same.

Hypothesis chooses what happens next: see `tests/machines/care.py` for what that can be, and `tests/machines/truths.py`
for what has to hold after each step. HYPOTHESIS_PROFILE=nightly looks for at least 200,000 steps.
"""

import asyncio
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machines.care import Care
from tests.machines.driven import Count
from tests.machines.house import House

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
PARTS = 2 if NIGHTLY else 1  # so that `pytest -n 2` shares the night between two processors
RUNS, STEPS = (760, 150) if NIGHTLY else (12, 25)
LEAST = 200_000 // PARTS if NIGHTLY else 100


@pytest.mark.parametrize("part", range(PARTS))
def test_promises_1_to_6_hold_whatever_happens(part: int, tmp_path: Path) -> None:
    before = Count.steps
    with asyncio.Runner() as runner:

        class Here(Care):
            pass

        Here.runner, Here.house = runner, House(tmp_path)
        chosen = settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            database=None,
        )
        with Here.house.listening():
            run_state_machine_as_test(Here, settings=chosen)
        runner.run(Here.house.database.close())
    done = Count.steps - before
    print(f"{done} steps")
    assert done >= LEAST, f"only {done} steps were done, at least {LEAST} are wanted"
