"""Suite files that are not plain YAML data are refused in the line where it goes wrong."""

from __future__ import annotations

import pytest

from cli.suite_file import LARGEST, SuiteFileError, read_suite
from cli.yaml_scalars import plain_value
from cli.yaml_tree import TreeError, plain, read_tree

TEST = "  - name: A\n    steps:\n      - goto: /\n"


@pytest.fixture
def refusal(tmp_path):
    def refusal(content: str | bytes) -> str:
        path = tmp_path / "s.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(SuiteFileError) as caught:
            read_suite(path)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return refusal


@pytest.mark.parametrize(
    "tag",
    ["!!python/object:os.system x", "!!python/object/apply:os.system [ls]", "!foo x", "!!str x",
     "!!binary aGk=", "!!set {a}", "!!omap [a: b]", '!!int "5"', "!<tag:x> y"],
)  # fmt: skip
def test_no_tag_is_allowed_wherever_it_stands(refusal, tag):
    assert refusal(f"tests:\n{TEST}name: {tag}\n").startswith("s.yaml:5: the tag ")
    assert "leave it out" in refusal(f"name: S\nvariables:\n  a: {tag}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: S\ntests:\n  - name: \x07\n", r"s.yaml:3: has the control character '\x07'"),
        ("name: S\ntests: " + "[" * 60 + "]" * 60, "s.yaml:2: nested too deeply"),
        ("name: S\ntests:\n" + "- " * 60 + "x", "s.yaml:3: nested too deeply"),
        ("name: S\ntests: " + "{a: " * 60 + "x" + "}" * 60, "s.yaml:2: nested too deeply"),
        (f"name: S\ntests:\n{TEST}    priority: {'9' * 5000}\n", "s.yaml:6: a number of 5,000"),
        ("name: S\n---\nname: T\n", "s.yaml:3: a second document begins"),
        ("%YAML 1.1\n---\nname: S\n", "s.yaml:2: another version of YAML"),
        ("name: S\ntests: *nothing\n", "s.yaml:2: *nothing stands for nothing before it"),
        ("name: S\ntests: &a [*a]\n", "s.yaml:2: *a stands for nothing before it"),
        ("name: S\ntests: &a {b: *a}\n", "s.yaml:2: *a stands for nothing before it"),
        ("name: S\n? [a, b]\n: x\n", "s.yaml:2: a field's name is plain text"),
        ("name: S\n<<: 5\n", "s.yaml:2: `<<` takes an alias of a mapping"),
        ("name: Shop: the test\n", "s.yaml:1: mapping values are not allowed here; text with a"),
        (f"name: S\ntests:\n{TEST}    retries: 1\n    retries: 2\n",
         's.yaml:7: found duplicate key "retries"; a key stands once'),
        ("# nothing\n", "s.yaml:1: a suite begins with"),
        ("just words\n", "s.yaml:1: a suite begins with"),
    ],
)  # fmt: skip
def test_what_is_not_plain_data_is_refused_in_its_line(refusal, text, said):
    message = refusal(text)
    assert message.startswith(said)
    assert len(message.splitlines()) == 1


def test_bytes_that_are_no_text_are_named_with_their_line(refusal):
    assert refusal(b"name: S\ntests: \xff\n") == "s.yaml:2: not UTF-8 text (byte 15)"


def test_a_file_that_is_too_large_is_not_read_to_its_end(refusal):
    assert "larger than 5,000,000 bytes; split the suite" in refusal(b"#" * (LARGEST + 1))


def test_a_folder_is_no_suite(tmp_path):
    with pytest.raises(SuiteFileError, match="cannot be read: Is a directory"):
        read_suite(tmp_path)


def test_merges_that_explode_are_refused():
    wide = ", ".join(f"k{n}: 1" for n in range(1_000))
    merges = "\n".join(f"m{n}: {{<<: [{', '.join(['*a'] * 50)}]}}" for n in range(10))
    with pytest.raises(TreeError, match="aliases amount to more than 200,000"):
        read_tree(f"a: &a {{{wide}}}\n{merges}\n")


def test_a_merge_fills_in_and_what_is_said_wins():
    tree = plain(read_tree("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\n"))
    assert tree["c"] == {"x": 3, "y": 1, "z": 2}


def test_a_quoted_merge_is_a_name_like_any_other():
    assert plain(read_tree("'<<': {a: 1}\n")) == {"<<": {"a": 1}}


def test_names_are_text_as_they_are_written():
    assert plain(read_tree("{1: a, yes: b, 2020-01-01: c, '': d}")) == {
        "1": "a", "yes": "b", "2020-01-01": "c", "": "d",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("~", None), ("null", None), ("true", True), ("False", False), ("yes", "yes"),
     ("on", "on"), ("7", 7), ("-7", -7), ("007", 7), ("0o17", 15), ("0xff", 255),
     ("1_000", "1_000"), ("1.5", 1.5), ("1e3", 1000.0), (".5", 0.5), ("-.inf", float("-inf")),
     ("2020-01-01", "2020-01-01"), ("2001-12-14T21:59:43Z", "2001-12-14T21:59:43Z"),
     ("12:30", "12:30"), ("0x", "0x"), ("\u0661", "\u0661")],
)  # fmt: skip
def test_an_unquoted_word_is_what_yaml_1_2_says(text, value):
    assert plain_value(text) == value
    assert type(plain_value(text)) is type(value)


def test_quotes_make_everything_text():
    tree = plain(read_tree('["5", \'true\', "null"]'))
    assert tree == ["5", "true", "null"]


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_bytes(f"\ufeffname: S\ntests:\n{TEST}".replace("\n", "\r\n").encode())
    assert read_suite(path).definitions()[0].name == "A"
