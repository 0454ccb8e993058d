"""The page about speed and its plots show the results that are stored."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks import plots, report

RESULTS = json.loads(report.RESULTS.read_text(encoding="utf-8"))["medians"]
DRAW_AGAIN = "write them again: python benchmarks/run.py --redraw"


def test_the_table_on_the_page_has_the_stored_results() -> None:
    assert report.table(RESULTS) in report.PAGE.read_text(encoding="utf-8"), DRAW_AGAIN


@pytest.mark.parametrize("name", sorted(plots.PLOTS))
def test_a_plot_shows_the_stored_results(name: str) -> None:
    plot = (plots.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert f'data-source="{plots.digest_of(RESULTS)}"' in plot, DRAW_AGAIN


def test_plots_are_drawn_from_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(plots, "FOLDER", tmp_path)
    twice_as_slow = {
        "autogen-classic": {
            key: value * (2 if key == "turn" else 1) for key, value in RESULTS["autogen-classic"].items()
        }
    }
    files = plots.draw_all({**RESULTS, **twice_as_slow})
    assert {file.stem for file in files} == set(plots.PLOTS)
    ratio = RESULTS["AutoGen 0.2.40"]["turn"] / RESULTS["autogen-classic"]["turn"] / 2
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not re.findall(r"#[0-9a-f]{6}", text), "colours are those of the theme"
        assert "http" not in text.replace("http://www.w3.org/", ""), "nothing comes from elsewhere"
    assert f"a turn of two agents: {ratio:.2g} times as fast" in (tmp_path / "speed-ratios.svg").read_text("utf-8")


def test_a_run_writes_results_page_and_plots_in_one_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    page = tmp_path / "speed.md"
    page.write_text(f"# Speed\n\n{report.BEGIN}\n\nold\n\n{report.END}\n\nThe end.\n", encoding="utf-8")
    monkeypatch.setattr(report, "PAGE", page)
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(plots, "FOLDER", tmp_path)
    stored = json.loads((plots.ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    measured = {"date": "2030-01-02", "rounds": 5, "machine": stored["machine"], "versions": stored["versions"]}
    written = report.save(RESULTS, stored["samples"], measured)
    assert {path.name for path in written} == {"results.json", "speed.md", *(f"{name}.svg" for name in plots.PLOTS)}
    text = page.read_text(encoding="utf-8")
    assert "Measured on 2030-01-02, 5 rounds, on" in text
    assert report.table(RESULTS) in text
    assert "old" not in text
    assert text.endswith("The end.\n")


def test_the_same_results_give_the_same_drawings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(plots, "FOLDER", tmp_path)
    first = [file.read_bytes() for file in plots.draw_all(RESULTS)]
    assert [file.read_bytes() for file in plots.draw_all(RESULTS)] == first
