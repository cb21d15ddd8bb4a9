"""A PDF whose font draws radicals and characters alike is read as the characters."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.ui.printing.reading import text_of_pdf
from tests.ui.printing.sheet_models import model, row
from ui.printing.frame import Foot
from ui.printing.pdf import pdf_bytes
from ui.printing.sheets.painting import sheet_document
from ui.printing.unicode_maps import with_plain_characters

pytestmark = pytest.mark.usefixtures("qapp")

RADICALS = {"石": "⽯", "门": "⻔", "金": "⾦", "长": "⻓", "人": "⼈"}


def spoiled() -> bytes:
    """A PDF as Qt writes it with such a font: some of its characters are named as radicals."""
    body = pdf_bytes(sheet_document([model([[row(1, 1, "金石长门人")]])], foot=Foot("打印")))
    for sign, radical in RADICALS.items():
        body = body.replace(b"<%04X>" % ord(sign), b"<%04X>" % ord(radical))
    return body


def test_radicals_become_characters_and_the_file_stays_whole(tmp_path: Path) -> None:
    wrong = spoiled()
    assert "⾦⽯⻓⻔⼈" in text_of_pdf(wrong)
    mended = with_plain_characters(wrong)
    text = text_of_pdf(mended)
    assert "金石长门人" in text
    assert not [radical for radical in RADICALS.values() if radical in text]
    path = tmp_path / "mended.pdf"
    path.write_bytes(mended)
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True)
    assert not told.stderr  # a table of objects that does not fit is complained of


def test_a_run_of_radicals_is_written_out() -> None:
    """⽴⽵⽶ follow each other, 立竹米 do not: the range must become a list, and everything behind it moves."""
    body = b"%PDF-1.4\n1 0 obj\n<< /Length 150 >>\nstream\n/CIDInit x\n1 beginbfrange\n<0001> <0003> <2F74>\nendbfrange\nend\nendstream\nendobj\n2 0 obj\n[]\nendobj\n"
    table = len(body)
    second = body.index(b"2 0 obj")
    body += b"xref\n0 3\n0000000000 65535 f \n%010d 00000 n \n%010d 00000 n \ntrailer\nstartxref\n%d\n%%%%EOF\n" % (9, second, table)  # fmt: skip
    mended = with_plain_characters(body)
    assert b"3 beginbfchar\n<0001> <7ACB>\n<0002> <7AF9>\n<0003> <7C73>\nendbfchar" in mended
    offsets = [int(found) for found in re.findall(rb"(\d{10}) 00000 n", mended)]
    assert mended[offsets[0] :].startswith(b"1 0 obj")
    assert mended[offsets[1] :].startswith(b"2 0 obj")
    assert mended[int(re.findall(rb"startxref\n(\d+)", mended)[0]) :].startswith(b"xref")
    length = int(re.findall(rb"/Length (\d+)", mended)[0])
    assert length == len(mended.split(b"stream\n", 1)[1].split(b"\nendstream")[0])


def test_a_plain_file_is_left_alone() -> None:
    body = pdf_bytes(sheet_document([model([[row(1, 1)]])], foot=Foot("打印")))
    assert with_plain_characters(body) is body


def font_of(number: int, ranges: bytes, glyphs: int) -> bytes:
    """A map as Qt writes it, and behind it a bit for each glyph of its font."""
    text = b"/CIDInit x\n1 beginbfrange\n%sendbfrange\nendcmap" % ranges
    bits = ((1 << glyphs) - 1 << (-glyphs % 8)).to_bytes(-(-glyphs // 8), "big")
    return (
        b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n%d 0 obj\n<<\n/Length %d\n>>\nstream\n%s\nendstream\nendobj\n"
        % (number, len(text), text, number + 1, len(bits), bits)
    )


def file_of(*fonts: bytes) -> bytes:
    body = b"%PDF-1.4\n" + b"".join(fonts)
    return body + b"xref\n0 1\n0000000000 65535 f \ntrailer\nstartxref\n%d\n%%%%EOF\n" % len(body)


FIRST = font_of(1, b"<0000> <0000> <0000>\n<0001> <0001> <738B>\n<0003> <0003> <5F20>\n", 5)
"""Five glyphs, of which the second and the last have no name."""


def test_rare_names_are_given_to_the_glyphs_without_one() -> None:
    mended = with_plain_characters(file_of(FIRST), ("𠮷", "𬭩"))
    for line in (b"<0001> <738B>", b"<0002> <D842DFB7>", b"<0003> <5F20>", b"<0004> <D872DF69>"):
        assert line in mended


@pytest.mark.parametrize(
    ("fonts", "rare"),
    [((FIRST,), ("𠮷",)), ((FIRST,), ("𠮷", "𬭩", "𫖯")), ((FIRST, FIRST.replace(b"1 0 obj", b"3 0 obj")), ("𠮷", "𬭩"))],
    ids=["too few", "too many", "two fonts"],
)  # fmt: skip
def test_nothing_is_guessed(fonts: tuple[bytes, ...], rare: tuple[str, ...]) -> None:
    body = file_of(*fonts)
    assert with_plain_characters(body, rare) == body


def test_a_long_map_is_written_in_blocks_of_a_hundred() -> None:
    ranges = b"".join(b"<%04X> <%04X> <%04X>\n" % (glyph, glyph, 0x4E00 + glyph) for glyph in range(1, 250))
    mended = with_plain_characters(file_of(font_of(1, ranges, 251)), ("𠮷",))
    assert re.findall(rb"(\d+) beginbfchar", mended) == [b"100", b"100", b"50"]
    assert mended.count(b"endbfchar") == 3
