"""The codes of currencies after ISO 4217, and their minor units where these are no hundredths."""

from __future__ import annotations

# List one: what is in use, with funds and precious metals and the code for tests; "XXX" is no currency. Some are kept beyond their end.
_IN_USE = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP
COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD
JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK
NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP
TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA
YER ZAR ZMW ZWG
"""
# List three: what old files still hold.
_HISTORIC = """
ATS BEF BGL BYR CSD CSK CUC CYP DDM DEM EEK ESP FIM FRF GHC GRD HRD HRK IEP ITL LTL LUF LVL MRO MTL MZM NLG PLZ PTE ROL RUR SDD SIT SKK SLL
STD TMM TRL VEF XEU YUD YUM ZMK ZWL
"""
CODES = frozenset(f"{_IN_USE} {_HISTORIC}".split())
USUAL_DIGITS = 2
OTHER_DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def meant(code: str) -> str:
    """
    Say which codes may be meant by one that is none; empty where none is near.

    >>> meant("ERU"), meant("eur"), meant("Dollar")
    ("; did you mean 'EUR'?", "; did you mean 'EUR'?", '')
    """
    from difflib import get_close_matches  # noqa: PLC0415  only an error needs it

    upper = code.upper()
    same_letters = sorted(known for known in CODES if sorted(known) == sorted(upper))
    near = same_letters or get_close_matches(upper, sorted(CODES), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
