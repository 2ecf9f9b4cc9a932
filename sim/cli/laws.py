"""``laws``: the scaling laws and their published fits."""

from argparse import ArgumentParser, Namespace

NAME = "laws"
HELP = "list the scaling laws: fits by benchmark, with source, range of evidence and domain"
EXAMPLE = "python run.py laws"


def arguments(parser: ArgumentParser) -> None:
    """No arguments of its own."""


def act(options: Namespace) -> int:
    """Print the forms, then every fit."""
    from tabulate import tabulate

    from sim.evidence.thompson import published_law
    from sim.mechanisms.scaling import LAWS
    from sim.report.words import number
    from sim.scenario.data import laws

    print(tabulate([[form, law.formula] for form, law in LAWS.items()], ["form", "formula"]), "\n")
    rows = []
    for benchmark, profiles in laws()["benchmarks"].items():
        for profile, fit in profiles.items():
            law = published_law(benchmark, profile)
            numbers = [
                f"{key} {entry['value']:g}"
                for key, entry in fit.items()
                if key not in ("form", "best_error", "worst_error")
            ]
            cited = sorted({entry["source"] for key, entry in fit.items() if key != "form" and "source" in entry})
            span = f"{number(law.best_error, law.unit)} to {number(law.worst_error, law.unit)}"
            domain = (
                f"error above {number(law.lowest, law.unit)}, {number(law.compute_for(law.highest), 'FLOP')} or more"
            )
            rows.append([f"{benchmark}.{profile}", law.form, ", ".join(numbers), ", ".join(cited), span, domain])
    header = ["benchmark.profile", "form", "numbers", "source", "evidence", "domain"]
    print(tabulate(rows, header, maxcolwidths=[None, None, 34, 16, None, 30]))
    sources = [[key, entry["by"], entry["year"], entry["title"]] for key, entry in laws()["sources"].items()]
    print("\n" + tabulate(sources, ["source", "by", "year", "title"], maxcolwidths=[None, 44, None, 60]))
    print("\nOutside its evidence a law answers and the answer is extrapolated; outside its domain it is an error.")
    return 0
