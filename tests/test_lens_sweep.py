"""The sweep: every setting counts, the best is told with its luck, and a cluster changes nothing."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from oikit.errors import InputError, MissingExtra
from oikit.lens.sweep import GRID, article_returns, article_table, settings_of, sweep
from oikit.simulate.market import simulate
from oikit.simulate.worlds import WORLDS
from oikit.stats import overfitting
from tests.conftest import frame

SMALL = {"spike": (1.5, 2.0, 3.0), "crowd": (0.90, 0.99), "hold": ("24h", "72h")}


@functools.cache
def market(seed: int = 1) -> pd.DataFrame:
    """A year in which nothing can be known; shared."""
    return simulate(WORLDS["bnb"], since="2025-01-01", until="2026-01-01", seed=seed)


def noise(table: pd.DataFrame, *, seed: int, edge: float = 0.0) -> pd.Series:
    """Returns without skill, or with a daily edge in units of their spread."""
    rng = np.random.default_rng(seed)
    return pd.Series((rng.standard_normal(len(table)) + edge / 24**0.5) * 0.01, table.index)


def test_the_best_of_many_lucky_settings_is_called_luck() -> None:
    """Fifty columns of noise: the best looks fine, and is not believed."""
    grid = {"seed": range(50)}
    found = sweep(market(), grid=grid, returns=noise, prepare=lambda f: f[["close"]])

    assert found.yearly > 1.5
    assert found.deflated < 0.95
    assert found.sharpe < 2 * found.by_luck
    assert (found.trials, found.days) == (50, 365)
    assert found.table["sharpe"].idxmax() == found.best["seed"]
    assert "best of 50 settings" in str(found)


def test_a_real_edge_is_believed() -> None:
    """Two fifths of a spread a day stand out of fifty tries, in every half of history."""

    def one_knows(table: pd.DataFrame, *, seed: int) -> pd.Series:
        return noise(table, seed=seed, edge=0.4 if seed == 7 else 0.0)

    found = sweep(market(), grid={"seed": range(50)}, returns=one_knows, prepare=lambda f: f[["close"]])

    assert found.best == {"seed": 7}
    assert found.deflated > 0.95
    assert found.overfitting.pbo < 0.1


def test_the_numbers_are_those_of_the_statistics() -> None:
    """Nothing is computed twice: PBO is that of the table that is handed back."""
    found = sweep(market(), grid=SMALL)

    assert found.overfitting.pbo == overfitting(found.performance, groups=8).pbo
    assert len(found.table) == found.performance.shape[1] == 12
    daily = found.performance[found.table["sharpe"].idxmax()]
    assert found.sharpe == pytest.approx(daily.mean() / daily.std())
    assert found.table["total"].to_numpy() == pytest.approx(found.performance.sum().to_numpy())


def test_the_article_finds_nothing_on_a_null_world() -> None:
    """All 108 settings, on a world where nothing can be found."""
    found = sweep(market(2))

    assert found.trials == len(settings_of(GRID)) == 108
    assert found.deflated < 0.95


def test_a_position_is_held_from_the_next_bar() -> None:
    """A vote at a bar earns the next bar's return, pays for opening and closing, and pays funding."""
    n = 10
    table = frame(
        close=[100.0, 100, 100, 110, 121, 121, 121, 121, 121, 121],
        oi_to_cap_percentile=[0.5] * n,
        price_move_long=[0.0] * n,
        price_move_score=[9.0] * n,
        velocity_score=[0.0] * n,
        funding_percentile=[0.5] * n,
        crowd_lean_percentile=[0.5, 0.5, 0.01, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
        paid=[0.0, 0, 0, 0, 0.001, 0, 0, 0, 0, 0],
    )
    made = article_returns(table, hold="2h", fee=0.01)
    up = np.log(1.1)

    np.testing.assert_allclose(made, [0, 0, 0, up - 0.01, up - 0.001, -0.01, 0, 0, 0, 0], atol=1e-12)
    short = article_returns(table, hold="1h", fee=0.0)
    np.testing.assert_allclose(short, [0, 0, 0, up, 0, 0, 0, 0, 0, 0], atol=1e-12)


def test_returns_read_no_later_bar() -> None:
    """Cutting off the future changes nothing that came before."""
    whole = article_returns(article_table(market()))
    early = article_returns(article_table(market().iloc[:6000]))

    pd.testing.assert_series_equal(whole.iloc[:6000], early, check_freq=False)


@pytest.fixture
def scheduler() -> Iterator[str]:
    """A scheduler on this computer, as somebody else would have started it."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address=None,
    ) as cluster:
        yield cluster.scheduler_address


def test_a_cluster_gives_the_same_numbers(scheduler: str) -> None:
    """To the last bit: the same function on the same table."""
    here = sweep(market(), grid=SMALL)
    there = sweep(market(), grid=SMALL, cluster=scheduler)

    pd.testing.assert_frame_equal(here.performance, there.performance, check_exact=True)
    pd.testing.assert_frame_equal(here.table, there.table, check_exact=True)
    assert here.best == there.best
    assert here.deflated == there.deflated


def test_a_fault_on_the_cluster_is_told_here(scheduler: str) -> None:
    """The same error as without it."""
    with pytest.raises(InputError, match="not one number for each bar"):
        sweep(market(), grid={"k": [1, 2]}, returns=_broken, cluster=scheduler)


def _broken(table: pd.DataFrame, *, k: int) -> pd.Series:
    return table["close"] * np.nan


def test_an_address_where_nobody_listens_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to type to have one."""
    distributed = pytest.importorskip("distributed")

    def nobody(*args: object, **more: object) -> None:
        raise OSError("timed out")

    monkeypatch.setattr(distributed, "Client", nobody)
    with pytest.raises(InputError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:1'"):
        sweep(market(), grid=SMALL, cluster="tcp://127.0.0.1:1")


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra has a name."""

    def without(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", without)
    with pytest.raises(MissingExtra, match=r"pip install 'oikit\[cluster\]'"):
        sweep(market(), grid=SMALL, cluster="tcp://127.0.0.1:1")


def test_doing_nothing_never_carries_the_statistics() -> None:
    """If the setting that never acted is best, the least bad of the others is judged."""

    def losing(table: pd.DataFrame, *, size: float) -> pd.Series:
        return size * (noise(table, seed=1) - 0.01)

    found = sweep(market(), grid={"size": [0.0, 1.0]}, returns=losing, prepare=lambda f: f[["close"]])

    assert found.best == {"size": 1.0}
    assert found.sharpe < 0
    assert found.table["sharpe"].iloc[0] == 0.0


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"grid": {}}, "two settings or more"),
        ({"grid": {"hold": ["72h"]}}, "two settings or more"),
        ({"grid": {"hold": "72h"}}, "needs a list of values"),
        ({"grid": {"hold": []}}, "needs a list of values"),
        ({"grid": {"k": [1, 2]}, "returns": _broken}, "not one number for each bar"),
        ({"grid": {"k": [1, 2]}, "returns": lambda t, *, k: t["close"] * 0.0}, "no setting ever acted"),
        ({"groups": 400}, "too few for 400 pieces"),
    ],
)
def test_doors(more: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        sweep(market(), **({"grid": SMALL} | more))  # type: ignore[arg-type]
