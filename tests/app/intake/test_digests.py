"""Digests of rows: equal for what says the same, wherever it stands; different for what does not."""

import subprocess
import sys
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.intake.digests import digester, mixed

FIELDS = ("name", "id_number", "amount")
cells = st.one_of(
    st.none(), st.text(max_size=12), st.floats(allow_nan=False), st.integers(), st.dates(), st.booleans()
)
rows = st.tuples(cells, cells, cells)


@given(rows, rows)
def test_equal_rows_and_others(one: tuple[object, ...], other: tuple[object, ...]) -> None:
    digest = digester(FIELDS)
    assert -(1 << 63) <= digest(one) < 1 << 63
    assert (digest(one) == digest(other)) == (repr(one) == repr(other))


@given(rows)
def test_the_order_of_the_columns_and_the_serial_say_nothing(row: tuple[object, ...]) -> None:
    plain = digester(FIELDS)(row)
    name, id_number, amount = row
    assert digester(("amount", "serial", "name", "id_number"))((amount, 7.0, name, id_number)) == plain
    assert digester(("amount", "phone", "id_number"))((amount, name, id_number)) != plain


def test_what_decides_the_meaning_counts() -> None:
    row = ("张三", "1", 2.5)
    assert digester(FIELDS, "元")(row) != digester(FIELDS, "万元")(row)
    own = digester(FIELDS)(row)
    assert len({own, mixed(own, 1), mixed(own, 2), mixed(own, 1, 2), mixed(own, 2, 1)}) == 5
    assert all(-(1 << 63) <= mixed(own, number) < 1 << 63 for number in range(100))


def test_a_row_without_fields_has_a_digest() -> None:
    assert digester(("serial",))((1.0,)) == 0
    assert isinstance(digester(("name",))(("张三",)), int)


def test_another_process_makes_the_same() -> None:
    row = ("张三", "330624195703145103", 2.5, None, date(2024, 1, 2))
    fields = ("name", "id_number", "amount", "remark", "birth")
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "from datetime import date; from app.intake.digests import digester;"
            f"print(digester({fields!r})(('张三', '330624195703145103', 2.5, None, date(2024, 1, 2))),"
            f" digester({fields[:4]!r})(('张三', '330624195703145103', 2.5, None)))",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert [int(number) for number in said] == [digester(fields)(row), digester(fields[:4])(row[:4])]
