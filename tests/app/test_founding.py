"""What an office may not be founded with, and that nothing of it stays."""

from pathlib import Path

import pytest

from app.registry.villages import VillageNameMissing
from tests.conftest import found


@pytest.mark.parametrize("name", ["", "　 ", "\u200b"])
def test_a_village_without_a_name_founds_no_office(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "office"
    with pytest.raises(VillageNameMissing, match="名称是空的"):
        found(folder, ("上溪村", name))
    assert not (folder / "office.db").exists()
    assert found(folder, ("上溪村",)).store.rows("SELECT name FROM village") == [("上溪村",)]
