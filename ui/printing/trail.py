"""That something went to paper or into a PDF is written into the office's trail, by the lane as every act is."""

from typing import TYPE_CHECKING

from app.access.use_cases import log_export, log_print

if TYPE_CHECKING:
    from ui.office import Office


class Trail:
    """Writes for the operator at one office's desk."""

    def __init__(self, office: "Office") -> None:
        self._office = office

    def printed(self, what: str, rows: int) -> None:
        """Something was sent to a printer."""
        self._office.act("记下打印", lambda desk: log_print(desk, what=what, rows=rows))

    def saved(self, what: str, rows: int) -> None:
        """Something was saved as a PDF."""
        self._office.act("记下导出", lambda desk: log_export(desk, what=what, rows=rows))
