"""Plans read once for many check-ins: reading one means reading all its versions."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import plans
from bot.domain.plans import Plan
from bot.runtime import Runtime


@dataclass(frozen=True)
class KnownPlans:
    """For one pass of a tick; the next one reads them anew."""

    runtime: Runtime
    _read: dict[str, Plan] = field(default_factory=dict)

    async def get(self, tx: AsyncConnection, plan_id: str) -> Plan:
        """Also when its review is overdue. Raises NotFound when there is none."""
        if plan_id not in self._read:
            self._read[plan_id] = await plans.usable_or_last(tx, self.runtime, plan_id)
        return self._read[plan_id]
