"""What tested pages and servers say cannot steer a terminal, in whatever form it is printed."""

from __future__ import annotations

import json

from cli.shown import say_json

HOSTILE = "\x1b[2J\x9b31m\u202eab\u2028\U000e0041\ud800[bold]\x07"


def test_json_is_the_same_and_holds_nothing_that_a_terminal_acts_on(capsys):
    say_json({"name": HOSTILE, "plain": "äöü 𝄞 ✓"})
    said = capsys.readouterr().out
    assert json.loads(said) == {"name": HOSTILE, "plain": "äöü 𝄞 ✓"}
    assert all(character.isprintable() or character == "\n" for character in said)
    assert "äöü 𝄞 ✓" in said
