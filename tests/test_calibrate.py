"""Calibration: known numbers come back from what their world shows, and a directory is the same from the same seed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import InputError, Notice
from sim.history import calibration, origins, proposal
from sim.history import fitted as declared
from sim.history import kept as kept_calibrations
from sim.history import recovery as recoveries
from sim.history.calibration import CHECKED, WORLDS_A_MINUTE, Calibration, sizes, steps
from sim.history.emulator import emulated
from sim.history.evidence import evidence
from sim.history.fitted import STRUCTURE, fitted
from sim.history.kept import VALUES, Calibrated, CalibrationWanted
from sim.history.origins import ORIGINS, Rolling
from sim.history.points import hash_of_points
from sim.history.profile import GRID, RULED_OUT, profiles
from sim.history.proposal import interval
from sim.history.records import packaged, read_records
from sim.history.recovery import TRUTHS, recovery
from sim.history.targets import SHARE
from sim.history.validation import validate
from sim.outputs.calibration import write_calibrated, write_calibration
from sim.outputs.verify import verify
from sim.report.calibration import tables
from sim.report.calibration.tables import recovered as recovered_sentence
from sim.scenario import Scenario, load
from sim.scenario.variants import with_options
from sim.store.arrays import as_archive, in_archive
from sim.store.lock import locked
from sim.store.shards import FOLDER
from sim.study.engine import local
from tests.records import PACKAGED
from tests.saying import Say, refused
from tests.studies import resealed
from tests.synthetic import SOME, calibrate, synthetic
from tests.worlds import BASELINE, SCENARIOS, SMALL, small

UNTIL, WORLDS = 2016, 400
ALIKE = "mechanisms.unequal_means=false"  # so that there are few numbers to fit
YEARLY = "time.steps_per_year=1"  # a quarter of the steps
FEW = 64  # worlds of a fit of half of the facts that is not asked how good it is
SMALLER = {"CLOUD": 2**9, "LAST_CLOUD": 2**10, "ROUNDS": 8, "ENOUGH": 100, "PLENTY": 150}  # are soon judged
TWICE = "Records are used twice"  # since the ranges of the baseline are of a fit
MOST_MISSED = 1  # of six facts, in intervals of 95 %: more has a chance of one in thirty


@pytest.fixture(scope="module")
def world() -> Iterator[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration, "CANDIDATES", 2**10)
        patch.setattr(recoveries, "TRUTHS", 3)  # of calibrations that are not asked about them
        for name, number in SMALLER.items():
            patch.setattr(proposal, name, number)
        patch.setattr(declared, "FACTS", {name: declared.FACTS[name] for name in SOME})
        yield small("baseline", ALIKE, YEARLY, until=UNTIL)


@pytest.fixture
def fewer(world: Scenario, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """Half of the facts, for a fit that is not asked how good it is: a third of the worlds are enough for it."""
    monkeypatch.setattr(declared, "FACTS", {name: declared.FACTS[name] for name in SOME[:3]})
    return world


@pytest.fixture(scope="module")
def recovered(world: Scenario) -> tuple[np.ndarray, Calibration]:
    shares = np.random.default_rng(3).uniform(0.25, 0.75, len(fitted(world).facts))
    return shares, calibrate(world, synthetic(world, shares, UNTIL), WORLDS)


def test_known_numbers_come_back_inside_their_intervals(recovered: tuple[np.ndarray, Calibration]) -> None:
    truth, found = recovered
    low, high = found.interval()
    missed = [name for name, t, a, b in zip(found.fitted.names, truth, low, high, strict=True) if not a <= t <= b]
    assert len(missed) <= MOST_MISSED, missed
    assert (high - low).min() < 0.8  # records say something of some number
    assert found.weight.sum() == pytest.approx(1.0)


def test_a_calibration_tries_whether_numbers_of_its_own_worlds_come_back(
    recovered: tuple[np.ndarray, Calibration], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, found = recovered
    monkeypatch.setattr(recoveries, "TRUTHS", TRUTHS)
    back = recovery(found)
    assert back.inside.shape == (TRUTHS, len(found.fitted.names))
    assert not back.too_few
    assert 0.0 < back.length.min() < back.length.max() < 1.0
    # Intervals that hold a third of what they say are found out.
    monkeypatch.setattr(recoveries, "interval", lambda shares, weight, rate: interval(shares, weight, rate / 3))
    short = recovery(found)
    assert short.too_few
    assert "too short" in recovered_sentence(short)
    assert "too short" not in recovered_sentence(back)


def test_a_point_drawn_more_than_once_is_one_with_the_weight_of_all(
    fewer: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        proposal.Proposal, "drawn", lambda self, number, luck: self.cloud[luck.choice(2, number)]
    )  # of two points in each half
    shares = np.random.default_rng(3).uniform(0.25, 0.75, len(fitted(fewer).facts))
    found = calibrate(fewer, synthetic(fewer, shares, UNTIL), 2 * FEW)
    assert len(np.unique(found.shares, axis=0)) == len(found.shares) <= 4 < 2 * sizes(2 * FEW, 3).half
    assert found.weight.sum() == pytest.approx(1.0)
    assert len(found.shares) == len(found.weight) == len(found.chi_square) == len(found.mean) == len(found.luck)
    luck = found.emulator.at(found.shares)[1]
    variance = found.evidence.variance + luck * (1 + 1 / CHECKED)
    assert found.luck == pytest.approx(luck)
    assert found.chi_square == pytest.approx(((found.mean - found.evidence.value) ** 2 / variance).sum(axis=1))
    shares, weight = np.array([[0.3, 0.1], [0.2, 0.9], [0.3, 0.1], [0.1, 0.5]]), np.array([0.2, 0.3, 0.4, 0.1])
    rows, together = proposal.distinct(shares, weight)
    assert (rows.tolist(), together.tolist()) == ([0, 1, 3], pytest.approx([0.6, 0.3, 0.1]))


@pytest.mark.parametrize("points", [3, 8, 40, 60, 76])
def test_an_interval_holds_what_it_says_however_few_points_there_are(points: int) -> None:
    """Of a truth that is drawn as the points are; three standard errors of 2,000 tries are 1.5 %."""
    luck = np.random.default_rng(1)
    drawn = luck.normal(0.5, 0.1, (points + 1, 2_000))
    low, high = proposal.interval(drawn[:-1], np.full(points, 1 / points), 0.95)
    assert np.mean((low <= drawn[-1]) & (drawn[-1] <= high)) == pytest.approx(0.955, abs=0.02)
    assert proposal.interval(drawn[:1], np.ones(1), 0.95)[0].max() == 0.0  # one point says nothing


def test_an_interval_of_the_ensemble_lies_between_quantiles(recovered: tuple[np.ndarray, Calibration]) -> None:
    """Of worlds that are drawn from it; also where these lie to one side, and where a share ends."""
    _, found = recovered
    points, targets = len(found.weight), len(found.evidence.targets)
    mean = np.random.default_rng(1).exponential(size=(points, targets)) ** 2 / 20
    few = replace(found, mean=mean, luck=np.full((points, targets), 0.01))
    table = tables.targets(few)
    luck = np.random.default_rng(2)
    drawn = luck.normal(mean[luck.choice(points, 100_000, p=found.weight)], 0.1)
    share = np.array(table["unit"] == SHARE)
    drawn[:, share] = drawn[:, share].clip(0.0, 1.0)
    low, median, high = np.quantile(drawn, [0.025, 0.5, 0.975], axis=0)
    assert share.any()
    assert not share.all()
    assert table["ensemble_low"].to_numpy() == pytest.approx(low, abs=0.01)
    assert table["ensemble_median"].to_numpy() == pytest.approx(median, abs=0.01)
    assert table["ensemble_high"].to_numpy() == pytest.approx(high, rel=0.02)


class Normal:
    """A normal distribution of two numbers with these means, as a mixture draws from it."""

    random_state = 0

    def __init__(self, *means: float) -> None:
        self.means = means

    def sample(self, number: int) -> tuple[np.ndarray, None]:
        return np.random.default_rng(self.random_state).normal(self.means, 0.1, (number, 2)), None


def test_records_that_ask_for_numbers_outside_their_ranges_are_refused() -> None:
    """Points are not drawn for ever; the number to be changed is named."""
    drawn, share = proposal.Mixture(Normal(0.5, 0.0), ["law", "plans"]).drawn(1000, np.random.default_rng(1))
    assert drawn.shape == (1000, 2)
    assert share == pytest.approx(0.5, abs=0.05)
    with pytest.raises(InputError, match=r"hardly ever lie inside[^§]*plans[^§]*widen its range"):
        proposal.Mixture(Normal(0.5, -1.0), ["law", "plans"]).drawn(1000, np.random.default_rng(1))


def test_numbers_of_one_fact_move_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that the scenario declares so, too; one that moves against them from its other end."""
    monkeypatch.setattr(declared, "FACTS", {"knowledge": ("knowledge.public_rate",)})
    world = load(BASELINE, [ALIKE])
    known = declared.fitted(world)
    low, high = (known.values(np.array([share])) for share in (0.0, 1.0))
    assert low.keys() == {"law.fitted_progress", "knowledge.public_rate"}
    assert all(low[path] < high[path] for path in low)
    one = known.facts["knowledge"][0]
    against = declared.Fitted({"knowledge": (one._replace(fact="-progress"),)})
    assert against.values(np.zeros(1))[one.path] == pytest.approx(high[one.path])


def test_an_emulator_tells_mean_and_luck() -> None:
    luck = np.random.default_rng(1)
    shares = luck.random((600, 2))
    truth = 2 + shares[:, 0] - 3 * shares[:, 1] ** 2
    spread = np.exp(shares[:, 0])
    made = truth[:, None] + spread[:, None] * luck.standard_normal((600, 8))
    twice = np.stack([made, -made], axis=2)
    twice[::7, :, 1] = np.nan  # a target that some worlds do not show
    emulator = emulated(shares, twice)
    mean, variance = emulator.at(shares)
    assert np.abs(mean - np.stack([truth, -truth], axis=1)).max() < 0.3
    assert np.corrcoef(variance[:, 0], spread**2)[0, 1] > 0.9
    assert (emulator.unknown > 0).all()


def test_a_fitted_scenario_runs_and_is_the_same_whoever_works(fewer: Scenario, tmp_path: Path) -> None:
    said = evidence(fewer, packaged(), UNTIL)
    found, again = (calibrate(fewer, said, FEW, workers=workers) for workers in (1, 2))  # from the seed
    for name, one in (("one", found), ("two", again)):
        (tmp_path / name).mkdir()
        lines = write_calibration(one, tmp_path / name, Path(SMALL[0]))
        assert lines[0].startswith(TWICE)
        assert lines[0] in (tmp_path / name / "report.md").read_text()
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert "ensemble.csv" in files
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    fit = load(tmp_path / "one" / "scenario.toml")
    before = {one.path: one for one in load(SMALL[0]).quantities}
    changed = [one for one in fit.quantities if one != before[one.path]]
    paths = {one.path for numbers in found.fitted.facts.values() for one in numbers}
    assert {one.path for one in changed} == paths
    assert {one.source for one in changed} == {"fitted"}
    assert all(one.low is not None and one.high is not None for one in changed)
    facts = {one.path: one.fact for numbers in found.fitted.facts.values() for one in numbers}
    assert {one.path: one.fact for one in changed} == facts  # and so they are still drawn and moved as one
    assert fit.ensemble is not None
    assert set(fit.ensemble.paths) == paths
    assert len(fit.ensemble.ends) == len(found.weight)
    best = fit.ensemble.values[found.best]
    near = {one.path: one.base for one in changed}
    assert best == pytest.approx([near[path] for path in fit.ensemble.paths], rel=1e-5)


def test_a_used_directory_and_a_year_before_the_start_are_refused(say: Say, tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    common = ("calibrate", SMALL[0], "--records", PACKAGED, "--budget", 1)
    refused(say(*common, "--out", tmp_path), "the directory is not empty", file=tmp_path, key="--out")
    refused(say(*common, "--until", 1999), "no records to fit to before that year", key="--until")
    refused(say(*common, "--until", 2030), "the records end before that year", key="--until")
    refused(say(*common, "--with", "expectation"), "no mechanism that a fit can switch on", "--with expectations")
    assert not list(tmp_path.glob("outputs/calibrate/*"))


def test_too_few_worlds_are_refused(world: Scenario) -> None:
    with pytest.raises(Exception, match="too small a budget"):
        calibrate(world, evidence(world, packaged(), UNTIL), WORLDS_A_MINUTE // 20)


@pytest.mark.parametrize("every", [False, True])
def test_targets_that_no_world_has_are_named(world: Scenario, every: bool) -> None:
    """After the first wave, whose emulator cannot be made of them: one of them, or all where no world is possible."""
    said, wanted = evidence(world, packaged(), UNTIL), sizes(WORLDS, len(fitted(world).facts))
    recipe = steps(world, said, wanted)
    first = next(recipe)
    worlds = np.random.default_rng(1).random((first.number, first.worlds, len(said.targets)))
    worlds[..., :] = worlds + np.nan if every else np.where(np.arange(len(said.targets)) == 1, np.nan, worlds)
    with pytest.raises(InputError, match="no world can be held against the records") as caught:
        recipe.send(worlds)
    names = [one.name for one in said.targets]
    assert all(name in str(caught.value.found) for name in (names if every else [names[1]]))
    assert every or names[0] not in str(caught.value.found)


def test_the_first_error_is_fitted_where_the_law_goes_by_it() -> None:
    through = [load(SCENARIOS / f"{name}.toml") for name in ("before_fit", "language_before_fit")]
    own, published_run = (set(fitted(world).names) for world in through)
    assert own - published_run == {"law's first error"}


def test_numbers_of_a_mechanism_are_fitted_where_it_works() -> None:
    alone = set(fitted(load(BASELINE, [ALIKE])).names)
    for mechanism, facts in STRUCTURE.items():
        world = load(BASELINE, [ALIKE, f"mechanisms.{mechanism}=true"])
        assert set(fitted(world).names) - alone == set(facts)


def test_a_profile_is_least_at_its_best_and_rises_where_a_target_forbids(
    recovered: tuple[np.ndarray, Calibration],
) -> None:
    _, found = recovered
    told = profiles(found)
    assert told.rise.shape == (len(SOME), GRID)
    assert (told.rise >= 0).all()
    assert told.rise.min() < 0.1  # the best fit of all lies near a point of the grid
    assert (told.rise.min(axis=1) < RULED_OUT).all()  # each number has a place where the others meet the records
    assert ((told.not_ruled_out > 0) & (told.not_ruled_out <= 1)).all()
    assert told.not_ruled_out.min() < 1


def test_a_profile_of_the_only_fact_is_how_well_it_meets_the_records(recovered: tuple[np.ndarray, Calibration]) -> None:
    """There is nothing else to fit; this ended with an error once all was simulated."""
    luck, (_, other) = np.random.default_rng(1), recovered
    shares, said = luck.random((200, 1)), replace(other.evidence, value=np.array([1.2]), variance=np.array([0.01]))
    worlds = 1 + shares[:, None] + 0.1 * luck.standard_normal((200, 4, 1))
    found = replace(
        other, evidence=said, shares=np.array([[0.3]]), chi_square=np.ones(1), emulator=emulated(shares, worlds)
    )
    told = profiles(found)
    off = found.emulator.mean_at(told.shares[:, None])[:, 0] - 1.2
    spread = 0.01 + found.emulator.at(np.array([[0.3]]))[1][0] + found.emulator.unknown
    assert told.rise.shape == (1, GRID)
    assert told.rise[0] == pytest.approx(off**2 / spread, abs=1e-6)
    assert told.rise[0].argmin() == 2  # which is a share of 0.2


class Stops:
    """An engine that is interrupted after so many shards."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, work: object, tasks: Sequence[int]) -> Iterable[object]:
        for made in local(1)(work, tasks):  # type: ignore[arg-type]
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            yield made


def planned(world: Scenario, out: Path, until: int | None) -> Calibrated:
    out.mkdir()
    wanted = CalibrationWanted(world, read_records(PACKAGED), FEW, until)
    with locked(out):
        wanted.write(out, ["calibrate"])
    return Calibrated(out)


def test_what_an_interrupt_leaves_is_gone_on_with_to_the_same_bytes(
    fewer: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_calibrations, "PIECE", 4)  # so that a wave of few worlds is kept in several pieces
    whole, cut = (planned(fewer, tmp_path / name, UNTIL) for name in ("whole", "cut"))
    whole.carry_out(local(1))
    write_calibrated(whole, 0.0)
    for after in (3, 5):  # within the first wave, and behind it
        with pytest.raises(KeyboardInterrupt):
            cut.carry_out(Stops(after))
        cut = Calibrated(cut.directory)
        assert not cut.finished
    assert len(cut.left()) == len(cut.shards) - 8 > 2
    cut.carry_out(local(2))
    write_calibrated(Calibrated(cut.directory), 0.0)  # made of the shards alone
    assert cut.finished
    assert list(sim.resume(cut.directory)) == list(sim.resume(whole.directory))  # both finished
    names = sorted(path.name for path in whole.directory.iterdir() if path.is_file())
    assert {"ensemble.csv", "profiles.csv", "scenario.toml", "report.md", "provenance.json"} <= set(names)
    for name in names:
        if name != "provenance.json":
            assert (whole.directory / name).read_bytes() == (cut.directory / name).read_bytes(), name
    whole_found = verify(whole.directory, worlds=20)
    assert not whole_found.different
    assert whole_found.same[0].endswith("shards")
    tables = {"ensemble.csv", "targets.csv", "parameters.csv", "profiles.csv", "recovery.csv"}
    assert set(whole_found.same[1:]) == tables
    assert {"scenario.toml", "report.md"} <= set(whole_found.by_hash)
    assert not tables & set(whole_found.by_hash)
    for name in tables:
        (whole.directory / name).write_bytes((whole.directory / name).read_bytes().replace(b"1", b"2", 1))
    resealed(whole.directory)
    assert verify(whole.directory, worlds=1).different.keys() == tables
    changed = cut.directory / FOLDER / cut.shards[0]
    held = in_archive(changed.read_bytes())
    changed.write_bytes(as_archive({**held, VALUES: held[VALUES] + 1.0}))
    found = verify(cut.directory, worlds=20)
    assert f"{FOLDER}/{cut.shards[0]}" in found.different  # beside what follows from it


def test_worlds_at_other_points_than_follow_are_simulated_anew(
    fewer: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As another version of a library draws them: values of the old points were taken for those of the new."""
    drawn = proposal.Proposal.drawn
    cut = planned(fewer, tmp_path / "cut", UNTIL)
    first = len(cut.named(str(UNTIL), "wave 1")[0])
    with pytest.raises(KeyboardInterrupt):
        cut.carry_out(Stops(first + 1))
    monkeypatch.setattr(proposal.Proposal, "drawn", lambda self, number, luck: drawn(self, number, luck)[::-1])
    whole, cut = planned(fewer, tmp_path / "whole", UNTIL), Calibrated(cut.directory)
    whole.carry_out(local(1))
    with pytest.warns(Notice, match="1 shard of wave 2, of other points than follow here, simulated anew"):
        cut.carry_out(local(1))
    one, other = (Calibrated(each.directory).found() for each in (whole, cut))
    assert isinstance(one, Calibration)
    assert isinstance(other, Calibration)
    assert np.array_equal(one.mean, other.mean)
    monkeypatch.setattr(proposal.Proposal, "drawn", drawn)
    with pytest.raises(InputError, match="the points of a shard are not those that follow here"):
        Calibrated(cut.directory).found()
    for shard in (cut.directory / FOLDER).iterdir():
        shard.write_bytes(as_archive({VALUES: in_archive(shard.read_bytes())[VALUES]}))
    with pytest.raises(InputError, match="a shard is damaged: no values or points"):
        Calibrated(cut.directory).found()


def test_points_are_told_apart_by_more_than_their_last_digits() -> None:
    shares, weight = np.array([[0.3, 0.0], [0.1, 0.7]]), np.array([0.4, 0.6])
    assert hash_of_points(shares, weight) == hash_of_points(shares + 1e-15, weight - 1e-16)
    assert len({hash_of_points(*arrays) for arrays in ((shares,), (shares[::-1],), (shares + 1e-8,), (weight,))}) == 4


def test_the_plan_holds_the_records_that_were_read(world: Scenario, tmp_path: Path) -> None:
    """Whatever becomes of their file in between, and however its lines end."""
    whole = packaged()
    file = tmp_path / "records.csv"
    file.write_text(whole.text, encoding="utf-8-sig", newline="\r\n")
    read = read_records(file)
    file.write_text("Model\n", encoding="utf-8")
    CalibrationWanted(world, read, 100, 2017).write(tmp_path, ["calibrate"])
    kept = Calibrated(tmp_path).records
    assert (kept.file, kept.text, kept.model, kept.rows) == (str(file), read.text, whole.model, whole.rows)


def test_a_calibration_takes_all_processors_where_no_number_of_workers_is_given(
    world: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pool", "duration"):
        monkeypatch.setattr(f"sim.experiment.{module}.processors", lambda: 4)
    CalibrationWanted(world, read_records(PACKAGED), WORLDS_A_MINUTE, UNTIL).write(tmp_path, ["calibrate"])
    whole = Calibrated(tmp_path)
    assert [whole.time(workers).workers for workers in (None, 1, 3)] == [4, 1, 3]
    assert whole.time(2).seconds == pytest.approx(60, rel=0.1)  # as a budget is told
    assert whole.time(None).seconds == pytest.approx(30, rel=0.1)


def test_each_origin_is_judged_by_the_years_after_it(
    fewer: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (origins, kept_calibrations):
        monkeypatch.setattr(module, "WORLDS", 20)
    early = with_options(fewer, until=ORIGINS[-1][1])
    kept = planned(early, tmp_path / "rolling", None)
    kept.carry_out(local(1))
    found, said = write_calibrated(kept, 0.0)
    assert isinstance(found, Rolling)
    assert [line.partition(":")[0] for line in said[:2]] == [TWICE, "Behind the better naive forecast (interval score)"]
    for origin, (until, last) in zip(found.origins, ORIGINS, strict=True):
        assert origin.calibration.evidence.records.time.max() < until + 1  # nothing later was fitted to
        assert {(one.target.first, one.target.last) for one in origin.forecast.scored} == {(until + 1, last)}
    first, (until, last) = found.origins[0], ORIGINS[0]
    fitted_world = replace(
        with_options(early, until=last, replicates=origins.WORLDS), ensemble=first.calibration.ensemble
    )
    again = validate(fitted_world, packaged(), until + 1, last)
    assert [(one.model.low, one.model.high) for one in again.scored] == [
        (one.model.low, one.model.high) for one in first.forecast.scored
    ]
    report = (kept.directory / "report.md").read_text()
    assert report.index(TWICE) < report.index("Behind the better naive forecast") < report.index("## Targets")
