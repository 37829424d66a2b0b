"""What each kind of record puts on the work queue: one function for each, which tells from when on, and why."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

import attrs

from crmkit._checks import check_date, check_kind, check_zone, refused
from crmkit.entities import Appointment, Case, ContactPlan, Contract, Document, FollowUp, Interaction, OpenItem, Party, Recall, Ref, Task
from crmkit.periods import Interval
from crmkit.scheduling.contact_plans import Due, appointment_from, next_contact_on, recalled, suggested
from crmkit.scheduling.contact_policy import NO_POLICY, ContactPolicy
from crmkit.scheduling.queue_policy import QueuePolicy, first_day_before
from crmkit.scheduling.quiet_times import quiet_on
from crmkit.scheduling.reasons import Reason, ReasonFact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Plannable: TypeAlias = ContactPlan | Recall | Task | FollowUp | Interaction | Appointment | Contract | Document | Case | OpenItem
QueueKind = Literal["appointment", "recall", "commitment", "case", "task", "follow_up", "contract", "quote", "suggestion", "birthday"]

Facts: TypeAlias = "Mapping[str, ReasonFact | None]"

KINDS: tuple[QueueKind, ...] = get_args(QueueKind)
"""The most urgent first."""

_ITEMS = "contact plans, recalls, tasks, follow-ups, interactions, appointments, contracts, documents, cases and open items"


@attrs.frozen(kw_only=True)
class Asking:
    """
    What is asked for.

    Attributes:
        as_of: The day.
        last: The last day that is looked ahead to.
        zone: Where days begin.
        contacts: How often whom to contact.
        queue: How early things come up.
    """

    as_of: date
    last: date
    zone: ZoneInfo
    contacts: ContactPolicy | None
    queue: QueuePolicy

    @classmethod
    def of(cls, as_of: date, *, horizon: Interval | None, zone: str, contacts: ContactPolicy | None, queue: QueuePolicy | None) -> Asking:
        """Check what a caller asks for."""
        last = check_date("as_of", as_of) if horizon is None else check_kind("horizon", horizon, Interval).after(as_of)
        return cls(as_of=as_of, last=last, zone=ZoneInfo(check_zone("zone", zone)), contacts=contacts, queue=queue or QueuePolicy())

    def local(self, moment: datetime) -> datetime:
        """A moment in local time."""
        return moment.astimezone(self.zone)

    def tense(self, day: date) -> str:
        """Tell past, today and future apart, as the codes of reasons do."""
        return "overdue" if day < self.as_of else "due" if day == self.as_of else "planned"


@attrs.frozen(kw_only=True)
class Entry:
    """
    One thing to do.

    Attributes:
        kind: What it is.
        listed_on: From which day on it is listed.
        due_on: Its own day.
        at: Its time where it is fixed.
        reason: Why, in words and as data.
        employees: Who is to do it; nobody where it is a department's, or nobody's.
        department_id: Which department is to do it.
        withheld: Why it is left out on this day although it is due; None where it is not.
    """

    kind: QueueKind
    listed_on: date
    due_on: date
    at: time = time.min
    reason: Reason
    employees: frozenset[str]
    department_id: str | None = None
    withheld: Reason | None = None

    @property
    def is_our_initiative(self) -> bool:
        """Tell whether nothing is lost when it is left out, because nothing was promised, fixed or handed in."""
        return self.kind in ("recall", "quote", "suggestion", "birthday")


@attrs.define
class Concern:
    """
    Everything about one party, or about none.

    Attributes:
        party: Who; None for what stands alone.
        plan: Its contact plan.
        recalls: Its recalls.
        appointments: Its appointments.
        others: What each puts on the list by itself.
        open_items: What it has to pay.
    """

    party: Party | None = None
    plan: ContactPlan | None = None
    recalls: list[Recall] = attrs.field(factory=list)
    appointments: list[Appointment] = attrs.field(factory=list)
    others: list[Task | FollowUp | Interaction | Contract | Document | Case] = attrs.field(factory=list)
    open_items: list[OpenItem] = attrs.field(factory=list)

    def take(self, item: Plannable) -> None:
        """Sort one item in."""
        match item:
            case ContactPlan():
                self.plan = item
            case Recall():
                self.recalls.append(item)
            case Appointment():
                self.appointments.append(item)
            case OpenItem():
                self.open_items.append(item)
            case Task() | FollowUp() | Interaction() | Contract() | Document() | Case():
                self.others.append(item)
            case _:
                raise refused("items", type(item).__name__, _ITEMS)

    def entries(self, asking: Asking) -> list[Entry]:
        """List what is to be done up to the last day that is asked for, in no order."""
        found = [*self._appointments(asking), *self._recalls(asking), *self._suggestions(asking), *self._birthdays(asking)]
        for item in self.others:
            match item:
                case Task():
                    found += self._tasks(item, asking)
                case FollowUp():
                    found += self._follow_ups(item, asking)
                case Interaction():
                    found += self._commitments(item, asking)
                case Contract():
                    found += self._contracts(item, asking)
                case Document():
                    found += self._quotes(item, asking)
                case Case():
                    found += self._cases(item, asking)
        return [entry for entry in found if entry.listed_on <= asking.last]

    def _by(self, employee_id: str | None) -> frozenset[str]:
        """Whoever is named, else the owner of the party, else nobody."""
        doer = employee_id or (self.party.owner_id if self.party else None)
        return frozenset() if doer is None else frozenset({doer})

    def _appointments(self, asking: Asking) -> Iterator[Entry]:
        for one in self.appointments:
            if one.state == "planned":
                start = asking.local(one.start_at)
                facts: Facts = {"due_on": start.date(), "due_time": start.time(), "person_id": one.person_id, "text": one.subject}
                because = _because(f"appointment_{asking.tense(start.date())}", Ref("appointment", one.id), one.attendees, facts)
                yield _on(start.date(), "appointment", because, one.attendees, at=start.time())

    def _recalls(self, asking: Asking) -> Iterator[Entry]:
        for one in self.recalls:
            if one.state == "open":
                said, doers = recalled(one, as_of=asking.as_of).reason, self._by(one.employee_id)
                facts = {**said.facts, "due_time": one.due_time, "text": one.reason}
                yield _on(one.due_on, "recall", _because(said.code, Ref("recall", one.id), doers, facts), doers)

    def _suggestions(self, asking: Asking) -> Iterator[Entry]:
        """A due one, or the next that will be; an open recall silences it, and an appointment from today on."""
        if self.party is None or self.plan is None or any(recall.state == "open" for recall in self.recalls):
            return
        if appointment_from(self.appointments, asking.as_of, zone=asking.zone) is not None:
            return
        party, policy = self.party, asking.contacts or NO_POLICY
        told = suggested(self.plan, as_of=asking.as_of, policy=policy, party=party)
        withheld = None
        if isinstance(told, Due):
            day: date | None = told.since_on
        else:
            day = next_contact_on(self.plan, policy=policy, party=party)
            withheld = told.reason if told.reason == quiet_on(self.plan, asking.as_of, policy=policy) else None
        if day is not None and (isinstance(told, Due) or withheld is not None or day > asking.as_of):
            doers = self._by(None)
            because = _because(told.reason.code, Ref("party", party.id), doers, told.reason.facts)
            yield _on(day, "suggestion", because, doers, withheld=withheld)

    def _tasks(self, task: Task, asking: Asking) -> Iterator[Entry]:
        if task.state == "open":
            doers = frozenset({task.employee_id}) if task.employee_id else frozenset[str]()
            facts: Facts = {"due_on": task.due_on, "department_id": task.department_id, "text": task.text}
            because = _because(f"task_{asking.tense(task.due_on)}", Ref("task", task.id), doers, facts)
            day = task.due_on
            yield Entry(kind="task", listed_on=day, due_on=day, reason=because, employees=doers, department_id=task.department_id)

    def _follow_ups(self, one: FollowUp, asking: Asking) -> Iterator[Entry]:
        if one.state == "open":
            facts: Facts = {"due_on": one.due_on, "due_time": one.due_time, "text": one.note}
            doers = self._by(one.employee_id)
            because = _because(f"follow_up_{asking.tense(one.due_on)}", Ref("follow_up", one.id), doers, facts)
            yield _on(one.due_on, "follow_up", because, doers)

    def _commitments(self, interaction: Interaction, asking: Asking) -> Iterator[Entry]:
        """The open promises of a day; those without a day are on the card of the customer."""
        doers, about = self._by(interaction.employee_id), Ref("interaction", interaction.id)
        for one in interaction.open_commitments:
            if one.due_on is not None:
                facts: Facts = {"due_on": one.due_on, "person_id": interaction.person_id, "text": one.text}
                because = _because(f"commitment_{asking.tense(one.due_on)}", about, doers, facts)
                yield _on(one.due_on, "commitment", because, doers)

    def _contracts(self, contract: Contract, asking: Asking) -> Iterator[Entry]:
        """From some time before the last day to decide on, until it is decided."""
        if contract.due_on is not None:
            name = ("notice" if contract.automatic else "renewal") + ("_passed" if contract.due_on < asking.as_of else "_near")
            doers = self._by(contract.employee_id)
            facts: Facts = {"due_on": contract.due_on, "contract": contract.number or contract.id}
            because = _because(name, Ref("contract", contract.id), doers, facts)
            listed_on = first_day_before(contract.due_on, asking.queue.contract_ahead)
            yield attrs.evolve(_on(contract.due_on, "contract", because, doers), listed_on=listed_on)

    def _quotes(self, quote: Document, asking: Asking) -> Iterator[Entry]:
        """Once: because it runs out, or ran out, else because nobody decided and nobody was in contact for a while."""
        if quote.kind != "quote" or quote.state != "open" or quote.issued_on > asking.last:
            return
        contact = self.plan.last_contact_on if self.plan else None
        waited = asking.queue.quote_open_for.after(max(quote.issued_on, contact or quote.issued_on))
        listed_on, due_on, code = waited, waited, "quote_open"
        if quote.valid_until is not None:
            near = max(quote.issued_on, first_day_before(quote.valid_until, asking.queue.quote_ahead))
            if near <= max(asking.as_of, waited):
                code = "quote_expired" if quote.valid_until < asking.as_of else "quote_expiring"
                listed_on, due_on = min(near, waited), quote.valid_until
        doers = self._by(quote.salesperson_id)
        facts: Facts = {"due_on": due_on, "issued_on": quote.issued_on, "number": quote.number or quote.id}
        because = _because(code, Ref("document", quote.id), doers, facts)
        yield attrs.evolve(_on(due_on, "quote", because, doers), listed_on=listed_on)

    def _cases(self, case: Case, asking: Asking) -> Iterator[Entry]:
        """From the day on until which it is to be settled; where there is none, from the day on which it was captured."""
        if case.pending_since is None:
            return
        opened_on = asking.local(case.opened_at).date()
        due_on = opened_on if case.due_at is None else asking.local(case.due_at).date()
        code = "case_open" if case.due_at is None else f"case_{asking.tense(due_on)}"
        doers = self._by(case.employee_id)
        facts: Facts = {"due_on": due_on, "opened_on": opened_on, "case_kind": case.kind}
        yield _on(due_on, "case", _because(code, Ref("case", case.id), doers, facts), doers)

    def _birthdays(self, asking: Asking) -> Iterator[Entry]:
        """Each on its day only."""
        if not asking.queue.birthdays or self.party is None or not self.party.active or self.party.merged_into is not None:
            return
        for person in self.party.people:
            day = None if person.birthday is None else next_birthday(person.birthday, asking.as_of)
            if day is not None and self.party.excluded is None:
                code = "birthday" if day == asking.as_of else "birthday_planned"
                about, doers = Ref("party", self.party.id), self._by(None)
                yield _on(day, "birthday", _because(code, about, doers, {"due_on": day, "person_id": person.id}), doers)


def next_birthday(born_on: date, as_of: date) -> date:
    """Find the next birthday from a day on; whoever was born on 29 February has it on the 28th where there is no 29th."""
    return next(day for year in (as_of.year, as_of.year + 1) if (day := _in_year(born_on, year)) >= as_of)


def _in_year(born_on: date, year: int) -> date:
    try:
        return born_on.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _on(
    day: date, kind: QueueKind, reason: Reason, employees: frozenset[str], *, at: time = time.min, withheld: Reason | None = None
) -> Entry:
    return Entry(kind=kind, listed_on=day, due_on=day, at=at, reason=reason, employees=employees, withheld=withheld)


def _because(code: str, about: Ref, employees: Iterable[str], facts: Facts) -> Reason:
    doers = ", ".join(sorted(employees)) or None
    known = {name: value for name, value in {**facts, "employee_id": doers}.items() if value is not None}
    return Reason(code, known, about)
