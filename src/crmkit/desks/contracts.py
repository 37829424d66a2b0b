"""The contracts desk: what runs, what renews, and until when notice can be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit.conditions import Condition
from crmkit.desks.reach import within_reach
from crmkit.desks.workplace import Workplace
from crmkit.entities import Contract
from crmkit.store import Query

if TYPE_CHECKING:
    from datetime import date, datetime

    from crmkit.desks.moments import When
    from crmkit.desks.work import Work

_ACTIVE = Condition("state", "equal", "active")


@attrs.frozen
class ContractsDesk:
    """
    `crm.contracts`: renewals and notice. A contract is added with `crm.add`.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def renew(self, contract_id: str, *, at: datetime | None = None, key: str | None = None) -> Contract:
        """
        Let one run for one more term.

        Raises:
            NotStoredError: When there is no such contract.
            StateMoveError: When it is cancelled.
            InvalidValueError: When it has no term.
        """

        def work(work: Work) -> Contract:
            renewed = work.get(Contract, contract_id).renewed()
            return work.record(renewed, summary=f"{renewed.title}: renewed until {renewed.last_day}")

        return self.workplace.do("contracts.renew", work, arguments={"contract_id": contract_id}, at=at, key=key)

    def renew_due(self, *, at: datetime | None = None, key: str | None = None) -> None:
        """Renew all that renew themselves and whose last day for notice has passed; one that missed several terms catches up."""

        def work(work: Work) -> None:
            today = work.moment.on
            found = work.find(Contract, _ACTIVE, Condition("due_on", "less_than", today))
            renewed = [_caught_up(contract, today) for contract in found if contract.automatic]
            work.save(*renewed)
            work.log_all([(one, one.party_id, None, f"{one.title}: renewed until {one.last_day}") for one in renewed])

        self.workplace.do("contracts.renew_due", work, arguments={}, at=at, key=key)

    def cancel(
        self, contract_id: str, *, because: str, ends_on: date | None = None, at: datetime | None = None, key: str | None = None
    ) -> Contract:
        """
        Give notice, on the day of *at*. It runs on until the end of the first term for which the notice comes in time.

        Args:
            contract_id: Which.
            because: Why.
            ends_on: Its last day, where that was agreed otherwise.
            at: When notice was given; now by default.
            key: Idempotency key.

        Raises:
            NotStoredError: When there is no such contract.
            StateMoveError: When it is cancelled already.
        """

        def work(work: Work) -> Contract:
            cancelled = work.get(Contract, contract_id).cancelled(on=work.moment.on, because=because, ends_on=ends_on)
            return work.record(cancelled, summary=f"{cancelled.title}: cancelled, ends on {cancelled.last_day}")

        arguments = {"contract_id": contract_id, "because": because, "ends_on": ends_on}
        return self.workplace.do("contracts.cancel", work, arguments=arguments, at=at, key=key)

    def due(self, *, by: When, employee_id: str | None = None) -> tuple[Contract, ...]:
        """
        List what is to be decided up to a day, the earliest first: notice on what renews itself, renewal of what does not.

        Args:
            by: The day, or a span from today on; what was due before is listed too.
            employee_id: Only what this employee looks after.
        """
        where = [_ACTIVE, Condition("due_on", "at_most", self.workplace.moment().day_of(by, name="by"))]
        if employee_id is not None:
            where.append(Condition("employee_id", "equal", employee_id))
        with self.workplace.reading() as transaction:
            found = transaction.find(Query(Contract, where, order_by="due_on"))
            return within_reach(self.workplace, transaction, "contracts.due", found)


def _caught_up(contract: Contract, today: date) -> Contract:
    while contract.due_on is not None and contract.due_on < today:
        contract = contract.renewed()
    return contract
