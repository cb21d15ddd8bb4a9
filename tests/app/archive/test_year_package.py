"""年度封存: a package that needs no program, verified by a bare Python; a flipped byte, a missing, an added file, a changed list are found."""

import random
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from cryptography.hazmat.primitives import hashes

from app.archive.shelves.queries import volumes
from app.archive.shelves.use_cases import bind_volume, bind_year, file_paper, make_volume, set_codes
from app.archive.use_cases import archive_batch, make_dossier
from app.archive.yearly.checks import check_sheet, check_year
from app.archive.yearly.formats import look_into
from app.archive.yearly.packing import LIST, PlaceTaken, _checker
from app.archive.yearly.queries import package_cover, packages, verify_package
from app.archive.yearly.use_cases import ChecksFailed, YearNotClosed, make_year_package
from app.desk import Desk
from app.doctor import check_up
from app.reports.use_cases import submit_report
from app.yearend.use_cases import close_year
from models.store.durable import CannotRead
from models.store.files import FileDamaged
from tests.app.ledger.lived import Lived, live
from tests.faults import Broken, contents, failing_statement
from tests.office import recalculated

CLOSED_ON = "2025-01-10"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n"


def ready(admin: Desk, folder: Path) -> Lived:
    """A year that was lived, archived, bound and closed."""
    lived = live(admin, folder)
    july = lived.month.later(lived.month.clerk, "2024-07-02")
    set_codes(july, fonds="Z109")
    for batch in (lived.first, lived.again):
        make_dossier(july, batch_id=batch)
        archive_batch(july, batch_id=batch)
    submit_report(july, month="2024-06")
    scan = folder / "通知：关于“补贴”的.pdf"
    scan.write_bytes(PDF)
    done = file_paper(
        july,
        path=scan,
        class_code="WS",
        title="关于补贴资金的通知",
        dated=july.today,
        responsible="云溪镇人民政府",
        document="云政〔2024〕5号",
    )
    make_volume(july, class_code="WS", year=2024, title="往来文件", filings=[int(str(done.answer["filing"]))])
    january = lived.month.later(lived.month.clerk, CLOSED_ON)
    bind_year(january, year=2024)
    for one in volumes(january.store, 2024):
        bind_volume(january, volume=one.code)
    close_year(january, year=2024)
    return lived


@pytest.fixture
def lived(admin: Desk, tmp_path: Path) -> Lived:
    return ready(admin, tmp_path / "lived_in")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    (tmp_path / "lived_in").mkdir()


def clerk(lived: Lived) -> Desk:
    return lived.month.later(lived.month.clerk, CLOSED_ON)


def bare(package: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The package's own verifier in a Python that knows nothing of us: isolated, elsewhere, no environment."""
    script = package / "verify.py" if package.is_dir() else package.parent / "taken_out.py"
    if not package.is_dir():
        script.write_bytes(zipfile.ZipFile(package).read("verify.py"))
    return subprocess.run(
        [sys.executable, "-I", "-S", str(script), *([] if package.is_dir() else [str(package)]), *more],
        cwd="/", env={"PYTHONIOENCODING": "utf-8"}, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_all_four_checks_pass_and_a_bare_python_verifies_the_folder(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    items = check_year(desk.store, 2024)
    assert [(one.name, one.words) for one in items if not one.passed] == []
    assert {one.quality for one in items} == {"真实性", "完整性", "可用性", "安全性"}
    assert all(one.looked_at for one in items)
    out = tmp_path / "2024 年度档案"
    answer = make_year_package(desk, year=2024, path=out).answer
    done = bare(out)
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(answer["head"]) in done.stdout
    assert f"{int(str(answer['files'])) - 1} 个文件" in done.stdout
    assert bare(out, "--head", str(answer["head_shown"])).returncode == 0
    names = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert len(names) == answer["files"]
    assert {
        "index.html",
        "元数据.xml",
        "verify.py",
        "四性检测结果.xlsx",
        "账簿/年终结账.xlsx",
        "登记/保管清册.xlsx",
        LIST,
    } <= names
    assert any(name.startswith("月报/2024-06-") for name in names)
    assert "案卷/Z109-KU·2024-D30-WS-0001/001-通知：关于“补贴”的.pdf" in names
    assert (out / "案卷/Z109-KU·2024-D30-WS-0001/001-通知：关于“补贴”的.pdf").read_bytes() == PDF
    (kept,) = packages(desk.store, 2024)
    assert (kept.head, kept.files, kept.size) == (
        answer["head"], answer["files"], sum(path.stat().st_size for path in out.rglob("*") if path.is_file()),
    )  # fmt: skip
    found = verify_package(out, store=desk.store)
    assert found.known == kept
    assert found.bad == ()
    assert ("校验头", kept.head_shown) in list(package_cover(desk.store, kept, "").rows)
    assert check_up(desk.store) == []


def test_the_index_and_the_metadata_say_what_is_there(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    out = tmp_path / "包.zip"
    make_year_package(desk, year=2024, path=out)
    with zipfile.ZipFile(out) as package:
        index = package.read("index.html").decode()
        names = set(package.namelist())
        root = ElementTree.fromstring(package.read("元数据.xml"))  # noqa: S314  # our own
    for word in (
        "云溪镇财政所",
        "2024",
        "四性检测",
        "往来文件",
        "高龄津贴",
        "云政〔2024〕5号",
        "校验说明.txt",
    ):
        assert word in index, word
    assert "<script" not in index
    entities = root.findall(".//文件实体")
    assert len(entities) == desk.store.value("SELECT count(*) FROM filing")
    for one in entities:
        name = one.findtext("电子属性/计算机文件名") or ""
        assert name in names
        assert one.findtext("内容描述/题名")
        stated = one.findtext("电子属性/数字摘要值")
        assert desk.store.value("SELECT 1 FROM stored_file WHERE sha256 = ?", (stated,)) == 1
    assert {one.text for one in root.findall(".//案卷/档号信息/档号")} == {
        row[0] for row in desk.store.rows("SELECT code FROM volume")
    }


def test_odd_names_and_titles_come_through(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    july = lived.month.later(lived.month.clerk, "2024-07-02")
    submit_report(july, month="2024-06")
    names = ["a\u2028b  c.txt", "=1+1.txt", "甲" * 60 + ".txt", "A.TXT", "a.txt"]
    for number, name in enumerate(names):
        (tmp_path / name).write_text(f"{number}")
        file_paper(
            july, path=tmp_path / name, class_code="WS", title=f"=题\x0b名<{number}>&", dated=july.today
        )
    desk = lived.month.later(lived.month.clerk, CLOSED_ON)
    close_year(desk, year=2024)
    for out in (tmp_path / "包", tmp_path / "包.zip"):
        make_year_package(desk, year=2024, path=out, anyway=True)
        done = bare(out)
        assert done.returncode == 0, done.stdout
    bodies = sorted(path.read_text() for path in (tmp_path / "包" / "未装卷").iterdir())
    assert bodies == ["0", "1", "2", "3", "4"]
    root = ElementTree.fromstring((tmp_path / "包" / "元数据.xml").read_bytes())  # noqa: S314  # our own
    assert {one.text for one in root.findall(".//内容描述/题名")} == {
        f"=题名<{number}>&" for number in range(5)
    }


@pytest.mark.office
def test_the_workbooks_in_it_say_the_same_in_another_program(lived: Lived, tmp_path: Path) -> None:
    """LibreOffice opens them, computes every formula anew, and finds what is stored."""
    out = tmp_path / "包"
    make_year_package(clerk(lived), year=2024, path=out)
    for name in ("账簿/年终结账.xlsx", "登记/保管清册.xlsx"):
        path = tmp_path / "looked" / Path(name).name
        path.parent.mkdir(exist_ok=True)
        shutil.copy(out / name, path)
        ours, theirs = openpyxl.load_workbook(path, data_only=True), recalculated(path)
        for sheet in ours:
            for row in sheet.iter_rows():
                for cell in row:
                    assert theirs[sheet.title][cell.coordinate].value == cell.value, (
                        name,
                        sheet.title,
                        cell.coordinate,
                    )


def changed_byte(out: Path) -> str:
    victims = sorted(
        path for path in out.rglob("*") if path.is_file() and path.name not in (LIST, "verify.py")
    )
    victim = random.Random(7).choice(victims)
    body = bytearray(victim.read_bytes())
    body[len(body) // 2] ^= 1
    victim.write_bytes(body)
    return victim.name


def removed(out: Path) -> str:
    victim = next(out.rglob("*.pdf"))
    victim.unlink()
    return victim.name


def added(out: Path) -> str:
    (out / "案卷" / "多出来的.txt").write_text("后来放进去的", encoding="utf-8")
    return "多出来的.txt"


def twin(out: Path) -> str:
    """A line of the list that names another file's hash."""
    text = (out / LIST).read_text("utf-8").splitlines()
    lines = [line for line in text if not line.startswith("#")]
    lines[0] = lines[1].rsplit("  ", 1)[0] + "  " + lines[0].rsplit("  ", 1)[1]
    (out / LIST).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return lines[0].rsplit("  ", 1)[1].rsplit("/", 1)[-1]


@pytest.mark.parametrize("tamper", [changed_byte, removed, added, twin])
def test_what_was_done_to_a_package_is_found(
    lived: Lived, tmp_path: Path, tamper: Callable[[Path], str]
) -> None:
    out = tmp_path / "包"
    make_year_package(clerk(lived), year=2024, path=out)
    name = tamper(out)
    done = bare(out)
    assert done.returncode == 1, done.stdout
    assert name in done.stdout
    assert "校验没有通过" in done.stdout
    assert verify_package(out).bad[0].name.endswith(name)


def test_a_list_that_was_made_anew_is_found_by_the_head_on_paper(lived: Lived, tmp_path: Path) -> None:
    """Whoever changes a file and writes the list anew, hashes and all, cannot change the paper."""
    out = tmp_path / "包"
    head = str(make_year_package(clerk(lived), year=2024, path=out).answer["head"])
    victim = next(out.rglob("*.pdf"))
    victim.write_bytes(PDF + b"more")
    digests = _checker().digests(_checker().Folder(out), str(victim.relative_to(out)))
    lines = (out / LIST).read_text("utf-8").splitlines()
    anew = [
        "  ".join((*map(str, digests), line.rsplit("  ", 1)[1])) if line.endswith(victim.name) else line
        for line in lines
    ]
    (out / LIST).write_text("\n".join(anew) + "\n", encoding="utf-8")
    assert bare(out).returncode == 0  # the list alone cannot know
    told = bare(out, "--head", head)
    assert told.returncode == 1
    assert LIST in told.stdout
    found = verify_package(out, store=clerk(lived).store)
    assert found.known is None
    assert "不是本办公点封存的" in found.bad[0].fault


def held(package: Path) -> dict[str, bytes]:
    """Every file of a zip."""
    with zipfile.ZipFile(package) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_a_zip_that_was_cut_or_changed_is_told(lived: Lived, tmp_path: Path) -> None:
    out = tmp_path / "包.zip"
    make_year_package(clerk(lived), year=2024, path=out)
    assert bare(out).returncode == 0
    body, whole = out.read_bytes(), held(out)
    rng = random.Random(11)
    for _ in range(150):
        place = rng.randrange(len(body))
        out.write_bytes(body[:place] + bytes([body[place] ^ 0x10]) + body[place + 1 :])
        found = verify_package(out)
        if not found.bad:  # a time or an attribute of an entry: nothing that was filed
            assert held(out) == whole
    out.write_bytes(body[:-40])
    assert verify_package(out).bad[0].fault in (
        "打不开，不是完整的档案包",
        "缺失",
    )  # a zip within may be found in its stead
    with pytest.raises(CannotRead):
        verify_package(tmp_path / "没有.zip")


def test_an_open_year_or_one_with_faults_is_not_sealed(admin: Desk, tmp_path: Path) -> None:
    lived = live(admin, tmp_path)
    july = lived.month.later(lived.month.clerk, "2024-07-02")
    set_codes(july, fonds="Z109")
    with pytest.raises(YearNotClosed, match="未结账"):
        make_year_package(july, year=2024, path=tmp_path / "包")
    submit_report(july, month="2024-06")
    desk = lived.month.later(lived.month.clerk, CLOSED_ON)
    close_year(desk, year=2024)
    with pytest.raises(ChecksFailed, match="凭证") as refused:
        make_year_package(desk, year=2024, path=tmp_path / "包")
    assert "没有封存" in refused.value.sentence
    failed = {one.name for one in check_year(desk.store, 2024) if not one.passed}
    assert failed == {"凭证号连续，全部组卷", "当年结清的批次都已归档并组卷"}
    answer = make_year_package(desk, year=2024, path=tmp_path / "包", anyway=True).answer
    assert set(answer["checks_failed"]) == failed  # type: ignore[call-overload]
    assert bare(tmp_path / "包").returncode == 0
    sheet = check_sheet("云溪镇财政所", 2024, check_year(desk.store, 2024), "")
    assert [row[4] for row in sheet.rows].count("不通过") == 2


def test_a_file_that_is_not_whole_is_named_by_the_checks_and_never_packed(
    lived: Lived, tmp_path: Path
) -> None:
    desk = clerk(lived)
    sha256 = desk.store.value("SELECT file_sha256 FROM filing WHERE class_code = 'WS'")
    path = desk.store.files.path_of(sha256)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    failed = [one for one in check_year(desk.store, 2024) if not one.passed]
    assert [one.quality for one in failed] == ["真实性"]
    assert "通知：关于“补贴”的.pdf" in failed[0].words
    with pytest.raises(FileDamaged):
        make_year_package(desk, year=2024, path=tmp_path / "包", anyway=True)
    assert not (tmp_path / "包").exists()
    assert not list(tmp_path.glob("*.part"))
    assert packages(desk.store) == []


def test_a_folder_with_something_in_it_is_left_alone(lived: Lived, tmp_path: Path) -> None:
    out = tmp_path / "满"
    out.mkdir()
    (out / "别的.txt").write_text("x")
    with pytest.raises(PlaceTaken, match="满"):
        make_year_package(clerk(lived), year=2024, path=out)
    assert [path.name for path in out.iterdir()] == ["别的.txt"]
    (tmp_path / "空").mkdir()
    make_year_package(clerk(lived), year=2024, path=tmp_path / "空")


def test_sealed_again_it_proves_itself_again(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    one = make_year_package(desk, year=2024, path=tmp_path / "一").answer["head"]
    shutil.move(tmp_path / "一", tmp_path / "搬走")
    two = make_year_package(desk, year=2024, path=tmp_path / "二").answer["head"]
    assert {row.head for row in packages(desk.store, 2024)} == {one, two}
    assert verify_package(tmp_path / "搬走", str(one), desk.store).bad == ()


def test_a_fault_while_it_is_written_down_leaves_no_record(lived: Lived, tmp_path: Path) -> None:
    desk = clerk(lived)
    with failing_statement(desk.store, 10**6) as statements:
        make_year_package(desk, year=2024, path=tmp_path / "一")
    writes = [nth for nth, sql in enumerate(statements, 1) if sql.startswith(("INSERT", "UPDATE", "COMMIT"))]
    assert len(writes) > 3
    before = contents(desk.store)
    for nth in writes:
        with failing_statement(desk.store, nth), pytest.raises(Broken):
            make_year_package(desk, year=2024, path=tmp_path / f"包 {nth}")
        assert contents(desk.store) == before
        left = tmp_path / f"包 {nth}"
        # what was written before the fault is no package of this office
        assert not left.exists() or verify_package(left, store=desk.store).known is None


@pytest.mark.parametrize(
    ("name", "body", "unusable", "unsafe"),
    [
        ("a.pdf", PDF, "", ""),
        ("a.pdf", PDF[:-8], "不完整", ""),
        ("a.pdf", PDF.replace(b"<<>>", b"<</OpenAction<</JavaScript(x)>>>>"), "", "会运行"),
        ("a.pdf", PDF.replace(b"<<>>", b"<</Encrypt 1>>"), "有密码", ""),
        ("a.pdf", PDF.replace(b"<<>>", b"<</Length 9>>\nstream\n\xff\x00/JS /Encrypt \x01\nendstream"), "", ""),
        ("a.pdf", PDF.replace(b"<<>>", b"<</Type/ObjStm>>\nstream\n" + zlib.compress(b"<</S/JavaScript>>") + b"\nendstream"), "", "会运行"),
        ("a.pdf", PDF.replace(b"<<>>", b"<</Type/ObjStm>>\nstream\nx\x9c\xff\xff\xff\nendstream"), "不完整", ""),
        ("a.pdf", b"hello", "不是“.pdf”", ""),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"0" * 20, "", ""),
        ("a.jpg", PDF, "不是“.jpg”", ""),
        ("a.exe", b"MZ" + b"\0" * 50, "", "可以运行"),
        ("照片.png", b"MZ" + b"\0" * 50, "", "可以运行"),
        ("a.csv", "姓名,金额\n".encode("gb18030"), "", ""),
        ("a.csv", b"\0\1\2\xff", "认不出", ""),
        ("a.dwg", b"AC1015", "“.dwg”不是长期保存", ""),
        ("没有扩展名", b"x", "没有扩展名", ""),
    ],
)  # fmt: skip
def test_files_are_looked_into(name: str, body: bytes, unusable: str, unsafe: str) -> None:
    found = look_into(name, body)
    assert unusable in found.unusable
    assert bool(found.unusable) == bool(unusable)
    assert unsafe in found.unsafe
    assert bool(found.unsafe) == bool(unsafe)


@pytest.mark.parametrize(
    ("members", "name", "unusable", "unsafe"),
    [
        ({"[Content_Types].xml": b"x", "xl/workbook.xml": b"x"}, "a.xlsx", "", ""),
        ({"[Content_Types].xml": b"x", "xl/vbaProject.bin": b"x"}, "a.xlsx", "", "宏"),
        ({"[Content_Types].xml": b"x", "word/document.xml": b"x"}, "a.xlsx", "不是", ""),
        ({"OFD.xml": b"x"}, "a.ofd", "", ""),
        ({"b.txt": b"x"}, "a.zip", "", ""),
        ({"b.txt": b"x"}, "a.ofd", "不是", ""),
    ],
)
def test_packed_files_are_looked_into(
    tmp_path: Path, members: dict[str, bytes], name: str, unusable: str, unsafe: str
) -> None:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as package:
        for member, body in members.items():
            package.writestr(member, body)
    found = look_into(name, path.read_bytes())
    assert (unusable in found.unusable, bool(found.unusable)) == (True, bool(unusable))
    assert (unsafe in found.unsafe, bool(found.unsafe)) == (True, bool(unsafe))


def test_the_verifiers_own_sm3_is_the_standard_one() -> None:
    """Where OpenSSL has no SM3 the verifier computes it itself."""
    plain = _checker().Sm3
    rng = random.Random(3)
    for size in (0, 1, 3, 55, 56, 63, 64, 65, 127, 1000):
        body = rng.randbytes(size)
        mine = plain()
        mine.update(body[: size // 3])
        mine.update(body[size // 3 :])
        theirs = hashes.Hash(hashes.SM3())
        theirs.update(body)
        assert mine.hexdigest() == theirs.finalize().hex(), size
    abc = plain()
    abc.update(b"abc")
    assert abc.hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905


def test_a_name_with_an_end_of_a_line_in_it_is_sealed(lived: Lived, tmp_path: Path) -> None:
    """Names copied from web pages hold U+2028 and U+0085, which some take for the end of a line."""
    desk = clerk(lived)
    for place, name in enumerate(("通知\u2028附件.pdf", "通知\x85二.pdf", "两个  空格，𠮷.pdf")):
        scan = tmp_path / name
        scan.write_bytes(PDF + bytes([place]))
        file_paper(
            desk, path=scan, class_code="WS", title=f"附件{place}", dated=desk.today.replace(year=2024)
        )
    for out in ("年.zip", "年"):
        answer = make_year_package(desk, year=2024, path=tmp_path / out, anyway=True).answer
        assert verify_package(tmp_path / out, str(answer["head"])).bad == ()
