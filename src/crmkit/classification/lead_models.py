"""What won and lost leads teach: a naive Bayes model that names its reasons."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_decimal, check_each, check_int, check_text, refused
from crmkit._frames import Asked, F, Lazy, Table, opened, plain_rows
from crmkit.entities._fields import FrozenMapping
from crmkit.errors import UndefinedMetricError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LeadModel"]

_SMOOTHING = Decimal("0.1")
_MOST_VALUES = 200
_SAID_FROM = 0.05


def _frozen(odds: Mapping[str, Mapping[str | None, float]]) -> FrozenMapping[str, Mapping[str | None, float]]:
    return FrozenMapping({feature: FrozenMapping(dict(values)) for feature, values in odds.items()})


@attrs.frozen(kw_only=True)
class LeadModel:
    """
    A naive Bayes model of winning: each feature's value shifts the odds by itself.

    Attributes:
        prior: Logarithm of the odds before anything is known of a lead.
        odds: For each feature and value, by how much it shifts them; None stands for an unknown value. Values that were not there when
            it learned shift nothing.
        outcome: Column with what happened.
        won: How many won leads it learned from.
        lost: How many lost ones.
    """

    prior: float
    odds: Mapping[str, Mapping[str | None, float]] = attrs.field(converter=_frozen)
    outcome: str
    won: int
    lost: int

    @classmethod
    def learn(cls, frame: Any, *, features: Sequence[str], outcome: str = "won", smoothing: Decimal = _SMOOTHING) -> LeadModel:  # noqa: ANN401  # any frame
        """
        Learn from leads whose outcome is known; a lazy frame is computed.

        The share of a value among the won ones is (n + s) / (all won + s × values), likewise among the lost ones; the shift is the
        logarithm of the one divided by the other.

        Source: Mitchell, "Machine Learning", McGraw-Hill 1997, chapter 6.9 ("Naive Bayes Classifier").

        >>> import polars as pl
        >>> leads = pl.DataFrame({"source": ["fair", "fair", "web", "web"], "won": [True, True, False, None]})
        >>> model = LeadModel.learn(leads, features=["source"])
        >>> model.won, model.lost, model.odds["source"]["fair"] > 0 > model.odds["source"]["web"]
        (2, 1, True)

        Args:
            frame: One row for each lead.
            features: Columns with few different values each; numbers are put into bins before.
            outcome: Column (Boolean); leads without an outcome are left out.
            smoothing: What is added to every count, so that a value that never won is not impossible.

        Raises:
            UndefinedMetricError: Without a won or without a lost lead.
            MissingColumnError: For a frame without one of these columns.
            InvalidValueError: For a feature with more than 200 different values.
        """
        names = check_each("features", features, check_text)
        added = check_decimal("smoothing", smoothing)
        if not names or len(set(names)) < len(names) or outcome in names or added <= 0:
            raise refused("features", names, "columns, each once, other than the outcome, and a smoothing above zero")
        table, known = _known(frame, outcome, names)
        counts = {bool(row[outcome]): row["n"] for row in plain_rows(known.group_by(outcome).agg(nw.len().alias("n")).collect())}
        won, lost = counts.get(True, 0), counts.get(False, 0)
        if not won or not lost:
            raise UndefinedMetricError("lead model", f"there are {won} won and {lost} lost leads to learn from")
        odds = {name: _shifts(table, known, name, outcome, won=won, lost=lost, smoothing=float(added)) for name in names}
        return cls(prior=math.log(won / lost), odds=odds, outcome=outcome, won=won, lost=lost)

    def add_probability(self, frame: F, *, into: str = "win_probability") -> F:
        """
        Add how likely each lead is won, and why.

        >>> import polars as pl
        >>> leads = pl.DataFrame({"source": ["fair", "fair", "web", "web"], "won": [True, True, False, False]})
        >>> scored = LeadModel.learn(leads, features=["source"]).add_probability(pl.DataFrame({"source": ["fair"]}))
        >>> scored.select(pl.col("win_probability").round(2), "win_probability_reasons").rows()
        [(0.95, 'source fair +3.0')]

        Args:
            frame: One row for each lead with the features.
            into: Name of the column for the probability; the reasons stand in that name with `_reasons`.

        Returns:
            All rows with the probability (Float64, 0 to 1) and the reasons (String: each feature with its value and the shift of the
            logarithm of the odds, where it shifts them noticeably); columns of these names are replaced.

        Raises:
            MissingColumnError: For a frame without a feature.
        """
        if check_text("into", into) in self.odds or f"{into}_reasons" in self.odds:
            raise refused("into", into, "another name than those of the features")
        (table,) = opened(Asked(frame, "frame", needs=tuple(self.odds)))
        kept = [name for name in table.columns if name not in {into, f"{into}_reasons"}]
        return table.back(self._with_probability(table, into).select(*kept, into, f"{into}_reasons"))

    def calibration(self, frame: F, *, parts: int = 10) -> F:
        """
        Hold the probabilities against what happened: of leads with about 30 %, about 30 % should have been won.

        Best done over leads that the model did not learn from.

        >>> import polars as pl
        >>> leads = pl.DataFrame({"source": ["fair", "fair", "web", "web"], "won": [True, True, False, False]})
        >>> LeadModel.learn(leads, features=["source"]).calibration(leads, parts=2).select("part", "leads", "observed").rows()
        [(1, 2, 0.0), (2, 2, 1.0)]

        Args:
            frame: One row for each lead with the features and the outcome; leads without an outcome are left out.
            parts: How many equal ranges of probability.

        Returns:
            `part` (count, from 1), `leads` (count), `predicted` (Float64, mean probability) and `observed` (Float64, share of the won
            ones), one row for each range with leads; sorted.

        Raises:
            MissingColumnError: For a frame without one of these columns.
        """
        check_int("parts", parts, at_least=2)
        table, known = _known(frame, self.outcome, tuple(self.odds))
        rows = self._with_probability(attrs.evolve(table, frame=known), "predicted")
        range_ = (nw.col("predicted") * parts).floor().cast(nw.Int64) + 1
        part = nw.when(range_ > parts).then(nw.lit(parts)).otherwise(range_).cast(nw.Int64)
        happened = nw.when(nw.col(self.outcome)).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Float64)
        marked = rows.with_columns(part.alias("part"), happened.alias("observed")).select("part", "predicted", "observed")
        added = marked.group_by("part").agg(nw.len().alias("leads"), nw.col("predicted", "observed").mean())
        return table.back(added.with_columns(nw.col("leads").cast(nw.Int64)).select("part", "leads", "predicted", "observed").sort("part"))

    def _with_probability(self, table: Table[Any], into: str) -> Lazy:
        parts = {feature: f"_shift_{number}" for number, feature in enumerate(self.odds)}
        rows = table.frame.with_columns(_chosen(feature, self.odds[feature]).alias(part) for feature, part in parts.items())
        log_odds = nw.sum_horizontal(*parts.values()) + self.prior
        told = nw.concat_str(*(_told(feature, self.odds[feature]) for feature in self.odds), separator="")
        rows = rows.with_columns((nw.lit(1.0) / ((nw.lit(0.0) - log_odds).exp() + 1)).alias(into), told.alias("_told"))
        return rows.with_columns(nw.col("_told").str.slice(2).alias(f"{into}_reasons")).drop(*parts.values(), "_told")


def _known(frame: F, outcome: str, features: tuple[str, ...]) -> tuple[Table[F], Lazy]:
    (table,) = opened(Asked(frame, "frame", needs=(*features, outcome)))
    if table.dtypes[outcome] not in {nw.Boolean, nw.Object}:
        raise refused("outcome", f"column {outcome!r} of type {table.dtypes[outcome]}", "true or false (Boolean)")
    return table, table.frame.filter(~nw.col(outcome).is_null()).with_columns(nw.col(outcome).cast(nw.Boolean))


def _shifts(
    table: Table[Any], known: Lazy, feature: str, outcome: str, *, won: int, lost: int, smoothing: float
) -> dict[str | None, float]:
    """Logarithm of the share among the won ones divided by that among the lost ones, for each value."""
    if table.dtypes[feature].is_float():
        raise refused("features", feature, "columns with few different values; put numbers into bins first")
    counted = known.group_by(feature, outcome).agg(nw.len().alias("n")).collect()
    counts: dict[str | None, dict[bool, int]] = defaultdict(lambda: {True: 0, False: 0})
    for row in plain_rows(counted):
        counts[None if row[feature] is None else str(row[feature])][bool(row[outcome])] += row["n"]
    if len(counts) > _MOST_VALUES:
        raise refused("features", feature, f"columns with at most {_MOST_VALUES} different values; this one has {len(counts)}")

    def share(value: str | None, kind: bool, whole: int) -> float:  # noqa: FBT001
        return (counts[value][kind] + smoothing) / (whole + smoothing * len(values))

    values = sorted(counts, key=lambda value: (value is None, value or ""))
    return {value: math.log(share(value, True, won) / share(value, False, lost)) for value in values}  # noqa: FBT003


def _chosen(feature: str, odds: Mapping[str | None, float]) -> nw.Expr:
    shift = nw.lit(0.0)
    for value, amount in odds.items():
        shift = nw.when(_is(feature, value)).then(nw.lit(amount)).otherwise(shift)
    return shift


def _told(feature: str, odds: Mapping[str | None, float]) -> nw.Expr:
    text = nw.lit("")
    for value, amount in odds.items():
        if abs(amount) >= _SAID_FROM:
            said = f"; {feature} {'unknown' if value is None else value} {'+' if amount > 0 else '−'}{abs(amount):.1f}"
            text = nw.when(_is(feature, value)).then(nw.lit(said)).otherwise(text)
    return text


def _is(feature: str, value: str | None) -> nw.Expr:
    column = nw.col(feature)
    return column.is_null() if value is None else (column.cast(nw.String) == value) & ~column.is_null()
