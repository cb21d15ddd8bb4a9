"""A printed document as a reader of its PDF sees it."""

import subprocess
import tempfile
from pathlib import Path

from ui.printing.paper import Document
from ui.printing.pdf import pdf_bytes


def text_of(document: Document) -> str:
    """The text of all pages, as pdftotext lays it out."""
    return text_of_pdf(pdf_bytes(document))


def text_of_pdf(body: bytes) -> str:
    """The text of a PDF, page breaks as form feeds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "printed.pdf"
        path.write_bytes(body)
        return subprocess.run(
            ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
        ).stdout


def pages_of(document: Document) -> list[str]:
    """The text page by page."""
    return text_of(document).split("\f")[:-1]
