"""What the sample company is made of. All names are invented; telephone numbers are from the ranges kept free for films and books."""

from __future__ import annotations

SYLLABLES_FRONT = (
    "Ahrn", "Bodel", "Clasen", "Dorn", "Elster", "Falken", "Granit", "Hagen", "Immen", "Jolen", "Kiesel", "Linden", "Marsch", "Nebel",
    "Ostheim", "Pfeffer", "Quell", "Reiher", "Silber", "Tannen", "Ufer", "Vogel", "Weiden", "Zirbel",
)  # fmt: skip
SYLLABLES_BACK = (
    "bach",
    "berg",
    "born",
    "brück",
    "feld",
    "grün",
    "hof",
    "kamp",
    "loh",
    "moor",
    "rode",
    "stein",
    "tal",
    "wald",
    "werk",
    "wiese",
)
TRADES = (
    ("Garten- und Landschaftsbau", "landscaping"), ("Tischlerei", "carpentry"), ("Baumarkt", "retail"), ("Metallbau", "metalwork"),
    ("Gärtnerei", "horticulture"), ("Hausverwaltung", "property"), ("Malerbetrieb", "painting"), ("Landhandel", "agriculture"),
)  # fmt: skip
LEGAL_FORMS = ("GmbH", "GmbH & Co. KG", "KG", "OHG", "e. K.")
FIRST_NAMES = (
    "Anke", "Bernd", "Carla", "Detlef", "Elif", "Frauke", "Gero", "Hilke", "Ines", "Jannik", "Katja", "Lennart", "Milan", "Nadja",
    "Ole", "Petra",
    "Ruben", "Svenja", "Tarek", "Uta", "Volker", "Wiebke", "Yasmin", "Zoran",
)  # fmt: skip
LAST_NAMES = (
    "Abendroth", "Bleibtreu", "Cordsen", "Dünnhaupt", "Eichenlaub", "Feddersen", "Grünspan", "Hollerbach", "Immergut", "Jessen",
    "Kupferschmied", "Lautenschlag", "Morgenstern", "Nachtweih", "Ohnesorg", "Pfefferkorn", "Querfurt", "Rabenhorst", "Sonnleitner",
    "Trautwein", "Überall",
    "Vierheilig", "Wolkenstein", "Zuckermann",
)  # fmt: skip
POSITIONS = ("purchasing", "management", "accounting", "site management")
TOPICS = ("spring offer", "price list", "delivery time", "complaint", "new range", "framework contract", "visit", "payment terms")
PLACES = (
    # city, first digits of the postal code, area code with the free range, region
    ("Hamburg", "20", "+49 40 66969", "north"),
    ("Berlin", "10", "+49 30 23125", "east"),
    ("Köln", "50", "+49 221 4710", "west"),
    ("Frankfurt am Main", "60", "+49 69 90009", "west"),
    ("München", "80", "+49 89 99998", "south"),
)
STREETS = (
    "Am Alten Speicher",
    "Birkenweg",
    "Drosselgasse",
    "Fliederweg",
    "Hinter den Höfen",
    "Kastanienallee",
    "Lerchenstieg",
    "Mühlenkamp",
)
SOURCES = (
    # category, detail, campaign
    ("fair", "Grüne Woche im Norden", "K-2024-fair"),
    ("website", "contact form", None),
    ("advertisement", "trade journal", "K-2024-journal"),
    ("recommendation", None, None),
    ("mailing", "spring mailing", "K-2025-mailing"),
)
ITEMS = (
    # item group, description, price in cents, cost in cents or None where purchasing does not know it
    ("garden", "Spade, ash handle", 2490, 1590), ("garden", "Wheelbarrow 100 l", 8990, 5980), ("garden", "Hose 50 m", 5490, 3390),
    ("garden", "Garden soil 40 l", 599, 419), ("garden", "Leaf rake", 1690, 990), ("garden", "Hedge trimmer", 15900, 10990),
    ("tools", "Claw hammer", 1990, 1190), ("tools", "Cordless drill", 12900, 8990), ("tools", "Socket set", 7990, 5190),
    ("tools", "Spirit level 60 cm", 2290, 1390), ("tools", "Workbench", 24900, 17400), ("tools", "Tool case", 9490, 6190),
    ("fixings", "Chipboard screws 5 x 60, 200 pieces", 1150, 690), ("fixings", "Wall plugs 8 mm, 100 pieces", 790, 470),
    ("fixings", "Steel angle", 345, 219), ("fixings", "Threaded rod M10", 420, 265), ("fixings", "Hinges, pair", 890, 560),
    ("safety", "Work gloves", 695, 415), ("safety", "Safety shoes S3", 6990, 4590), ("safety", "Hard hat", 1890, 1190),
    ("safety", "Ear defenders", 1490, 890), ("special", "Special order", 19900, None), ("special", "Assembly by a partner", 45000, None),
)  # fmt: skip
# How the year goes: garden in spring, tools before winter. Weights by month, January first.
SEASONS = {
    "garden": (1, 3, 8, 10, 9, 6, 4, 3, 3, 2, 1, 1),
    "tools": (3, 3, 4, 4, 4, 4, 3, 4, 6, 8, 8, 6),
    "fixings": (4, 4, 5, 5, 5, 5, 4, 4, 5, 5, 5, 4),
    "safety": (4, 4, 5, 5, 5, 4, 4, 4, 5, 5, 5, 4),
    "special": (2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2),
}
