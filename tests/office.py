"""LibreOffice as the second opinion on the workbooks we write: what it recalculates must be what we stored."""

import os
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

SOFFICE = shutil.which("soffice")


def recalculated(path: Path) -> Workbook:
    """The workbook after LibreOffice has opened it, computed every formula anew and written it, by its values."""
    if SOFFICE is None:
        pytest.skip("LibreOffice is not here; setup.sh installs it")
    home = path.parent / "soffice-home"
    # a formula without a stored value must be computed: nothing of ours can be carried through by accident
    bare = path.with_name("bare.xlsx")
    book = openpyxl.load_workbook(path)
    book.save(bare)
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation={home.as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", str(path.parent / "again"), str(bare)],
        check=True, capture_output=True, timeout=180, env={**os.environ, "HOME": str(path.parent)},
    )  # fmt: skip
    return openpyxl.load_workbook(path.parent / "again" / "bare.xlsx", data_only=True)
