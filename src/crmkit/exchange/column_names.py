"""Which column of a file may be meant: by what people call it in German and English, then by how alike the names are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CALLED: Mapping[str, tuple[str, ...]] = {
    "customer_id": (
        "kunde",
        "kundennr",
        "kundennummer",
        "kundenid",
        "kdnr",
        "debitor",
        "debitornr",
        "customer",
        "customernumber",
        "customerkey",
        "custid",
        "resellerkey",
        "resellerid",
        "partnerid",
        "clientid",
        "buyerid",
        "accountid",
        "konto",
        "account",
    ),
    "issued_on": (
        "datum",
        "belegdatum",
        "rechnungsdatum",
        "buchungsdatum",
        "invoicedate",
        "orderdate",
        "documentdate",
        "postingdate",
        "saledate",
        "date",
    ),
    "revenue": (
        "netto",
        "nettobetrag",
        "nettoumsatz",
        "umsatz",
        "erloes",
        "betrag",
        "salesamount",
        "netamount",
        "nettotal",
        "linetotal",
        "pricesubtotal",
        "amount",
        "sales",
        "revenue",
        "total",
    ),
    "cost": (
        "einstand",
        "einstandswert",
        "wareneinsatz",
        "ek",
        "ekwert",
        "einkaufspreis",
        "kosten",
        "totalproductcost",
        "totalcost",
        "costamount",
        "cogs",
        "purchaseprice",
        "costs",
    ),
    "document_id": (
        "beleg",
        "belegnr",
        "belegnummer",
        "rechnung",
        "rechnungsnr",
        "rechnungsnummer",
        "invoice",
        "invoiceno",
        "invoicenumber",
        "invoiceid",
        "orderid",
        "ordernumber",
        "salesordernumber",
    ),
    "item_id": ("artikel", "artikelnr", "artikelnummer", "produkt", "productkey", "productid", "stockcode", "sku", "item", "itemno"),
    "item_group": ("artikelgruppe", "warengruppe", "productgroup", "category"),
    "salesperson_id": ("verkaeufer", "verkaeuferid", "vertreter", "employeekey", "employeeid", "salesperson", "salesrep", "salesagent"),
    "quantity": ("menge", "anzahl", "stueck", "orderquantity", "qty", "quantity", "units"),
    "unit_price": ("preis", "einzelpreis", "vk", "stueckpreis", "unitprice", "price"),
    "currency": ("waehrung", "wkz", "currencycode", "curr"),
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_ALIKE = 0.75


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower().translate(_UMLAUTS))


def closest_column(standard: str, available: Iterable[str]) -> str | None:
    """
    Guess the column that is meant, to suggest it; nothing is ever mapped by a guess.

    >>> closest_column("customer_id", ["Beleg-Nr.", "Kunden-Nr.", "Netto"])
    'Kunden-Nr.'
    """
    by_folded = {_folded(name): name for name in reversed(list(available))}
    for called in (_folded(standard), *_CALLED.get(standard, ())):
        if called in by_folded:
            return by_folded[called]
    from difflib import get_close_matches  # noqa: PLC0415  only needed here

    for called in (_folded(standard), *_CALLED.get(standard, ())):
        alike = get_close_matches(called, by_folded, n=1, cutoff=_ALIKE)
        if alike:
            return by_folded[alike[0]]
    return None
