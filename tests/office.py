"""LibreOffice as the second opinion on the workbooks we write: what it recalculates must be what we stored."""

import os
import shutil
import subprocess
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook


def converted(path: Path, kind: str, folder: Path) -> Path:
    """The file as LibreOffice writes it again in `folder`; `kind` is its --convert-to."""
    soffice = shutil.which("soffice")
    assert soffice, "no LibreOffice: run ./setup.sh"
    home = path.parent / "soffice-home"
    subprocess.run(
        [soffice, f"-env:UserInstallation={home.as_uri()}", "--headless", "--convert-to", kind, "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=180, env={**os.environ, "HOME": str(path.parent)},
    )  # fmt: skip
    return folder / path.with_suffix(f".{kind.split(':', 1)[0]}").name


def recalculated(path: Path) -> Workbook:
    """The workbook after LibreOffice has opened it, computed every formula anew and written it, by its values."""
    # a formula without a stored value must be computed: nothing of ours can be carried through by accident
    bare = path.with_name("bare.xlsx")
    openpyxl.load_workbook(path).save(bare)
    return openpyxl.load_workbook(
        converted(bare, "xlsx:Calc MS Excel 2007 XML", path.parent / "again"), data_only=True
    )
