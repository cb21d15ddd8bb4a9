"""Installs, uses, upgrades, goes back and removes under wine, and holds every step against what an office may expect.

python try_installer.py OLDER.EXE NEWER-user.EXE NEWER_VERSION WORK      NEWER-machine.EXE lies beside it
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "upgrade"))

import pack

OLDER: Final = "0.0.1"
KEY: Final = r"HKCU\Software\XiangCai"
SUFFIXES: Final = ("xcbak", "xcup")
DONE, REFUSED, HELD = 0, 2, 3
FONTS: Final = Path("/usr/share/fonts/truetype/wqy")
WINE: Final = shutil.which("wine") or "wine"


class Failed(Exception):
    """A step did not do what an office may expect."""


@dataclass(frozen=True)
class Machine:
    """A wine prefix that stands for somebody's PC."""

    prefix: Path

    @property
    def c(self) -> Path:
        """Drive C:."""
        return self.prefix / "drive_c"

    def run(self, *words: str, seconds: int = 300) -> tuple[int, str]:
        """Run a Windows program; gives its exit code and all that it wrote."""
        # a pipe, never a terminal: wine draws on terminals
        done = subprocess.run(
            [WINE, *words], capture_output=True, timeout=seconds, env=self.environment(), stdin=subprocess.DEVNULL, check=False
        )  # fmt: skip
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start a Windows program and leave it running."""
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            [WINE, *words], stdin=quiet, stdout=quiet, stderr=quiet, env=self.environment()
        )

    def environment(self) -> dict[str, str]:
        """What wine needs to know, and nothing of Qt."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QT_")}
        return {
            **kept,
            "WINEPREFIX": str(self.prefix), "WINEARCH": "win64", "LC_ALL": "C.UTF-8", "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }  # fmt: skip

    def answer(self, key: str, name: str = "") -> str:
        """What the registry has under a key: a value by its name, or the key's own; '' where nothing."""
        code, said = self.run("reg", "query", key, *(("/v", name) if name else ("/ve",)), seconds=60)
        return said.split("REG_SZ", 1)[1].strip().splitlines()[0] if code == 0 and "REG_SZ" in said else ""

    def opens(self, hive: str, suffix: str) -> str:
        """What a double click on a file of this suffix runs, as registered in a hive; '' where nothing."""
        classes = rf"{hive}\Software\Classes"
        kind = self.answer(rf"{classes}\.{suffix}")
        return self.answer(rf"{classes}\{kind}\shell\open\command") if kind else ""

    def end(self) -> None:
        """Stop whatever runs in this prefix."""
        subprocess.run(
            [shutil.which("wineserver") or "/usr/lib/wine/wineserver64", "-k"],
            env=self.environment(),
            check=False,
        )


def new_machine(work: Path) -> Machine:
    """A fresh Windows, with what wine lacks of it: one system DLL and a Chinese font."""
    machine = Machine(work / "prefix")
    if machine.prefix.exists():
        machine.end()
        shutil.rmtree(machine.prefix)
    machine.run("wineboot", "-i")
    system = machine.c / "windows" / "system32" / "bcryptprimitives.dll"
    if not system.exists():
        shutil.copy(work / "bcryptprimitives.dll", system)
    for font in FONTS.glob("*.ttc"):
        shutil.copy(font, machine.c / "windows" / "Fonts")
    return machine


def expect(words: str, found: object, wanted: object = True) -> None:
    """One thing that has to hold."""
    if found != wanted:
        raise Failed(f"{words}：应为 {wanted!r}，实际是 {found!r}")
    print(f"  ✓ {words}", flush=True)


def fingerprint(folder: Path) -> str:
    """A hash over all files of a folder and their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Trial:
    """One office's way with the program."""

    def __init__(self, machine: Machine, older: Path, newer: Path, version: str) -> None:
        self.machine, self.older, self.newer, self.version = machine, older, newer, version
        self.root = machine.c / "users" / os.environ.get("USER", "root") / "AppData/Local/Programs/XiangCai"
        self.offices = machine.c / "一卡通 数据"

    def install(self) -> None:
        """Refused on an old Windows and in a folder that is not plain; then in place with everything about it."""
        print("安装")
        self.machine.run("winecfg", "-v", "win7", seconds=60)
        expect("Windows 7 被拒绝", self.machine.run(str(self.older), "/S")[0], REFUSED)
        self.machine.run("winecfg", "-v", "win10", seconds=60)
        expect("中文安装路径被拒绝", self.machine.run(str(self.older), "/S", r"/D=C:\程序")[0], REFUSED)
        expect("静默安装", self.machine.run(str(self.older), "/S")[0], DONE)
        self.root = next((self.machine.c / "users").glob("*/AppData/Local/Programs/XiangCai"))
        expect("程序文件在位", (self.root / "current" / "xiangcai.exe").exists())
        expect("登记了版本", self.machine.answer(KEY, "Version"), OLDER)
        shortcuts = sorted(one.name for one in (self.machine.c / "users").rglob("*.lnk"))
        expect("开始菜单有程序和卸载", shortcuts, ["乡财一卡通.lnk", "卸载 乡财一卡通.lnk"])
        self.expect_file_types("HKCU")

    def expect_file_types(self, hive: str) -> None:
        """Backups and upgrade packages open with the program that is installed now."""
        run = rf'"{self.windows_root()}\current\xiangcai.exe" "%1"'
        for suffix in SUFFIXES:
            expect(f"双击 .{suffix} 用本程序打开", self.machine.opens(hive, suffix), run)

    def expect_no_file_types(self, hive: str) -> None:
        """Nothing of ours is left in a hive."""
        keys = (".xcbak", "XiangCai.Backup", "XiangCai.Upgrade")
        left = [key for key in keys if self.machine.answer(rf"{hive}\Software\Classes\{key}")]
        expect("文件类型清掉", left, [])

    def work(self) -> None:
        """Two months from import to report, headless, on a path with Chinese characters and a space."""
        print("无窗口办理（路径含中文和空格）")
        code, said = self.cli("demo", r"C:\一卡通 数据\示例", seconds=900)
        expect("两个月从导入到月报", (code, "三处数字一致" in said), (0, True))
        expect("体检", self.check_up())

    def cli(self, *words: str, seconds: int = 300) -> tuple[int, str]:
        """A headless command of the installed program."""
        return self.machine.run(str(self.root / "current" / "xiangcai-cli.exe"), *words, seconds=seconds)

    def office(self) -> tuple[str, str]:
        """The office, as commands are told."""
        return "--office", r"C:\一卡通 数据\示例\办公点"

    def check_up(self) -> bool:
        """Whether the office passes the check-up."""
        os.environ["XIANGCAI_PASSWORD"] = "yunxi-2024"  # the sample office's, which its own screen shows  # noqa: S105
        code, said = self.cli("doctor", *self.office())
        if code != 0:
            print(said)
        return code == 0

    def run_window(self) -> None:
        """The window's program stays up, and an installer does not touch what runs."""
        print("打开窗口")
        window = self.machine.start(
            str(self.root / "current" / "xiangcai.exe"),
            r"C:\一卡通 数据\示例\办公点",
            "-platform",
            "offscreen",
        )
        time.sleep(15)
        expect("窗口程序在运行", window.poll(), None)
        expect("正在运行时不升级", self.machine.run(str(self.newer), "/S")[0], HELD)
        expect("原来的版本没有动", (self.root / "current" / "stale.txt").exists())
        window.kill()
        self.machine.end()

    def upgrade(self) -> None:
        """By a package from the stick, in place: nothing stale, the version before kept, no byte of the office changed."""
        print("用升级包升级")
        program = self.program_from_stick()
        before = fingerprint(self.offices)
        expect("静默升级", self.machine.run(program, "/S")[0], DONE)
        expect("登记了新版本", self.machine.answer(KEY, "Version"), self.version)
        expect("旧版本的文件没有留在新版本里", (self.root / "current" / "stale.txt").exists(), False)
        expect("旧版本留着可以退回", (self.root / "before" / "stale.txt").exists())
        expect("办公点没有一个字节改动", fingerprint(self.offices), before)
        expect("新版本体检", self.check_up())
        expect("旧的不能覆盖新的", self.machine.run(str(self.older), "/S")[0], REFUSED)

    def program_from_stick(self) -> str:
        """The installer that the program takes out of a signed package, after its backup."""
        key = Ed25519PrivateKey.generate()
        keys = self.root / "current" / "resources" / "upgrade_keys.txt"
        package = self.machine.c / "U盘" / f"xiangcai-{self.version}.xcup"
        package.parent.mkdir()
        listed = pack.listed(
            [self.newer], version=self.version, since=OLDER, schema=1, made_on="2026-01-01", notes=["试装"]
        )
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        pack.pack(package, listed, [self.newer], private, None)
        words = ("upgrade", "install", f"C:\\U盘\\{package.name}", "--backup", r"C:\U盘\备份", *self.office())
        expect("没有公钥的程序不相信升级包", self.cli(*words)[0], REFUSED)
        keys.write_text(f"{key.public_key().public_bytes_raw().hex()}  试装\n", encoding="utf-8")
        code, said = self.cli(*words, "--json")
        expect("升级包核验、备份", (code, len(list((package.parent / "备份").iterdir()))), (DONE, 1))
        return str(json.loads(said[said.index("{") : said.rindex("}") + 1])["program"])

    def go_back(self) -> None:
        """To the version before, and forward again."""
        print("退回")
        back = str(self.root / "goback.exe")
        expect("退回", (self.machine.run(back, "/S")[0], self.machine.answer(KEY, "Version")), (DONE, OLDER))
        expect("旧版本能用", ((self.root / "current" / "stale.txt").exists(), self.check_up()), (True, True))
        expect(
            "再换回来",
            (self.machine.run(back, "/S")[0], self.machine.answer(KEY, "Version")),
            (DONE, self.version),
        )

    def remove(self) -> None:
        """Program files only; a suffix that another program has taken stays that program's."""
        print("卸载")
        self.machine.run("reg", "add", r"HKCU\Software\Classes\.xcup", "/ve", "/d", "Other.Archive", "/f")
        foreign = self.root / "别人的文件.txt"
        foreign.write_text("不是程序的", encoding="utf-8")
        before = fingerprint(self.offices)
        expect("静默卸载", self.uninstall(), DONE)
        left = sorted(one.name for one in self.root.iterdir() if one.name != "uninstall.exe")
        expect("程序文件都没有了，别人的文件留着", left, ["别人的文件.txt"])
        expect("开始菜单清掉", list((self.machine.c / "users").rglob("*.lnk")), [])
        expect("登记清掉", self.machine.answer(KEY, "Version"), "")
        self.expect_no_file_types("HKCU")
        expect("别的程序接管的后缀留着", self.machine.answer(r"HKCU\Software\Classes\.xcup"), "Other.Archive")
        expect("办公点没有一个字节改动", fingerprint(self.offices), before)

    def for_all_users(self) -> None:
        """The other installer: in Program Files, for the whole machine; it works on the same office and goes whole."""
        print("给所有用户装")
        installer = self.newer.with_name(self.newer.name.replace("-user.exe", "-machine.exe"))
        self.root = self.machine.c / "Program Files" / "XiangCai"
        expect("静默安装", self.machine.run(str(installer), "/S")[0], DONE)
        expect("登记了版本", self.machine.answer(r"HKLM\Software\XiangCai", "Version"), self.version)
        self.expect_file_types("HKLM")
        expect("体检", self.check_up())
        expect("静默卸载", self.uninstall(), DONE)
        expect("登记清掉", self.machine.answer(r"HKLM\Software\XiangCai", "Version"), "")
        self.expect_no_file_types("HKLM")
        expect("程序文件夹没有了", self.root.exists(), False)

    def uninstall(self) -> int:
        """Silently; gives the exit code. Without _?= it copies itself elsewhere and returns at once; its own file is then left."""
        return self.machine.run(str(self.root / "uninstall.exe"), "/S", f"_?={self.windows_root()}")[0]

    def windows_root(self) -> str:
        """The program's folder as Windows writes it."""
        return "C:\\" + str(self.root.relative_to(self.machine.c)).replace("/", "\\")


def main() -> int:
    """The command."""
    older, newer, version, work = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    machine = new_machine(work)
    trial = Trial(machine, older, newer, version)
    try:
        for step in (
            trial.install, trial.work, trial.run_window, trial.upgrade, trial.go_back, trial.remove, trial.for_all_users,
        ):  # fmt: skip
            step()
    except (Failed, subprocess.TimeoutExpired) as fault:
        print(f"  ✕ {fault}", file=sys.stderr)
        return 1
    finally:
        machine.end()
    print("Windows 安装程序试装通过。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
