"""Texts for display: hostile ones as text, times and numbers as people say them."""

from __future__ import annotations

import pytest

from api.console import wording
from api.console.charts import charts
from api.console.hostile import plain, shown, visible
from api.console.last_hour import Minute


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain, naïve, 漢字, 👩\u200d🔬", "plain, naïve, 漢字, 👩\u200d🔬"),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("a\u202eb\u2066c\u200fd", "a⟨U+202E⟩b⟨U+2066⟩c⟨U+200F⟩d"),
        ("nul\x00 del\x7f c1\x9b bom\ufeff", "nul␀ del␡ c1⟨U+009B⟩ bom⟨U+FEFF⟩"),
        ("half \ud800", "half ⟨U+D800⟩"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("tag \U000e0041", "tag ⟨U+E0041⟩"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_what_it_is(text, seen):
    assert visible(text) == seen


def test_html_is_escaped_and_each_text_is_isolated():
    assert str(shown("<b>&'\"")) == "<bdi>&lt;b&gt;&amp;&#39;&#34;</bdi>"


def test_a_long_text_is_cut_and_says_how_much_there_is():
    cut = str(shown("x" * 1_000_000, 100))
    assert len(cut) < 250
    assert "999,900 more characters" in cut
    assert plain("y" * 200, 10) == "y" * 9 + "…"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.042, "0.04 s"),
        (9.876, "9.88 s"),
        (12.34, "12.3 s"),
        (125, "2 min 5 s"),
        (3_600, "1 h"),
        (90_061, "1 d 1 h"),
        (None, ""),
    ],
)
def test_durations_are_as_exact_as_they_are_long(seconds, said):
    assert wording.duration(seconds) == said


def test_charts_say_what_they_show():
    minutes = [Minute() for _ in range(58)] + [Minute(4, 3, 1, 4, 8.0), Minute(2, 1, 0, 2, 1.0)]
    finished, waited, passed = charts(minutes)
    assert (finished.figure, waited.figure, passed.figure) == ("6", "1.50 s", "80 %")
    assert finished.said == "6 runs finished in the last hour, at most 4 in a minute"
    assert finished.shapes[0].path.startswith("M58 24v-18h")


def test_an_hour_in_which_nothing_happened_has_charts_too():
    finished, waited, passed = charts([Minute() for _ in range(60)])
    assert (finished.figure, waited.figure, passed.figure) == ("0", "—", "—")
    assert not any(shape.path for chart in (finished, waited, passed) for shape in chart.shapes)
