"""Paper: what is laid out once looks the same in the preview, on every printer and as a PDF.

A screen makes a `Document` (`sheet_document` of sheet models, or one of `ui.printing.forms`) and asks for a `preview`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from models.domain.permission import Permission
from ui.printing.paper import Document
from ui.printing.trail import Trail

if TYPE_CHECKING:
    from ui.office import Office
    from ui.printing.preview_window import Preview


def preview(
    documents: Document | Sequence[Document], parent: QWidget | None = None, *, office: "Office | None" = None
) -> "Preview":
    """Show a document as it will be printed; several are the same one on papers to choose from.

    At an office's desk what goes out is written into its trail, and a PDF asks the right to export. The caller keeps what
    is given back as long as it is open.
    """
    from ui.printing.preview_window import Preview  # brings Qt's printing along, which most starts never need

    several = [documents] if isinstance(documents, Document) else list(documents)
    dialog = Preview(
        several,
        parent,
        trail=None if office is None else Trail(office),
        may_export=office is None or office.may(Permission.EXPORT),
    )
    dialog.open()
    return dialog
