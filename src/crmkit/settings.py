"""Everything that a business decides about how its desk works, in one frozen value."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_choice, check_currency, check_each, check_int, check_kind, check_mapping, check_text, check_zone, refused
from crmkit.entities import DataPolicy, LoyaltyPolicy, NumberFormat, NumberSeries, Pipeline, PortalPolicy, RoundingPolicy, Stage
from crmkit.entities._fields import FrozenMapping
from crmkit.entities.emails import folded_own
from crmkit.scheduling import ContactPolicy, PermissionPolicy, QueuePolicy, WorkingHours

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Settings"]


_SALES = Pipeline(
    id="sales",
    stages=[
        Stage(name="qualification", probability="0.1"),
        Stage(name="offer", probability="0.4"),
        Stage(name="negotiation", probability="0.7"),
    ],
)

_QUEUE = QueuePolicy()
_NOTHING_REQUIRED = DataPolicy({})
_LOYALTY = LoyaltyPolicy()
_PERMISSIONS = PermissionPolicy()
_PORTAL = PortalPolicy()
_EVERYBODY = "*"


def _events(values: str | Iterable[str]) -> frozenset[str]:
    return frozenset(check_each("events", values, check_text))


def _numbers(values: Mapping[NumberSeries, NumberFormat]) -> Mapping[NumberSeries, NumberFormat]:
    for kind, written_as in check_mapping("numbers", values).items():
        check_choice("numbers", kind, NumberSeries)
        check_kind("numbers", written_as, NumberFormat)
    return FrozenMapping(values)


def _departments(values: Mapping[str, Iterable[str]]) -> Mapping[str, frozenset[str]]:
    return FrozenMapping(
        {
            check_text("departments", name): frozenset(check_each("departments", team, check_text))
            for name, team in check_mapping("departments", values).items()
        }
    )


def _source_categories(values: str | Iterable[str]) -> frozenset[str]:
    return frozenset(check_each("source_categories", values, check_text))


def _own_addresses(values: str | Iterable[str]) -> frozenset[str]:
    return frozenset(folded_own(text) for text in check_each("own_addresses", values, check_text))


def _hours(values: WorkingHours | Mapping[str, WorkingHours]) -> Mapping[str, WorkingHours]:
    """The hours of each employee; those of "*", or hours alone, are everybody else's."""
    given = {_EVERYBODY: values} if isinstance(values, WorkingHours) else check_mapping("hours", values)
    return FrozenMapping({check_text("hours", name): check_kind("hours", hours, WorkingHours) for name, hours in given.items()})


@attrs.frozen(kw_only=True)
class Settings:
    """
    How the desk works. After a change of zone, currency or policy call `crm.contact.refresh()` once.

    Attributes:
        zone: IANA time zone in which days begin and end.
        currency: ISO 4217 code of amounts that name none.
        events: The verbs of which the host is told through the outbox, for example "documents.invoice"; "*" is every verb.
        policy: How often whom to contact; None leaves it to each party's own plan.
        queue: How early contracts and quotes come up in the work queue, and whether birthdays do.
        permissions: What contacting a party for advertising needs, by country.
        departments: Who works in which department, the employees by its id.
        pipeline: How opportunities are sold where no other pipeline is named; more of them are added as records.
        source_categories: Where parties can come from, for example "fair", "website"; empty takes any.
        numbers: How the numbers of documents that we issue are written; a kind without a format gets a number only from the
            host. "pro_forma" is a series of its own, so that invoices have no gaps.
        rounding: Where documents that we issue round.
        required_data: What must be known of a party in each of its roles.
        loyalty: How documents are credited to loyalty cards.
        seats: How many active employees there may be; None is any number.
        hours: When each employee works, by id; "*" is everybody else, and hours alone are everybody's. Monday to Friday, nine to five,
            where nothing is said.
        holidays: Days on which nobody works: any container of dates, such as `PublicHolidays`. The contact policy has its own.
        own_addresses: Our side of e-mails: addresses, and whole domains such as "acme.example".
        portal: What customers see of themselves, and what they may ask for.
    """

    zone: str = "UTC"
    currency: str = "EUR"
    policy: ContactPolicy | None = None
    queue: QueuePolicy = _QUEUE
    permissions: PermissionPolicy = _PERMISSIONS
    departments: Mapping[str, frozenset[str]] = attrs.field(factory=dict, converter=_departments)
    events: frozenset[str] = attrs.field(default=frozenset[str](), converter=_events)
    pipeline: Pipeline = _SALES
    source_categories: frozenset[str] = attrs.field(default=frozenset[str](), converter=_source_categories)
    numbers: Mapping[NumberSeries, NumberFormat] = attrs.field(factory=dict, converter=_numbers)
    rounding: RoundingPolicy = RoundingPolicy()  # noqa: RUF009  # frozen
    required_data: DataPolicy = _NOTHING_REQUIRED
    loyalty: LoyaltyPolicy = _LOYALTY
    seats: int | None = None
    hours: Mapping[str, WorkingHours] = attrs.field(factory=dict, converter=_hours)
    holidays: Container[date] = ()
    own_addresses: frozenset[str] = attrs.field(default=frozenset[str](), converter=_own_addresses)
    portal: PortalPolicy = _PORTAL

    def __attrs_post_init__(self) -> None:
        """Refuse unknown zones and currencies."""
        check_kind("rounding", self.rounding, RoundingPolicy)
        check_kind("required_data", self.required_data, DataPolicy)
        check_kind("loyalty", self.loyalty, LoyaltyPolicy)
        check_kind("portal", self.portal, PortalPolicy)
        if self.seats is not None:
            check_int("seats", self.seats, at_least=1)
        check_kind("queue", self.queue, QueuePolicy)
        check_kind("permissions", self.permissions, PermissionPolicy)
        check_zone("zone", self.zone)
        check_currency("currency", self.currency)
        check_kind("pipeline", self.pipeline, Pipeline)
        if self.policy is not None:
            check_kind("policy", self.policy, ContactPolicy)
        if not hasattr(self.holidays, "__contains__"):
            raise refused("holidays", type(self.holidays).__name__, "any container of dates")

    def hours_of(self, employee_id: str) -> WorkingHours:
        """When an employee works."""
        return self.hours.get(employee_id) or self.hours.get(_EVERYBODY) or WorkingHours(self.zone)

    def is_own(self, address: str) -> bool:
        """Tell whether a folded e-mail address is ours: itself, or its domain."""
        return address in self.own_addresses or address.rpartition("@")[2] in self.own_addresses

    def tells_of(self, verb: str) -> bool:
        """Tell whether the host asked to be told of a verb."""
        return verb in self.events or "*" in self.events
