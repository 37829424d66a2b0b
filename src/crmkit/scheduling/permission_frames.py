"""The gate for a whole table of parties: the same answers as `may_contact`, by the same policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_text, refused
from crmkit._frames import Asked, F, day_literal, day_number, opened
from crmkit.scheduling.permissions import asked_for

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import Lazy, Table
    from crmkit.entities import Channel, PartyKind
    from crmkit.scheduling import permissions
    from crmkit.scheduling.permission_policy import PermissionPolicy

_REFUSED = ("objected", "consent_withdrawn", "no_consent")
_SAID = ("customer_id", "purpose", "channel", "granted_on")


def add_contact_permission(
    customers: F,
    consents: F,
    objections: F | None,
    *,
    purpose: str | None,
    channel: Channel,
    on: date,
    policy: PermissionPolicy | None,
    into: str,
) -> F:
    """Add who may be contacted, and why or why not."""
    asked = asked_for(purpose=purpose, channel=channel, on=on, policy=policy, zone="UTC")
    if check_text("into", into) == "customer_id":
        raise refused("into", into, "another name than customer_id")
    wanted = [Asked(customers, "customers", needs=("customer_id",)), Asked(consents, "consents", needs=_SAID)]
    if objections is not None:
        wanted.append(Asked(objections, "objections", needs=("customer_id",)))
    parties, given, *against = opened(*wanted)
    rows = parties.frame.join(_consented(given, asked), on="customer_id", how="left")
    if against:
        rows = rows.join(_objected(against[0], asked), on="customer_id", how="left")
    else:
        rows = rows.with_columns(nw.lit(0).alias("_objected"))
    code = f"{into}_reason"
    rows = rows.with_columns(_ground(parties, asked).alias("_ground")).with_columns(_code(parties, asked).alias(code))
    rows = rows.with_columns((~nw.col(code).is_in(_REFUSED)).alias(into))
    return parties.back(rows.select(*(name for name in parties.columns if name not in (into, code)), into, code))


def _consented(table: Table[Any], asked: permissions.Asked) -> Lazy:
    """One row for each party that ever consented: when last, when last of those withdrawn, and what is in force."""
    table.require(*(name for name in ("withdrawn_on",) if name in table.dtypes))
    same = (nw.col("purpose") == asked.purpose) & (nw.col("channel") == asked.channel) & (nw.col("granted_on") <= day_literal(asked.on))
    known = table.frame.filter(same)
    if "person_id" in table.dtypes:
        known = known.filter(nw.col("person_id").is_null())
    ended = nw.col("withdrawn_on") <= day_literal(asked.on) if "withdrawn_on" in table.dtypes else nw.lit(value=False)
    by_exception = nw.col("basis") == "existing_customer" if "basis" in table.dtypes else nw.lit(value=False)
    known = known.with_columns(
        day_number(nw.col("granted_on")).alias("_granted"),
        nw.when(ended).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_ended"),
        nw.when(by_exception).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_exception"),
    )
    in_force, exception = nw.col("_ended") == 0, nw.col("_exception") == 1
    known = known.with_columns(
        nw.when(nw.col("_ended") == 1).then(nw.col("_granted")).alias("_of_ended"),
        nw.when(in_force & ~exception).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_consented"),
        nw.when(in_force & exception).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_excepted"),
    )
    return known.group_by("customer_id").agg(*(nw.col(name).max() for name in ("_granted", "_of_ended", "_consented", "_excepted")))


def _objected(table: Table[Any], asked: permissions.Asked) -> Lazy:
    """One row for each party that objects; what an objection leaves open, it is about."""
    rows = table.frame
    for name, value in (("purpose", asked.purpose), ("channel", asked.channel)):
        if name in table.dtypes:
            rows = rows.filter(nw.col(name).is_null() | (nw.col(name) == value))
    today = day_literal(asked.on)
    table.require(*(name for name in ("objected_on", "lifted_on") if name in table.dtypes))
    if "objected_on" in table.dtypes:
        rows = rows.filter(nw.col("objected_on").is_null() | (nw.col("objected_on") <= today))
    if "lifted_on" in table.dtypes:
        rows = rows.filter(nw.col("lifted_on").is_null() | (nw.col("lifted_on") > today))
    return rows.select("customer_id").unique().with_columns(nw.lit(1).alias("_objected"))


def _ground(table: Table[Any], asked: permissions.Asked) -> nw.Expr:
    """What advertising needs in the country of each row; whoever is not known to be an organisation is a person."""

    def for_kind(kind: PartyKind) -> nw.Expr:
        def needed(country: str | None) -> nw.Expr:
            return nw.lit(asked.policy.ground(country=country, channel=asked.channel, kind=kind))

        if "country" not in table.dtypes:
            return needed(None)
        found = (
            nw.when(nw.col("country").is_null()).then(needed(None)).otherwise(nw.lit(asked.policy.elsewhere.ground(asked.channel, kind)))
        )
        for country in asked.policy.countries:
            found = nw.when(nw.col("country") == country).then(needed(country)).otherwise(found)
        return found

    if "party_kind" not in table.dtypes:
        return for_kind("person")
    return nw.when(nw.col("party_kind") == "organisation").then(for_kind("organisation")).otherwise(for_kind("person"))


def _code(table: Table[Any], asked: permissions.Asked) -> nw.Expr:
    """The code of the reason, in the order in which the rule for one party looks."""
    free = (nw.col("_ground") == "no_objection") | (nw.col("_ground") == "presumed_consent")
    if asked.purpose != "advertising":
        answer: nw.Expr = nw.lit("not_advertising")
    else:
        answer = nw.lit("no_consent")
        if "is_customer" in table.dtypes:
            excepted = (nw.col("_ground") == "existing_customer") & (nw.col("_excepted") == 1) & nw.col("is_customer")
            answer = nw.when(excepted).then(nw.lit("existing_customer")).otherwise(answer)
        answer = nw.when(free).then(nw.col("_ground")).otherwise(answer)
        answer = nw.when(nw.col("_consented") == 1).then(nw.lit("consented")).otherwise(answer)
    answer = nw.when(nw.col("_of_ended") == nw.col("_granted")).then(nw.lit("consent_withdrawn")).otherwise(answer)
    return nw.when(nw.col("_objected") == 1).then(nw.lit("objected")).otherwise(answer)
