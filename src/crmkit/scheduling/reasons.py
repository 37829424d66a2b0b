"""Why a party is on a list or not: in words, German and English, and the same as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import TypeAlias

import attrs

from crmkit._checks import check_choice, check_kind, refused
from crmkit.entities import Recurrence, Ref
from crmkit.entities._fields import FrozenMapping
from crmkit.money import Money
from crmkit.periods import Interval
from crmkit.scheduling.interval_texts import Language, interval_text
from crmkit.scheduling.rule_texts import rule_text

ReasonFact: TypeAlias = str | int | date | time | Interval | Recurrence | Money

_TEXTS: Mapping[str, tuple[str, str]] = {
    "recall_due": ("recall today", "Wiederanruf heute"),
    "recall_due_at": ("recall today at {due_time}", "Wiederanruf heute um {due_time}"),
    "recall_overdue": ("recall was due on {due_on}", "Wiederanruf war fällig am {due_on}"),
    "recall_planned": ("recall is planned for {due_on}", "Wiederanruf ist geplant für {due_on}"),
    "appointment_due": ("appointment today at {due_time}", "Termin heute um {due_time}"),
    "appointment_overdue": (
        "appointment on {due_on} was neither held nor cancelled",
        "Termin am {due_on} wurde weder gehalten noch abgesagt",
    ),
    "appointment_planned": ("appointment on {due_on} at {due_time}", "Termin am {due_on} um {due_time}"),
    "commitment_due": ("commitment due today", "Zusage heute fällig"),
    "commitment_overdue": ("commitment was due on {due_on}", "Zusage war fällig am {due_on}"),
    "commitment_planned": ("commitment due on {due_on}", "Zusage fällig am {due_on}"),
    "case_due": ("{case_kind} to be settled today", "{case_kind} heute zu erledigen"),
    "case_overdue": ("{case_kind} was to be settled by {due_on}", "{case_kind} war zu erledigen bis {due_on}"),
    "case_planned": ("{case_kind} to be settled by {due_on}", "{case_kind} zu erledigen bis {due_on}"),
    "case_open": ("{case_kind} open since {opened_on}", "{case_kind} offen seit {opened_on}"),
    "task_due": ("task due today", "Aufgabe heute fällig"),
    "task_overdue": ("task was due on {due_on}", "Aufgabe war fällig am {due_on}"),
    "task_planned": ("task due on {due_on}", "Aufgabe fällig am {due_on}"),
    "follow_up_due": ("follow-up today", "Wiedervorlage heute"),
    "follow_up_overdue": ("follow-up was due on {due_on}", "Wiedervorlage war fällig am {due_on}"),
    "follow_up_planned": ("follow-up on {due_on}", "Wiedervorlage am {due_on}"),
    "notice_near": ("notice to contract {contract} possible until {due_on}", "Kündigung von Vertrag {contract} möglich bis {due_on}"),
    "notice_passed": (
        "contract {contract} renews: notice was possible until {due_on}",
        "Vertrag {contract} verlängert sich: Kündigung war möglich bis {due_on}",
    ),
    "renewal_near": ("contract {contract} ends on {due_on} unless renewed", "Vertrag {contract} endet am {due_on}, wenn nicht verlängert"),
    "renewal_passed": ("contract {contract} ended on {due_on}, not renewed", "Vertrag {contract} endete am {due_on}, nicht verlängert"),
    "quote_expiring": ("quote {number} valid until {due_on}", "Angebot {number} gültig bis {due_on}"),
    "quote_expired": ("quote {number} was valid until {due_on}", "Angebot {number} war gültig bis {due_on}"),
    "quote_open": ("quote {number} of {issued_on} still undecided", "Angebot {number} vom {issued_on} noch nicht entschieden"),
    "birthday": ("birthday of a contact person", "Geburtstag eines Ansprechpartners"),
    "birthday_planned": ("birthday of a contact person on {due_on}", "Geburtstag eines Ansprechpartners am {due_on}"),
    "invoices_overdue": ("invoices overdue since {due_on}: {amount}", "Rechnungen überfällig seit {due_on}: {amount}"),
    "dunned": ("dunning level {level}", "Mahnstufe {level}"),
    "delivery_blocked": ("blocked for delivery", "für Lieferungen gesperrt"),
    "dunning_blocked": ("not to be reminded of payments", "Mahnsperre"),
    "never_contacted": ("never contacted, although to be contacted every {frequency}", "noch nie kontaktiert, Kontaktfrequenz {frequency}"),
    "frequency_passed": (
        "last contact on {last_contact_on}, more than {frequency} ago",
        "letzter Kontakt am {last_contact_on}, länger her als {frequency}",
    ),
    "contacted_recently": (
        "last contact on {last_contact_on}, next on {next_contact_on}",
        "letzter Kontakt am {last_contact_on}, nächster am {next_contact_on}",
    ),
    "not_before": ("not to be contacted before {next_contact_on}", "nicht vor dem {next_contact_on} zu kontaktieren"),
    "series_due": ("to be contacted on {series_on}: {frequency}", "am {series_on} zu kontaktieren: {frequency}"),
    "quiet_time": ("wishes no contact up to {up_to}", "wünscht keinen Kontakt bis {up_to}"),
    "holiday": ("{on} is a holiday", "{on} ist ein Feiertag"),
    "not_this_weekday": ("cannot be reached on this weekday ({on})", "an diesem Wochentag ({on}) nicht erreichbar"),
    "outside_hours": (
        "to be reached on this day from {start} to {end}, there it is {local_time}",
        "an diesem Tag erreichbar von {start} bis {end}, dort ist es {local_time}",
    ),
    "plan_ended": ("the contact plan ended on {ends_on}", "Kontaktplan endete am {ends_on}"),
    "no_frequency": ("no contact frequency is set", "keine Kontaktfrequenz hinterlegt"),
    "inactive": ("switched off", "nicht aktiv"),
    "excluded": ("excluded: {because}", "ausgenommen: {because}"),
    "not_advertising": ("not advertising: {purpose}", "keine Werbung: {purpose}"),
    "consented": ("consented on {granted_on} (text {text_version})", "Einwilligung vom {granted_on} (Text {text_version})"),
    "existing_customer": (
        "existing customer, told of the right to object on {granted_on} (text {text_version})",
        "Bestandskunde, auf das Widerspruchsrecht hingewiesen am {granted_on} (Text {text_version})",
    ),
    "presumed_consent": ("presumed consent of a business", "mutmaßliche Einwilligung eines Unternehmens"),
    "no_objection": ("no objection", "kein Widerspruch"),
    "objected": ("objected on {objected_on}", "Widerspruch vom {objected_on}"),
    "channel_forbidden": ("contact person not to be contacted by {channel}", "Ansprechpartner will keinen Kontakt per {channel}"),
    "consent_withdrawn": ("consent withdrawn on {withdrawn_on}", "Einwilligung widerrufen am {withdrawn_on}"),
    "no_consent": ("no consent to {purpose} by {channel}", "keine Einwilligung: {purpose} per {channel}"),
}


_WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "case_kind": {
        "complaint": ("complaint", "Reklamation"),
        "defect": ("defect", "Fehler"),
        "question": ("question", "Frage"),
        "request": ("request", "Anforderung"),
    },
    "channel": {
        "phone": ("telephone", "Telefon"),
        "email": ("e-mail", "E-Mail"),
        "letter": ("letter", "Brief"),
        "visit": ("visit", "Besuch"),
        "sms": ("text message", "SMS"),
        "social": ("social network", "soziales Netzwerk"),
    },
    "purpose": {
        "service": ("service", "Service"),
        "contract": ("contract", "Vertrag"),
        "own_quote": ("own quote", "eigenes Angebot"),
        "requested": ("requested", "angefordert"),
        "advertising": ("advertising", "Werbung"),
    },
}
"""Facts that are one of our own words, in both languages."""
_STANDING_IN = (" (standing in for {})", " (in Vertretung für {})")


def _without_text(facts: Mapping[str, ReasonFact]) -> str:
    """Show no free text, which may hold personal data."""
    return repr({name: "…" if name == "text" else value for name, value in facts.items()})


@attrs.frozen
class Reason:
    """
    Why something is listed or left out.

    Attributes:
        code: The reason as data, for example "recall_overdue"; an open list.
        facts: The values that its text names, and in work queues the persons and times: `employee_id`, `person_id`, `due_on`, `due_time`,
            `text` (what is to be done, in someone's words), `stands_in_for` (the employee whose deputy is asking).
        about: The record that is to be dealt with; None where there is none.

    >>> reason = Reason("recall_overdue", {"due_on": date(2026, 1, 31)})
    >>> print(reason, reason.text("de"), sep=" | ")
    recall was due on 2026-01-31 | Wiederanruf war fällig am 31.01.2026
    """

    code: str
    facts: Mapping[str, ReasonFact] = attrs.field(factory=dict, converter=FrozenMapping[str, ReasonFact], repr=_without_text)
    about: Ref | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a code without a text."""
        if self.code not in _TEXTS:
            raise refused("code", self.code, "one of " + ", ".join(_TEXTS))
        if self.about is not None:
            check_kind("about", self.about, Ref)

    def text(self, language: Language = "en") -> str:
        """Say it in German or English."""
        check_choice("language", language, Language)
        facts = {name: _in_words(name, _shown(value, language), language) for name, value in self.facts.items()}
        said = _TEXTS[self.code][language == "de"].format(**facts)
        if "text" in facts:
            said += f": {facts['text']}"
        return said + _STANDING_IN[language == "de"].format(facts["stands_in_for"]) if "stands_in_for" in facts else said

    def __str__(self) -> str:
        """Say it in English."""
        return self.text()


def _in_words(name: str, shown: str, language: Language) -> str:
    return _WORDS.get(name, {}).get(shown, (shown, shown))[language == "de"]


def _shown(value: ReasonFact, language: Language) -> str:
    match value:
        case date():
            return value.strftime("%d.%m.%Y") if language == "de" else value.isoformat()
        case time():
            return value.strftime("%H:%M")
        case Interval():
            return interval_text(value, language)
        case Money() if language == "de":
            return str(value).replace(".", ",")
        case Recurrence():
            return rule_text(value, language)
        case _:
            return str(value)
