"""The figures of one sort of result: one file each, found by presence. What draws is imported once something is
drawn."""

from collections.abc import Callable, Iterable
from typing import Generic, ParamSpec

from sim.experiment.pool import mapped
from sim.owncode import FIGURE, note
from sim.registry import UNLISTED, present

Source = ParamSpec("Source")  # what figures are drawn from


class Gallery(Generic[Source]):
    """Functions that draw a PNG, or give None where there is nothing to draw, by the names of their files in a folder:
    that of the package ``package``, at its ``__path__``. Each such folder has one, as ``GALLERY`` of its package.

    A file declares its function with ``figure``. The name of the function is that of the figure, and the first
    paragraph of its docstring the text alternative.
    """

    def __init__(self, package: str, path: Iterable[str]) -> None:
        self._package, self._path = package, path
        self._declared: list[tuple[int, str, Callable[Source, bytes | None]]] = []

    def figure(
        self, order: int = UNLISTED
    ) -> Callable[[Callable[Source, bytes | None]], Callable[Source, bytes | None]]:
        """Declare the decorated function as a figure; ``order`` is its place in the report."""

        def declare(draw: Callable[Source, bytes | None]) -> Callable[Source, bytes | None]:
            note(draw, f"{FIGURE} {draw.__name__}")
            self._declared.append((order, draw.__name__, draw))
            return draw

        return declare

    @property
    def figures(self) -> dict[str, Callable[Source, bytes | None]]:
        """Every figure by its name, in the order of the report. Raises ValueError when two share a name."""
        present(self._package, self._path)
        ordered = sorted(self._declared, key=lambda one: one[:2])
        found = {name: draw for _, name, draw in ordered}
        if len(found) < len(ordered):
            raise ValueError(f"two figures of {self._package} share a name: {[name for _, name, _ in ordered]}")
        return found

    def draw_all(self, *source: Source.args, **options: Source.kwargs) -> dict[str, bytes]:
        """Every figure that there is something for: file name to PNG, in the order of the report."""
        return self.draw(list(self.figures), *source, **options)

    def draw(self, names: list[str], /, *source: Source.args, **options: Source.kwargs) -> dict[str, bytes]:
        """Some figures, by their names, drawn at the same time where processes can be forked."""
        from sim.report.letters import letters_missing, tell

        figures = self.figures

        def drawn(name: str) -> tuple[bytes | None, set[str]]:
            return figures[name](*source, **options), letters_missing()

        made = mapped(drawn, names)
        tell(set().union(*(letters for _, letters in made)))
        return {f"{name}.png": picture for name, (picture, _) in zip(names, made, strict=True) if picture is not None}

    def describe(self, file: str) -> str:
        """The text alternative of a figure, by the name of its file."""
        first, *_ = (self.figures[file.removesuffix(".png")].__doc__ or "").split("\n\n")
        return " ".join(first.split())
