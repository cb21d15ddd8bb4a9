"""Windows of bank files: what went to the bank, written out as often as needed."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.access.queries import several_posts_line
from app.audit.queries import head_of
from app.batches.steps import BatchRow, load_batch
from models.domain.money import Fen, yuan_text
from models.domain.period import period_text
from models.domain.refusal import Refusal, WorldError
from models.domain.words import amount_in_words
from models.store.durable import read_bytes, replacing
from models.store.opening import Store


class NoBankFiles(Refusal):
    """Nothing of this batch went to a bank."""

    form = "批次 {number} 还没有报盘文件。请先用 bank-file 生成。"
    in_window = "批次 {number} 还没有报盘文件。请先生成报盘文件。"


class NotOurBankFile(Refusal):
    """A file that is none of those that were made for a bank."""

    form = "“{name}”不是本办公点生成的报盘文件，或者生成之后被改动过，不要交给银行。请用 bank-file-again 重新写出。"
    in_window = (
        "“{name}”不是本办公点生成的报盘文件，或者生成之后被改动过，不要交给银行。请按“再写一次”重新写出。"
    )


class KeptButNotWritten(WorldError):
    """The batch is sent and its files are kept, but they did not reach the folder."""

    form = (
        "批次 {number} 的报盘文件已生成并存档，但没有写到“{folder}”：{cause}"
        "请换一个位置，用 bank-file-again {number} --out 文件夹 重新写出，不要重新报盘。"
    )
    in_window = "批次 {number} 的报盘文件已生成并存档，但没有写到“{folder}”：{cause}请换一个位置按“再写一次”，不要重新报盘。"


@dataclass(frozen=True)
class BankFileView:
    """One file that went to the bank."""

    id: int
    part: int
    profile: str
    name: str
    sha256: str
    lines: int
    total_fen: Fen
    made_on: str


def bank_files(store: Store, batch_id: int | str) -> list[BankFileView]:
    """The files of a batch in their order; empty when it was not sent. Raises NoSuchBatch."""
    return [
        BankFileView(*row)
        for row in store.rows(
            "SELECT id, part, profile, name, sha256, lines, total_fen, made_on FROM bank_file WHERE batch_id = ?"
            " ORDER BY part",
            (load_batch(store, batch_id).id,),
        )
    ]


def known_bank_file(store: Store, path: Path) -> tuple[BankFileView, str]:
    """The file that went to the bank which these bytes are, and its batch's number: before it is handed over.

    Raises NotOurBankFile for a file that differs in a single byte, CannotRead.
    """
    digest = sha256(read_bytes(path)).hexdigest()
    row = store.row(
        "SELECT f.id, f.part, f.profile, f.name, f.sha256, f.lines, f.total_fen, f.made_on, b.number FROM bank_file f"
        " JOIN batch b ON b.id = f.batch_id WHERE f.sha256 = ?",
        (digest,),
    )
    if row is None:
        raise NotOurBankFile(name=path.name)
    return BankFileView(*row[:-1]), str(row[-1])


def write_bank_files(store: Store, *, batch_id: int | str, folder: Path) -> list[Path]:
    """Write the kept files of a batch and their control sheet into `folder`; gives the paths.

    Raises NoSuchBatch, NoBankFiles, FileDamaged, KeptButNotWritten.
    """
    batch = load_batch(store, batch_id)
    files = bank_files(store, batch.id)
    if not files:
        raise NoBankFiles(number=batch.number)
    bodies = {file.name: store.files.read(file.sha256, file.name) for file in files}
    bodies[f"{batch.number}-控制表.txt".replace("/", "-")] = control_sheet(store, batch, files).encode(
        "utf-8-sig"
    )
    written: list[Path] = []
    for name, body in bodies.items():
        try:
            with replacing(folder / name) as part:
                part.write_bytes(body)
        except WorldError as fault:
            raise KeptButNotWritten(number=batch.number, folder=folder, cause=fault.sentence) from fault
        written.append(folder / name)
    return written


def control_sheet(store: Store, batch: BatchRow, files: list[BankFileView]) -> str:
    """The sheet that goes with the files to the bank: counts, sums and hashes, by file and in all."""
    township = store.value("SELECT township FROM office")
    program = store.value("SELECT name FROM program WHERE id = ?", (batch.program_id,))
    total = Fen(sum(file.total_fen for file in files))
    lines = [
        f"{township}财政所代发控制表",
        f"批次：{batch.number}",
        f"项目：{program}  {period_text(batch.period)}",
        f"报盘日期：{files[0].made_on}",
        "",
    ]
    for file in files:
        lines += [
            f"文件 {file.part}：{file.name}",
            f"  笔数 {file.lines}  金额 {yuan_text(file.total_fen)} 元",
            f"  SHA-256 {file.sha256}",
        ]
    lines += [
        "",
        f"合计：文件 {len(files)} 个  笔数 {sum(file.lines for file in files)}  金额 {yuan_text(total)} 元",
        f"大写：{amount_in_words(total)}",
        f"审批时日志校验码：{head_of(store, 'batch.approve', f'batch {batch.id}') or '—'}",
        *([posts] if (posts := several_posts_line(store)) else []),
        "",
        "经办：            复核：            银行签收：            日期：",
    ]
    return "\r\n".join([*lines, ""])
