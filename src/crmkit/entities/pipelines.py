"""Pipelines: the stages through which something may be sold, and the moves between them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_each, check_ratio, check_text, refused
from crmkit.entities._fields import kept, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

OpportunityEnd = Literal["won", "lost", "disqualified", "superseded"]

_ENDS: tuple[str, ...] = ("won", "lost", "disqualified", "superseded")
_DROPS = _ENDS[1:]


def _probability(value: Decimal | int | str) -> Decimal:
    return check_ratio("probability", value)


def _moves(value: str | Iterable[str] | None) -> tuple[str, ...] | None:
    return None if value is None else check_each("moves", value, check_text)


def _lost_reasons(value: str | Iterable[str]) -> tuple[str, ...]:
    return texts("lost_reasons", value)


@attrs.frozen(kw_only=True)
class Stage:
    """
    One stage of a pipeline.

    Attributes:
        name: Its name, unique in the pipeline.
        probability: How likely an opportunity in it is won: 0.25 for 25 %.
        moves: The stages to which an opportunity may move from here, with "won" where it may be won from here; None is all of them.
            It may be lost from anywhere.
    """

    name: str
    probability: Decimal = attrs.field(converter=_probability)
    moves: tuple[str, ...] | None = attrs.field(default=None, converter=_moves)

    def __attrs_post_init__(self) -> None:
        """Refuse a stage that is named like an end."""
        if check_text("name", self.name) in (*_ENDS, "open"):
            raise refused("name", self.name, "another name: an opportunity that is closed stays in its last stage")


def _stages(values: Iterable[Stage]) -> tuple[Stage, ...]:
    return kept("stages", Stage, values)


@attrs.frozen(kw_only=True)
class Pipeline:
    """
    How something is sold: the stages in their order, the moves between them, and why it can be lost.

    Attributes:
        id: Its name in opportunities and figures.
        stages: Its stages, the first one first.
        lost_reasons: Why an opportunity can be lost; empty takes any reason.
        version: Raised by each stored change; 0 is not stored yet.

    >>> offer = Stage(name="offer", probability="0.5", moves=["won"])
    >>> pipeline = Pipeline(id="sales", stages=[Stage(name="talk", probability="0.1", moves=["offer"]), offer])
    >>> pipeline.moves_from("talk"), pipeline.moves_from("offer")
    (('offer', 'lost', 'disqualified', 'superseded'), ('won', 'lost', 'disqualified', 'superseded'))
    """

    id: str
    stages: tuple[Stage, ...] = attrs.field(converter=_stages)
    lost_reasons: tuple[str, ...] = attrs.field(default=(), converter=_lost_reasons)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a pipeline without stages, with two of one name, and with moves that lead nowhere."""
        check_text("id", self.id)
        if not self.stages:
            raise refused("stages", self.stages, "at least one stage")
        if len(set(self.names)) < len(self.stages):
            raise refused("stages", self.names, "a different name for each stage")
        for stage in self.stages:
            nowhere = [name for name in stage.moves or () if name not in self.names and name not in _ENDS]
            if nowhere:
                raise refused("moves", tuple(nowhere), 'names of other stages of the pipeline, or "won"')

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its stages, in their order."""
        return tuple(stage.name for stage in self.stages)

    def stage(self, name: str) -> Stage:
        """
        Find a stage by its name.

        Raises:
            InvalidValueError: Naming the stages that there are.
        """
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise refused("stage", name, f"a stage of the pipeline {self.id!r}: " + ", ".join(self.names))

    def moves_from(self, name: str) -> tuple[str, ...]:
        """Tell to what an opportunity in a stage may move; from a stage that the pipeline no longer has, to all."""
        moves = next((stage.moves for stage in self.stages if stage.name == name), None)
        wanted = (*self.names, "won") if moves is None else moves
        return (*(other for other in wanted if other != name and other not in _DROPS), *_DROPS)

    def check_lost_reason(self, because: str) -> str:
        """
        Accept a reason for which an opportunity of this pipeline can be lost.

        Raises:
            InvalidValueError: Naming the reasons that there are.
        """
        check_text("because", because)
        if self.lost_reasons and because not in self.lost_reasons:
            raise refused(
                "because", f"<text of {len(because)} characters>", f"a reason of the pipeline {self.id!r}: " + ", ".join(self.lost_reasons)
            )
        return because
