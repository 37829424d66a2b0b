"""How often a customer will buy again, and what he is worth: BG/NBD and gamma-gamma."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_int, check_kind, check_text, refused
from crmkit._frames import Asked, F, opened
from crmkit.errors import UndefinedMetricError

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

    from crmkit.periods import Interval

__all__ = ["BgNbd", "GammaGamma"]

_MADE = ("repeats", "span_days", "age_days", "mean_value")
_DAYS_A_MONTH = 365.2425 / 12


@attrs.frozen
class BgNbd:
    """
    How often customers buy again before they silently leave (beta-geometric / negative binomial).

    Source: Fader, Hardie, Lee, "'Counting Your Customers' the Easy Way", Marketing Science 24 (2005) 2.

    Attributes:
        r: Shape of the gamma distribution of buying rates.
        alpha: Its rate, in units of time.
        a: First parameter of the beta distribution of leaving after a purchase.
        b: Its second.
        unit_days: Days in a unit of time.
    """

    r: float
    alpha: float
    a: float
    b: float
    unit_days: int = 7

    @classmethod
    def fit(cls, repeat_purchases: IntoFrame, *, unit_days: int = 7) -> BgNbd:
        """
        Estimate the parameters by maximum likelihood, from the result of `repeat_purchases_by`; rows with an unknown number are left out.

        Raises:
            MissingColumnError: For a frame that does not come from `repeat_purchases_by`.
            UndefinedMetricError: When nobody bought again, or the data do not determine the parameters.
            MissingExtraError: Without NumPy and Polars.
        """
        from crmkit.metrics.lifetime_losses import bg_nbd_losses  # noqa: PLC0415  # needs NumPy
        from crmkit.metrics.likelihoods import fitted  # noqa: PLC0415

        check_int("unit_days", unit_days, at_least=1)
        repeats, spans, ages, _ = _arrays(repeat_purchases, "repeats", "span_days", "age_days")
        if not repeats.any():
            raise UndefinedMetricError("BgNbd", "nobody bought again")
        r, alpha, a, b = fitted("BgNbd", bg_nbd_losses(repeats, spans, ages, unit_days), [1, 1, 1, 1])
        return cls(r=float(r), alpha=float(alpha), a=float(a), b=float(b), unit_days=unit_days)

    def add_expected_purchases(self, frame: F, *, horizon: Interval, into: str = "expected_purchases") -> F:
        """
        Add how many purchases are expected of each customer within a time from now (Float64); months count 365.2425 / 12 days.

        Raises:
            MissingColumnError: For a frame that does not come from `repeat_purchases_by`.
        """
        return _with(frame, into, lambda x, last, age, _: self.expected(x, last, age, horizon))

    def add_alive_probability(self, frame: F, *, into: str = "alive_probability") -> F:
        """
        Add the chance that each customer is still one (Float64).

        Raises:
            MissingColumnError: For a frame that does not come from `repeat_purchases_by`.
        """
        return _with(frame, into, lambda x, last, age, _: 1 / (1 + self._odds(x, last, age)))

    def expected(self, repeats: Any, spans: Any, ages: Any, horizon: Interval) -> Any:  # noqa: ANN401
        """Give the expected purchases for arrays of repeats, spans and ages in days."""
        from crmkit.metrics.likelihoods import gauss_series, np  # noqa: PLC0415  # needs NumPy

        length = (horizon.days + horizon.months * _DAYS_A_MONTH) / self.unit_days
        r, alpha, a, b = self.r, self.alpha, self.a if abs(self.a - 1) > 1e-6 else self.a + 1e-6, self.b  # noqa: PLR2004
        known = alpha + ages / self.unit_days
        series = gauss_series(r + repeats, b + repeats, a + b + repeats - 1, length / (known + length))
        growth = (a + b + repeats - 1) / (a - 1) * (1 - np.power(known / (known + length), r + repeats) * series)
        return growth / (1 + self._odds(repeats, spans, ages))

    def _odds(self, repeats: Any, spans: Any, ages: Any) -> Any:  # noqa: ANN401
        """Chance to have left against that to be there."""
        from crmkit.metrics.likelihoods import np  # noqa: PLC0415  # needs NumPy

        grown = np.power((self.alpha + ages / self.unit_days) / (self.alpha + spans / self.unit_days), self.r + repeats)
        return np.where(repeats > 0, self.a / (self.b + np.maximum(repeats, 1) - 1) * grown, 0)


@attrs.frozen
class GammaGamma:
    """
    What a purchase of a customer is worth, beyond what his few purchases tell.

    Source: Fader, Hardie, "The Gamma-Gamma Model of Monetary Value", www.brucehardie.com/notes/025 (2013).

    Attributes:
        p: Shape of the value of a purchase.
        q: Shape of its distribution over customers.
        v: Scale of that distribution, in units of the value.
    """

    p: float
    q: float
    v: float

    @classmethod
    def fit(cls, repeat_purchases: IntoFrame) -> GammaGamma:
        """
        Estimate the parameters by maximum likelihood, over customers with repeats of a positive mean value.

        Raises:
            MissingColumnError: For a frame that does not come from `repeat_purchases_by`.
            UndefinedMetricError: When there are none, or the data do not determine the parameters.
            MissingExtraError: Without NumPy and Polars.
        """
        from crmkit.metrics.lifetime_losses import gamma_gamma_loss  # noqa: PLC0415  # needs NumPy
        from crmkit.metrics.likelihoods import fitted  # noqa: PLC0415

        repeats, _, _, means = _arrays(repeat_purchases, "repeats", "mean_value")
        kept = (repeats > 0) & (means > 0)
        if not kept.any():
            raise UndefinedMetricError("GammaGamma", "nobody bought again for more than nothing")
        x, scale = repeats[kept], means[kept].mean()
        p, q, v = fitted("GammaGamma", [gamma_gamma_loss(x, means[kept] / scale)], [1, 1, 1])
        return cls(p=float(p), q=float(q), v=float(v * scale))

    def add_lifetime_value(self, frame: F, *, purchases: BgNbd, horizon: Interval, into: str = "lifetime_value") -> F:
        """
        Add the value of the purchases that are expected of each customer within a time from now (Float64), not discounted.

        Null where the mean value is not determined: a customer without repeats while q ≤ 1.

        Raises:
            MissingColumnError: For a frame that does not come from `repeat_purchases_by`.
        """
        check_kind("purchases", purchases, BgNbd)

        def value(x: Any, last: Any, age: Any, mean: Any) -> Any:  # noqa: ANN401
            from crmkit.metrics.likelihoods import np  # noqa: PLC0415  # needs NumPy

            divisor = self.p * x + self.q - 1
            each = np.divide(self.p * (self.v + x * np.where(x > 0, mean, 0)), divisor, out=np.full(len(x), np.nan), where=divisor > 0)
            return each * purchases.expected(x, last, age, horizon)

        return _with(frame, into, value, "mean_value")


def _with(frame: F, into: str, figure: Any, *read: str) -> F:  # noqa: ANN401
    """Add a column that is computed from the four of `repeat_purchases_by`."""
    if check_text("into", into) in _MADE:
        raise refused("into", into, f"another name than {', '.join(_MADE)}")
    asked: Asked[F] = _asked(frame, *read)
    (table,) = opened(asked, arrays=True)
    rows = table.frame.collect()
    made = nw.new_series(into, figure(*_columns(rows)), backend="polars")
    return table.back(rows.with_columns(made).with_columns(nw.col(into).fill_nan(None)).lazy())


def _arrays(frame: Any, *known: str) -> tuple[Any, Any, Any, Any]:  # noqa: ANN401
    """The four columns, of the rows in which those that a model reads are known."""
    (table,) = opened(_asked(frame, *known), arrays=True)
    return _columns(table.frame.drop_nulls(list(known)).collect())


def _asked(frame: Any, *read: str) -> Asked[Any]:  # noqa: ANN401
    amounts = tuple(dict.fromkeys((*_MADE[:3], *read)))
    return Asked(frame, "frame", amounts=amounts, optional_amounts=() if "mean_value" in amounts else ("mean_value",))


def _columns(rows: nw.DataFrame[Any]) -> tuple[Any, Any, Any, Any]:
    counts = [rows[name].cast(nw.Int64).to_numpy() for name in _MADE[:3]]
    means: Any = rows["mean_value"].cast(nw.Float64).to_numpy() if "mean_value" in rows.columns else None
    return counts[0], counts[1], counts[2], means
