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
POSITIONS = ("Einkauf", "Geschäftsführung", "Buchhaltung", "Bauleitung")
TOPICS = ("Frühjahrsangebot", "Preisliste", "Lieferzeit", "Reklamation", "neues Sortiment", "Rahmenvertrag", "Besuch", "Zahlungsziel")
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
    ("website", "Kontaktformular", None),
    ("advertisement", "Fachzeitschrift", "K-2024-journal"),
    ("recommendation", None, None),
    ("mailing", "Frühjahrsmailing", "K-2025-mailing"),
)
ITEMS = (
    # item group, description, price in cents, cost in cents or None where purchasing does not know it
    ("garden", "Spaten, Eschenstiel", 2490, 1590), ("garden", "Schubkarre 100 l", 8990, 5980), ("garden", "Schlauch 50 m", 5490, 3390),
    ("garden", "Gartenerde 40 l", 599, 419), ("garden", "Laubrechen", 1690, 990), ("garden", "Heckenschere", 15900, 10990),
    ("tools", "Klauenhammer", 1990, 1190), ("tools", "Akkubohrschrauber", 12900, 8990), ("tools", "Steckschlüsselsatz", 7990, 5190),
    ("tools", "Wasserwaage 60 cm", 2290, 1390), ("tools", "Werkbank", 24900, 17400), ("tools", "Werkzeugkoffer", 9490, 6190),
    ("fixings", "Spanplattenschrauben 5 x 60, 200 Stück", 1150, 690), ("fixings", "Dübel 8 mm, 100 Stück", 790, 470),
    ("fixings", "Stahlwinkel", 345, 219), ("fixings", "Gewindestange M10", 420, 265), ("fixings", "Scharniere, Paar", 890, 560),
    ("safety", "Arbeitshandschuhe", 695, 415), ("safety", "Sicherheitsschuhe S3", 6990, 4590), ("safety", "Schutzhelm", 1890, 1190),
    ("safety", "Gehörschutz", 1490, 890), ("special", "Sonderbestellung", 19900, None), ("special", "Montage durch Partner", 45000, None),
)  # fmt: skip
# How the year goes: garden in spring, tools before winter. Weights by month, January first.
SEASONS = {
    "garden": (1, 3, 8, 10, 9, 6, 4, 3, 3, 2, 1, 1),
    "tools": (3, 3, 4, 4, 4, 4, 3, 4, 6, 8, 8, 6),
    "fixings": (4, 4, 5, 5, 5, 5, 4, 4, 5, 5, 5, 4),
    "safety": (4, 4, 5, 5, 5, 4, 4, 4, 5, 5, 5, 4),
    "special": (2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2),
}
