"""Lines of a file of any length."""

from pathlib import Path

import pytest

from encaisse.connectors.encoding import BLOCK_BYTES
from encaisse.connectors.lines import MAX_LINE, LineBlocks


def lines_of(blocks: LineBlocks) -> list[tuple[int, str]]:
    return [(first + rank, text) for first, texts in blocks for rank, text in enumerate(texts)]


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r\r\n", "\r"])
def test_every_line_end_counts_once(tmp_path: Path, eol):
    path = tmp_path / "lines.txt"
    path.write_bytes(eol.join(["un", "", "trois", ""]).encode())

    assert lines_of(LineBlocks(path, encoding="utf-8")) == [(1, "un"), (2, ""), (3, "trois")]


@pytest.mark.parametrize("eol", ["\r\n", "\r\r\n", "\r"])
@pytest.mark.parametrize("shift", range(4))
def test_a_line_end_across_two_blocks_counts_once(tmp_path: Path, eol, shift):
    path = tmp_path / "lines.txt"
    long = "x" * (BLOCK_BYTES - shift)
    path.write_bytes(eol.join([long, "deux", "trois"]).encode())

    numbers = [(number, text[:5]) for number, text in lines_of(LineBlocks(path, encoding="utf-8"))]

    assert numbers == [(1, "xxxxx"), (2, "deux"), (3, "trois")]


@pytest.mark.parametrize("eol", ["\n", ""])
def test_a_line_past_the_limit_is_told_and_left_empty(tmp_path: Path, eol):
    path = tmp_path / "lines.txt"
    path.write_bytes(b"un\n" + b"x" * (MAX_LINE * 5 // 2) + eol.encode())

    blocks = LineBlocks(path, encoding="utf-8")

    assert lines_of(blocks) == [(1, "un"), (2, "")]
    assert blocks.overlong == [2]


def test_lines_after_a_long_one_keep_their_numbers(tmp_path: Path):
    path = tmp_path / "lines.txt"
    path.write_bytes(b"x" * (MAX_LINE * 2) + b"\ndeux\ntrois\n")

    blocks = LineBlocks(path, encoding="utf-8")

    assert lines_of(blocks) == [(1, ""), (2, "deux"), (3, "trois")]
    assert blocks.overlong == [1]


@pytest.mark.parametrize(("content", "expected"), [(b"un\ndeux", 2), (b"un\ndeux\n", None)])
def test_a_last_line_without_an_end_is_told(tmp_path: Path, content, expected):
    path = tmp_path / "lines.txt"
    path.write_bytes(content)

    blocks = LineBlocks(path, encoding="utf-8")
    lines_of(blocks)

    assert blocks.unterminated == expected


def test_progress_goes_from_block_to_block_up_to_the_size(tmp_path: Path):
    path = tmp_path / "lines.txt"
    path.write_bytes(b"ligne\n" * 400_000)
    seen: list[tuple[int, int]] = []

    lines_of(LineBlocks(path, encoding="utf-8", on_progress=lambda *step: seen.append(step)))

    assert seen[0] == (BLOCK_BYTES, 2_400_000)
    assert seen[-1] == (2_400_000, 2_400_000)


def test_null_characters_are_dropped(tmp_path: Path):
    path = tmp_path / "lines.txt"
    path.write_bytes(b"un\x00deux\n")

    assert lines_of(LineBlocks(path, encoding="utf-8")) == [(1, "undeux")]
