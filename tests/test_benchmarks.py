"""Benchmarks that nobody times in tests run all the same, on few actors and years."""

from importlib import import_module
from pathlib import Path

import pytest

from benchmarks import step

SCRIPTS = sorted(path.stem for path in Path(step.__file__).parent.glob("*.py"))
SMALL = ["--set", "time.end=2014"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_benchmark_finds_what_it_uses(name: str) -> None:
    assert callable(import_module(f"benchmarks.{name}").main)


def test_an_economy_is_as_large_as_asked_for_and_can_be_run() -> None:
    small, usual = (step.sized(actors, replicates=1, settings=SMALL[1:]) for actors in (60, 700))
    assert (small.actors, usual.actors) == (60, 700)
    assert 700 * small.product.size == pytest.approx(60 * usual.product.size)
    assert step.seconds_per_run_step(small) > 0.0


@pytest.mark.parametrize(
    "measure", [step.seconds_per_step, step.seconds_per_measured_step, lambda world: step.large_world(world.actors)]
)
def test_a_step_is_timed(measure) -> None:
    measure(step.sized(60, settings=SMALL[1:]))


@pytest.mark.parametrize(("script", "options"), [("stages", [*SMALL, "--turns", "1"]), ("loops", ["--turns", "2"])])
def test_parts_of_a_step_are_timed(script: str, options: list[str], monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.argv", [script, "--actors", "60", *options])
    import_module(f"benchmarks.{script}").main()
    assert "all" in capsys.readouterr().out
