"""A file is written whole or not at all, and never over what was handed in."""

import errno
import os
from pathlib import Path

import pytest

from app.workbook.safe_file import WouldOverwriteInput, refuse_overwriting, replacing
from models.store.durable import CannotWrite, DiskFull


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "月报.xlsx"
    target.write_text("旧", encoding="utf-8")
    with replacing(target) as part:
        part.write_text("新", encoding="utf-8")
        assert target.read_text(encoding="utf-8") == "旧"
    assert target.read_text(encoding="utf-8") == "新"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError])
def test_a_failure_keeps_the_old_file_and_leaves_no_part(tmp_path: Path, fault: type[BaseException]) -> None:
    target = tmp_path / "月报.xlsx"
    target.write_text("旧", encoding="utf-8")
    with pytest.raises(fault), replacing(target) as part:
        part.write_text("半", encoding="utf-8")
        raise fault
    assert target.read_text(encoding="utf-8") == "旧"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, DiskFull), (errno.EACCES, CannotWrite), (errno.EBUSY, CannotWrite)],
)
def test_a_fault_of_the_disk_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, sentence: type[Exception]
) -> None:
    def failing(*_: object) -> None:
        raise OSError(number, "x")

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(sentence, match="“月报"), replacing(tmp_path / "月报.xlsx") as part:
        part.write_text("半", encoding="utf-8")
    assert list(tmp_path.iterdir()) == []


def test_what_was_handed_in_is_never_written_over(tmp_path: Path) -> None:
    handed_in = tmp_path / "花名册.xlsx"
    handed_in.write_text("原件", encoding="utf-8")
    other_name = tmp_path / "别名.xlsx"
    other_name.hardlink_to(handed_in)
    for target in (handed_in, tmp_path / "x" / ".." / "花名册.xlsx", other_name):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(WouldOverwriteInput, match="原件"), replacing(target, [handed_in]) as part:
            part.write_text("新", encoding="utf-8")
    assert handed_in.read_text(encoding="utf-8") == "原件"
    refuse_overwriting(tmp_path / "新.xlsx", [handed_in])
