"""Names in the books: who pays the actors or gets from them, and what public money is for."""

GOVERNMENT = "government"
PURCHASES = ("public compute", "academic compute", "efficiency research")  # what policies make it buy for actors
TRANSFERS = ("dividend", "permits given away")  # revenue that goes back without a purpose

Flows = dict[tuple[str, str, str], float]  # (payer, payee, for) to USD/yr
