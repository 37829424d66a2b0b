"""Public holidays by country and region, by the extra `holidays`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import attrs

from crmkit._checks import check_date, check_text, refused
from crmkit.entities._fields import texts
from crmkit.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


def _categories(value: str | Iterable[str]) -> tuple[str, ...]:
    return texts("categories", value)


@attrs.frozen
class PublicHolidays:
    """
    The public holidays of a country or region: a container of dates, wherever one is asked for.

    Attributes:
        country: ISO 3166 alpha-2 code.
        region: ISO 3166-2 code of the region without the country, for example "BY"; None is what the whole country has.
        categories: What counts beside "public", for example "catholic": Assumption, 15 August, in the Catholic places of Bavaria.

    >>> from datetime import date
    >>> assumption = date(2026, 8, 15)
    >>> assumption in PublicHolidays("DE", "BY"), assumption in PublicHolidays("DE", "BY", categories="catholic")
    (False, True)
    """

    country: str
    region: str | None = None
    categories: tuple[str, ...] = attrs.field(default=(), converter=_categories, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what the extra does not know, or say that it is missing."""
        check_text("country", self.country)
        _known(self.country, self.region, self.categories)

    def __contains__(self, day: object) -> bool:
        """Tell whether a day is a holiday."""
        return check_date("day", day) in _known(self.country, self.region, self.categories)

    def name_of(self, day: date, *, language: str = "de") -> str | None:
        """Say what a holiday is called, in a language that the extra has; None for another day."""
        name: str | None = _known(self.country, self.region, self.categories, language).get(check_date("day", day))
        return name


@cache
def _known(country: str, region: str | None, categories: tuple[str, ...], language: str | None = None) -> Any:  # noqa: ANN401  # the extra's own
    try:
        import holidays  # noqa: PLC0415  # an extra, needed only here
    except ModuleNotFoundError as error:
        if error.name != "holidays":
            raise
        raise MissingExtraError("holidays", "holidays") from None
    every = tuple(dict.fromkeys(("public", *categories)))
    try:
        return holidays.country_holidays(country, subdiv=region, categories=every, language=language)
    except (NotImplementedError, ValueError) as error:
        what = ", ".join([country, *filter(None, [region]), *categories])
        raise refused("country", what, f"a country, region and categories of the package holidays; it says: {error}") from None
