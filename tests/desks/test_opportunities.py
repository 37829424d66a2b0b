"""Opportunities: through the stages of their pipeline, until they are won or lost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Money, Scope, Settings
from crmkit.entities import Line, Opportunity, Party, Pipeline, Stage
from crmkit.errors import CurrencyMismatchError, InvalidValueError, NotPermittedError, NotStoredError, StaleWriteError, StateMoveError
from crmkit.store import Rights

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock, HistoryOf

EUR_900 = Money.of(900, "EUR")
SERVICE = Pipeline(
    id="service",
    stages=[
        Stage(name="visit", probability="0.2", moves=["offer"]),
        Stage(name="offer", probability="0.5", moves=["visit", "won"]),
    ],
    lost_reasons=["price", "no need"],
)


def an_opportunity(**fields: Any) -> Opportunity:
    defaults = {"party_id": "C-17", "title": "press", "stage": "offer", "probability": "0.4", "pipeline_id": "sales"}
    return Opportunity(id="O-1", opened_on=date(2025, 3, 1), **defaults | fields)


def moves(crm: Crm, opportunity: Opportunity) -> list[tuple[str | None, str]]:
    return [(move.from_stage, move.to_stage) for move in crm.opportunities.stage_moves(opportunity.id)]


def test_an_opportunity_enters_the_first_stage_of_the_pipeline_of_the_settings(crm: Crm) -> None:
    opened = crm.opportunities.open("C-17", title="press", amount=EUR_900, expected_on=date(2026, 3, 1))

    assert (opened.stage, opened.probability, opened.pipeline_id, opened.state) == ("qualification", Decimal("0.1"), "sales", "open")
    assert (opened.opened_on, opened.salesperson_id, opened.weighted_amount()) == (date(2026, 1, 1), "anna", Money.of(90, "EUR"))
    assert crm.get(Opportunity, opened.id) == opened
    assert moves(crm, opened) == [(None, "qualification")]


def test_without_an_amount_the_lines_are_added_up_each_rounded(crm: Crm) -> None:
    third = Line(item_id="I-1", quantity=1, unit_price="0.335")

    assert crm.opportunities.open("C-17", title="x", lines=[third, third]).amount == Money.of("0.68", "EUR")
    assert crm.opportunities.open("C-17", title="x", lines=[third], amount=EUR_900).amount == EUR_900
    assert crm.opportunities.open("C-17", title="x").amount is None


def test_each_move_takes_the_probability_of_the_stage_and_is_remembered(crm: Crm, clock: Clock) -> None:
    opened = crm.opportunities.open("C-17", title="press")
    clock.move_to(date(2026, 1, 5))
    moved = crm.opportunities.move(opened.id, to="negotiation")
    back = crm.opportunities.move(opened.id, to="offer")

    assert (moved.stage, moved.probability, back.stage, back.probability) == ("negotiation", Decimal("0.7"), "offer", Decimal("0.4"))
    assert moves(crm, opened) == [(None, "qualification"), ("qualification", "negotiation"), ("negotiation", "offer")]
    assert [move.happened_on for move in crm.opportunities.stage_moves(opened.id)] == [date(2026, 1, 1), *[date(2026, 1, 5)] * 2]


@pytest.mark.parametrize("to", ["offer", "production"])
def test_a_move_that_is_not_allowed_names_the_allowed_ones(crm: Crm, to: str) -> None:
    opened = crm.opportunities.open("C-17", title="press", stage="offer")

    with pytest.raises(StateMoveError) as caught:
        crm.opportunities.move(opened.id, to=to)
    assert (caught.value.kind, caught.value.from_state, caught.value.to_state) == ("opportunity", "offer", to)
    assert caught.value.allowed == ("qualification", "negotiation", "won", "lost", "disqualified", "superseded")


def test_closing_is_no_move_to_a_stage(crm: Crm) -> None:
    opened = crm.opportunities.open("C-17", title="press")

    with pytest.raises(StateMoveError):
        crm.opportunities.move(opened.id, to="won")


def test_a_pipeline_of_its_own_guards_its_moves(crm: Crm) -> None:
    crm.add(SERVICE)
    opened = crm.opportunities.open("C-17", title="service", pipeline="service")

    with pytest.raises(StateMoveError, match=r"cannot move from 'visit' to 'won'; allowed: 'offer', 'lost', 'disqualified', 'superseded'"):
        crm.opportunities.win(opened.id)
    crm.opportunities.move(opened.id, to="offer")
    assert crm.opportunities.win(opened.id).state == "won"


def test_it_is_lost_for_a_reason_that_the_pipeline_lists(crm: Crm) -> None:
    crm.add(SERVICE)
    opened = crm.opportunities.open("C-17", title="service", pipeline="service")

    with pytest.raises(InvalidValueError, match="price, no need") as error:
        crm.opportunities.lose(opened.id, because="Herr Maier is ill")
    assert "Maier" not in f"{error.value} {error.value!r}"
    lost = crm.opportunities.lose(opened.id, because="price")
    assert (lost.state, lost.reason, lost.stage, lost.probability) == ("lost", "price", "visit", Decimal(0))


def test_a_pipeline_without_reasons_takes_any_but_none(crm: Crm) -> None:
    opened = crm.opportunities.open("C-17", title="press")

    with pytest.raises(InvalidValueError, match="text that is not empty"):
        crm.opportunities.lose(opened.id, because=" ")
    assert crm.opportunities.lose(opened.id, because="weather").reason == "weather"


def test_a_win_keeps_its_moment_its_day_and_its_stage(crm: Crm, clock: Clock) -> None:
    opened = crm.opportunities.open("C-17", title="press", amount=EUR_900)
    clock.now = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)

    won = crm.opportunities.win(opened.id, amount=Money.of(800, "EUR"))

    assert (won.closed_at, won.closed_on) == (clock.now, date(2026, 2, 1))
    assert (won.state, won.stage, won.probability, won.amount) == ("won", "qualification", Decimal(1), Money.of(800, "EUR"))
    assert moves(crm, won)[-1] == ("qualification", "won")


def test_it_is_won_for_no_amount_in_another_currency(crm: Crm) -> None:
    opportunity = crm.opportunities.open("C-17", title="press", amount=Money.of(100, "EUR"))

    with pytest.raises(CurrencyMismatchError):
        crm.opportunities.win(opportunity.id, amount=Money.of(100, "USD"))

    assert crm.opportunities.win(opportunity.id, amount=Money.of(90, "EUR")).amount == Money.of(90, "EUR")


@pytest.mark.parametrize("verb", ["move", "win", "lose", "disqualify", "supersede"])
def test_what_is_closed_can_only_be_opened_again(crm: Crm, verb: str) -> None:
    other = crm.opportunities.open("C-17", title="other")
    closed = crm.opportunities.lose(crm.opportunities.open("C-17", title="press").id, because="price")
    arguments: dict[str, Any] = {"move": {"to": "offer"}, "win": {}, "supersede": {"by": other.id}}.get(verb, {"because": "price"})

    with pytest.raises(StateMoveError, match=r"from 'lost' to '.*'; allowed: 'open'"):
        getattr(crm.opportunities, verb)(closed.id, **arguments)


def test_reopening_keeps_the_earlier_closing_and_its_reason(crm: Crm, clock: Clock) -> None:
    opened = crm.opportunities.open("C-17", title="press", stage="offer")
    crm.opportunities.lose(opened.id, because="price")
    clock.move_to(date(2026, 2, 1))
    reopened = crm.opportunities.reopen(opened.id, because="new budget")

    assert (reopened.state, reopened.stage, reopened.probability) == ("open", "offer", Decimal("0.4"))
    assert (reopened.closed_on, reopened.closed_at, reopened.reason) == (None, None, None)
    past = crm.opportunities.stage_moves(opened.id)
    assert [(move.to_stage, move.happened_on, move.reason) for move in past[1:]] == [
        ("lost", date(2026, 1, 1), "price"),
        ("offer", date(2026, 2, 1), "new budget"),
    ]
    with pytest.raises(StateMoveError, match="from 'offer' to 'open'"):
        crm.opportunities.reopen(opened.id)


def test_one_that_never_was_one_is_neither_won_nor_lost(crm: Crm) -> None:
    one, other = crm.opportunities.open("C-17", title="one"), crm.opportunities.open("C-17", title="other")

    assert crm.opportunities.disqualify(one.id, because="a student").state == "disqualified"
    third = crm.opportunities.open("C-17", title="both")
    superseded = crm.opportunities.supersede(other.id, by=third.id)
    assert (superseded.state, superseded.superseded_by) == ("superseded", third.id)


def test_nothing_takes_its_own_place(crm: Crm) -> None:
    opened = crm.opportunities.open("C-17", title="one")

    with pytest.raises(InvalidValueError, match="another opportunity than itself"):
        crm.opportunities.supersede(opened.id, by=opened.id)
    with pytest.raises(NotStoredError):
        crm.opportunities.supersede(opened.id, by="O-99")


@pytest.mark.parametrize(("hour", "fits"), [(10, False), (11, True), (12, True)])
def test_no_move_comes_before_the_one_before_it(crm: Crm, hour: int, fits: bool) -> None:
    opened = crm.opportunities.open("C-17", title="press", at=datetime(2025, 12, 31, 11, tzinfo=UTC))
    at = datetime(2025, 12, 31, hour, tzinfo=UTC)

    if fits:
        assert crm.opportunities.win(opened.id, at=at).closed_at == at
    else:
        with pytest.raises(InvalidValueError, match="a time from its last move on"):
            crm.opportunities.win(opened.id, at=at)


def test_the_first_contact_with_a_lead_is_taken_over(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="x", created_on=date(2025, 1, 1)))
    crm.record_interaction("C-18", kind="phone", reached=False, at=datetime(2025, 11, 1, 9, tzinfo=UTC))
    crm.record_interaction("C-18", kind="phone", at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    crm.record_interaction("C-17", kind="phone")

    assert crm.opportunities.open("C-18", title="x").first_contact_on == date(2026, 1, 1)
    assert crm.opportunities.open("C-18", title="x", first_contact_on=date(2025, 5, 1)).first_contact_on == date(2025, 5, 1)
    assert crm.opportunities.open("C-17", title="x").first_contact_on is None


def test_one_from_elsewhere_comes_with_the_moves_it_must_have_made(crm: Crm) -> None:
    crm.add(an_opportunity(), attrs.evolve(an_opportunity(state="lost", closed_on=date(2025, 4, 1), reason="price"), id="O-2"))

    assert moves(crm, crm.get(Opportunity, "O-1")) == [(None, "offer")]
    entered, closed = crm.opportunities.stage_moves("O-2")
    assert (entered.happened_on, closed.happened_on, closed.to_stage, closed.reason) == (
        date(2025, 3, 1),
        date(2025, 4, 1),
        "lost",
        "price",
    )


def test_a_pipeline_comes_with_or_before_its_opportunities(crm: Crm) -> None:
    crm.add(an_opportunity(pipeline_id="service"), SERVICE)

    with pytest.raises(NotStoredError, match="no pipeline with id 'other'"):
        crm.add(attrs.evolve(an_opportunity(pipeline_id="other"), id="O-2"))
    with pytest.raises(InvalidValueError, match="a stage of the pipeline 'service': visit, offer"):
        crm.add(attrs.evolve(an_opportunity(pipeline_id="service", stage="negotiation"), id="O-3"))
    with pytest.raises(NotStoredError):
        crm.opportunities.open("C-17", title="x", pipeline="other")


def test_the_pipeline_of_the_settings_is_not_stored_too(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match="another id than that of the pipeline in the settings"):
        crm.add(attrs.evolve(SERVICE, id="sales"))


def test_from_a_stage_that_its_pipeline_lost_all_others_are_open(crm: Crm) -> None:
    crm.add(SERVICE)
    opened = crm.opportunities.open("C-17", title="x", pipeline="service")
    crm.change(
        attrs.evolve(crm.get(Pipeline, "service"), stages=[Stage(name="talk", probability="0.1"), Stage(name="offer", probability=1)])
    )

    closed = crm.opportunities.lose(opened.id, because="price")
    assert crm.opportunities.reopen(closed.id).stage == "talk"
    assert crm.opportunities.move(opened.id, to="offer").probability == 1


def test_plain_fields_change_but_stages_move_by_verbs(crm: Crm) -> None:
    opened = crm.opportunities.open("C-17", title="press")

    changed = crm.change(attrs.evolve(opened, probability="0.9", category="commit", expected_on=date(2026, 5, 1)))
    assert (changed.probability, changed.category, changed.version) == (Decimal("0.9"), "commit", 2)
    for fields in ({"stage": "offer"}, {"state": "won", "closed_on": date(2026, 1, 1)}, {"opened_on": date(2025, 1, 1)}):
        with pytest.raises(InvalidValueError, match="changes by a verb of its own"):
            crm.change(attrs.evolve(changed, **fields))
    with pytest.raises(StaleWriteError):
        crm.change(attrs.evolve(opened, title="other"))


def test_the_open_ones_are_listed_by_party_salesperson_pipeline_and_day(crm: Crm) -> None:
    crm.add(SERVICE, Party(id="C-18", name="x", created_on=date(2026, 1, 1)))
    late = crm.opportunities.open("C-17", title="late", expected_on=date(2026, 3, 2))
    soon = crm.opportunities.open("C-18", title="soon", expected_on=date(2026, 3, 1), salesperson_id="ben", pipeline="service")
    whenever = crm.opportunities.open("C-17", title="whenever")
    crm.opportunities.win(crm.opportunities.open("C-17", title="won", expected_on=date(2026, 1, 1)).id)

    def titles(**wanted: Any) -> list[str]:
        return [opportunity.title for opportunity in crm.opportunities.pending(**wanted)]

    assert sorted(titles()) == sorted(opportunity.title for opportunity in (late, soon, whenever))
    assert sorted(titles(party_id="C-17")) == ["late", "whenever"]
    assert titles(salesperson_id="ben") == titles(pipeline="service") == ["soon"]
    assert [titles(expected_by=date(2026, 3, day)) for day in (1, 2, 3)] == [["soon"], ["soon", "late"], ["soon", "late"]]
    assert titles(expected_by=date(2026, 2, 28)) == []
    assert titles(expected_by=date(2026, 3, 2), limit=1) == ["soon"]


def test_each_step_is_in_the_history_and_the_expected_win_in_the_timeline(crm: Crm, history_of: HistoryOf) -> None:
    opened = crm.opportunities.open("C-17", title="press", expected_on=date(2026, 3, 1))
    (coming,) = [entry for entry in crm.timeline("C-17", kinds=["opportunity"]) if entry.planned]
    assert (coming.summary, coming.about.id, coming.happened_at) == ("press", opened.id, datetime(2026, 2, 28, 23, tzinfo=UTC))

    crm.opportunities.move(opened.id, to="offer")
    crm.opportunities.lose(opened.id, because="price")
    crm.opportunities.reopen(opened.id)
    crm.opportunities.win(opened.id)

    assert [(entry.verb, entry.summary) for entry in history_of() if entry.kind == "opportunity"] == [
        ("opportunities.open", "press: qualification"),
        ("opportunities.move", "press: qualification → offer"),
        ("opportunities.lose", "press: offer → lost"),
        ("opportunities.reopen", "press: lost → offer"),
        ("opportunities.win", "press: offer → won"),
    ]
    assert [entry for entry in crm.timeline("C-17", kinds=["opportunity"]) if entry.planned] == []


def test_with_a_key_a_win_happens_once(crm: Crm) -> None:
    opened = crm.opportunities.open("C-17", title="press", key="1")

    assert crm.opportunities.open("C-17", title="press", key="1") == opened
    assert crm.opportunities.win(opened.id, key="2") == crm.opportunities.win(opened.id, key="2")
    assert len(crm.opportunities.stage_moves(opened.id)) == 2


def test_whoever_reaches_only_his_own_parties_sees_only_theirs(crm: Crm, store: Store, clock: Clock) -> None:
    opened = crm.opportunities.open("C-17", title="press")
    ben = Crm(store, scope=Scope(tenant="acme", actor="ben", rights=Rights(verbs={"*": "own"})), clock=clock)

    assert ben.opportunities.pending() == ()
    with pytest.raises(NotPermittedError, match=r"may not 'opportunities\.win'"):
        ben.opportunities.win(opened.id)
    with pytest.raises(NotPermittedError, match=r"may not 'opportunities\.stage_moves'"):
        ben.opportunities.stage_moves(opened.id)


@pytest.mark.parametrize("verb", ["move", "win", "stage_moves"])
def test_what_is_not_there_cannot_move(crm: Crm, verb: str) -> None:
    with pytest.raises(NotStoredError, match="no opportunity with id 'O-99'"):
        getattr(crm.opportunities, verb)("O-99", **({"to": "offer"} if verb == "move" else {}))
    with pytest.raises(NotStoredError, match="no party"):
        crm.opportunities.open("C-99", title="x")


def test_the_pipeline_of_the_settings_is_a_pipeline() -> None:
    with pytest.raises(InvalidValueError, match="a Pipeline"):
        Settings(pipeline="sales")  # type: ignore[arg-type]
