"""What holds spending back."""

from sim.measures.ids import bound_by
from sim.report.colours import BROWN, INK, POLICIES
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.run.figures.common import Share, draw_shares
from sim.report.style import DASHED_TWICE_DOTTED, canvas_of_years

_, PINK, OLIVE, VIOLET, _ = POLICIES  # told apart by every eye


@GALLERY.figure(order=10)
def limits(run: RunData) -> bytes | None:
    """Share of spending that is held back by means, by a carbon budget, by power, or by how fast plans can grow."""
    figure, (ax,) = canvas_of_years(
        run.origin,
        "What holds spending back",
        "Share of spending on training by actors at each limit, percent; who is at several counts at each of them",
    )
    lines = []
    for by, label, tone, style in (
        ("means", "Means", INK, "-"), ("carbon", "Carbon budget", BROWN, "--"),
        ("ramp", "Ramp", PINK, DASHED_TWICE_DOTTED), ("ceiling", "Ceiling", VIOLET, "-."),
        ("power", "Power", OLIVE, "--"),
    ):  # fmt: skip
        table = run.bands(bound_by(by))
        if not table.empty and table.max(axis=None) > 0:
            lines.append(Share(table, label, tone, tone, style=style))
    return draw_shares(figure, ax, lines)
