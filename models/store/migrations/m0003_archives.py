"""Archives and closed years. Frozen: a later change is a later file.

A destroyed file leaves its name, size and hash in `discarded_file`; a closed year takes no voucher and no new figures.
"""

SQL = """
-- classes of the archive 门类, how long each is kept at least, and how long this office keeps it; NULL is 永久 ----

CREATE TABLE archive_class (
    code          TEXT PRIMARY KEY CHECK (code <> '' AND code NOT GLOB '*[^A-Z]*'),
    name          TEXT NOT NULL UNIQUE CHECK (name <> ''),
    least_years   INTEGER CHECK (least_years >= 0),
    years         INTEGER CHECK (years > 0),
    CHECK (years IS NULL OR (least_years IS NOT NULL AND years >= least_years))
) STRICT, WITHOUT ROWID;
INSERT INTO archive_class (code, name, least_years, years) VALUES
    ('PZ', '会计凭证', 30, 30),
    ('ZB', '总账和明细账', 30, 30),
    ('FF', '补贴发放案卷', 30, 30),
    ('YB', '月报和季报', 10, 10),
    ('NB', '年度决算', NULL, NULL),
    ('DZ', '银行对账单和余额调节表', 10, 10),
    ('YJ', '会计档案移交清册', 30, 30),
    ('BG', '会计档案保管和销毁清册', NULL, NULL),
    ('XB', '下级报送的报表', 2, 2),
    ('WS', '政策文件和往来公文', 0, 30),
    ('SX', '照片和录音录像', 0, 30);

-- volumes and what lies in them ---------------------------------------------------------------------------

CREATE TABLE volume (
    id            INTEGER PRIMARY KEY,
    code          TEXT NOT NULL UNIQUE,
    fonds         TEXT NOT NULL,
    year          INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 9999),
    class_code    TEXT NOT NULL REFERENCES archive_class (code),
    years         INTEGER,
    number        INTEGER NOT NULL CHECK (number > 0),
    title         TEXT NOT NULL CHECK (title <> ''),
    responsible   TEXT NOT NULL DEFAULT '',
    note          TEXT NOT NULL DEFAULT '',
    shelf         TEXT NOT NULL DEFAULT '',
    -- a volume that the program fills: a month's vouchers, a program's batches
    filled_from   TEXT NOT NULL DEFAULT '' CHECK (filled_from IN ('', 'vouchers', 'dossiers')),
    subject       TEXT NOT NULL DEFAULT '',
    held_for      TEXT NOT NULL DEFAULT '',
    state         TEXT NOT NULL CHECK (state IN ('open', 'bound', 'handed_over', 'destroyed')),
    made_on       TEXT NOT NULL,
    bound_on      TEXT,
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    UNIQUE (fonds, year, class_code, number),
    CHECK (years > 0),
    CHECK ((state = 'open') = (bound_on IS NULL)),
    CHECK ((filled_from = '') = (subject = ''))
) STRICT;
CREATE UNIQUE INDEX volume_one_filling ON volume (filled_from, subject, year) WHERE filled_from <> '' AND state = 'open';
CREATE TRIGGER volume_stays BEFORE DELETE ON volume
BEGIN SELECT RAISE(ABORT, 'volume_stays'); END;
CREATE TRIGGER volume_keeps_its_code BEFORE UPDATE OF id, code, fonds, year, class_code, years, number, filled_from, subject, made_on
    ON volume
BEGIN SELECT RAISE(ABORT, 'volume_keeps_its_code'); END;
CREATE TRIGGER volume_goes_no_road_back BEFORE UPDATE OF state ON volume
WHEN OLD.state IN ('handed_over', 'destroyed') AND NEW.state <> OLD.state OR OLD.state = 'open' AND NEW.state NOT IN ('open', 'bound')
BEGIN SELECT RAISE(ABORT, 'volume_goes_no_road_back'); END;

-- one paper or file of the archive 归档文件; without a volume until it is bound into one
CREATE TABLE filing (
    id            INTEGER PRIMARY KEY,
    class_code    TEXT NOT NULL REFERENCES archive_class (code),
    year          INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 9999),
    title         TEXT NOT NULL CHECK (title <> ''),
    responsible   TEXT NOT NULL DEFAULT '',
    document      TEXT NOT NULL DEFAULT '',
    document_key  TEXT NOT NULL DEFAULT '',
    dated         TEXT NOT NULL,
    pages         INTEGER NOT NULL DEFAULT 1 CHECK (pages > 0),
    remark        TEXT NOT NULL DEFAULT '',
    volume_id     INTEGER REFERENCES volume (id),
    place         INTEGER CHECK (place > 0),
    file_sha256   TEXT REFERENCES stored_file (sha256),
    file_name     TEXT NOT NULL DEFAULT '',
    was_sha256    TEXT NOT NULL DEFAULT '',
    person_id     INTEGER REFERENCES person (id),
    household_id  INTEGER REFERENCES household (id),
    batch_id      INTEGER REFERENCES batch (id),
    filed_on      TEXT NOT NULL,
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    CHECK ((volume_id IS NULL) = (place IS NULL)),
    CHECK (was_sha256 = '' OR file_sha256 IS NULL)
) STRICT;
CREATE UNIQUE INDEX filing_place ON filing (volume_id, place) WHERE volume_id IS NOT NULL;
CREATE UNIQUE INDEX filing_file_once ON filing (file_sha256) WHERE file_sha256 IS NOT NULL;
CREATE INDEX filing_person ON filing (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX filing_household ON filing (household_id) WHERE household_id IS NOT NULL;
CREATE INDEX filing_batch ON filing (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX filing_document ON filing (document_key) WHERE document_key <> '';
CREATE TRIGGER filing_stays BEFORE DELETE ON filing
BEGIN SELECT RAISE(ABORT, 'filing_stays'); END;
CREATE TRIGGER filing_comes_into_an_open_volume BEFORE INSERT ON filing
WHEN NEW.volume_id IS NOT NULL AND (SELECT state FROM volume WHERE id = NEW.volume_id) <> 'open'
BEGIN SELECT RAISE(ABORT, 'filing_comes_into_an_open_volume'); END;
CREATE TRIGGER filing_is_bound BEFORE UPDATE OF class_code, year, title, responsible, document, document_key, dated, pages, remark,
    volume_id, place, person_id, household_id, batch_id, file_name ON filing
WHEN EXISTS (SELECT 1 FROM volume WHERE id IN (OLD.volume_id, NEW.volume_id) AND state <> 'open')
BEGIN SELECT RAISE(ABORT, 'filing_is_bound'); END;
-- its file goes only with its volume, on a list that was carried out; a file of an open volume may be replaced
CREATE TRIGGER filing_keeps_its_file BEFORE UPDATE OF file_sha256 ON filing
WHEN OLD.file_sha256 IS NOT NULL AND NEW.file_sha256 IS NOT OLD.file_sha256
  AND coalesce((SELECT state FROM volume WHERE id = OLD.volume_id), 'none') NOT IN ('open', 'destroyed')
BEGIN SELECT RAISE(ABORT, 'filing_keeps_its_file'); END;

-- borrowed and returned 借阅登记 ---------------------------------------------------------------------------

CREATE TABLE loan (
    id            INTEGER PRIMARY KEY,
    volume_id     INTEGER NOT NULL REFERENCES volume (id),
    borrower      TEXT NOT NULL CHECK (borrower <> ''),
    purpose       TEXT NOT NULL CHECK (purpose <> ''),
    approved_by   TEXT NOT NULL DEFAULT '',
    lent_on       TEXT NOT NULL,
    due_on        TEXT NOT NULL,
    lent_by       INTEGER NOT NULL REFERENCES operator (id),
    returned_on   TEXT,
    returned_by   INTEGER REFERENCES operator (id),
    remark        TEXT NOT NULL DEFAULT '',
    CHECK (due_on >= lent_on),
    CHECK (returned_on >= lent_on),
    CHECK ((returned_on IS NULL) = (returned_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX loan_one_open ON loan (volume_id) WHERE returned_on IS NULL;
CREATE TRIGGER loan_stays BEFORE DELETE ON loan
BEGIN SELECT RAISE(ABORT, 'loan_stays'); END;
CREATE TRIGGER loan_is_final BEFORE UPDATE ON loan
WHEN OLD.returned_on IS NOT NULL OR NEW.volume_id <> OLD.volume_id OR NEW.borrower <> OLD.borrower OR NEW.lent_on <> OLD.lent_on
BEGIN SELECT RAISE(ABORT, 'loan_is_final'); END;

-- lists of volumes to destroy or to hand over -------------------------------------------------------------

CREATE TABLE disposal (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('destroy', 'hand_over')),
    number        TEXT NOT NULL UNIQUE,
    reason        TEXT NOT NULL CHECK (reason <> ''),
    taker      TEXT NOT NULL DEFAULT '',
    state         TEXT NOT NULL CHECK (state IN ('proposed', 'witnessed', 'done', 'withdrawn')),
    made_on       TEXT NOT NULL,
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    done_on       TEXT,
    done_by       INTEGER REFERENCES operator (id),
    CHECK (kind = 'destroy' OR taker <> ''),
    CHECK ((state = 'done') = (done_on IS NOT NULL)),
    CHECK ((done_on IS NULL) = (done_by IS NULL))
) STRICT;
CREATE TRIGGER disposal_stays BEFORE DELETE ON disposal
BEGIN SELECT RAISE(ABORT, 'disposal_stays'); END;

CREATE TABLE disposal_volume (
    disposal_id   INTEGER NOT NULL REFERENCES disposal (id),
    volume_id     INTEGER NOT NULL REFERENCES volume (id),
    opinion       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (disposal_id, volume_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX disposal_volume_of ON disposal_volume (volume_id);
CREATE TRIGGER disposal_volume_is_final BEFORE UPDATE ON disposal_volume
BEGIN SELECT RAISE(ABORT, 'disposal_volume_is_final'); END;
CREATE TRIGGER disposal_volume_stays BEFORE DELETE ON disposal_volume
BEGIN SELECT RAISE(ABORT, 'disposal_volume_stays'); END;

-- who watches 监销、监交: nobody twice, and never who made the list
CREATE TABLE disposal_witness (
    disposal_id   INTEGER NOT NULL REFERENCES disposal (id),
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    signed_on     TEXT NOT NULL,
    PRIMARY KEY (disposal_id, operator_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER disposal_witness_is_another BEFORE INSERT ON disposal_witness
WHEN NEW.operator_id = (SELECT operator_id FROM disposal WHERE id = NEW.disposal_id)
BEGIN SELECT RAISE(ABORT, 'disposal_witness_is_another'); END;
CREATE TRIGGER disposal_witness_is_final BEFORE UPDATE ON disposal_witness
BEGIN SELECT RAISE(ABORT, 'disposal_witness_is_final'); END;
CREATE TRIGGER disposal_witness_stays BEFORE DELETE ON disposal_witness
BEGIN SELECT RAISE(ABORT, 'disposal_witness_stays'); END;
CREATE TRIGGER disposal_needs_its_witnesses BEFORE UPDATE OF state ON disposal
WHEN NEW.state = 'done' AND (OLD.state <> 'witnessed' OR (SELECT count(*) FROM disposal_witness WHERE disposal_id = OLD.id)
                             < CASE OLD.kind WHEN 'destroy' THEN 2 ELSE 1 END)
  OR OLD.state IN ('done', 'withdrawn') AND NEW.state <> OLD.state
BEGIN SELECT RAISE(ABORT, 'disposal_needs_its_witnesses'); END;
CREATE TRIGGER volume_goes_by_a_list BEFORE UPDATE OF state ON volume
WHEN NEW.state IN ('destroyed', 'handed_over') AND NEW.state <> OLD.state AND NOT EXISTS (
    SELECT 1 FROM disposal d JOIN disposal_volume v ON v.disposal_id = d.id WHERE v.volume_id = OLD.id AND d.state = 'done'
       AND d.kind = CASE NEW.state WHEN 'destroyed' THEN 'destroy' ELSE 'hand_over' END)
BEGIN SELECT RAISE(ABORT, 'volume_goes_by_a_list'); END;

CREATE TABLE discarded_file (
    sha256        TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    size          INTEGER NOT NULL,
    disposal_id   INTEGER NOT NULL REFERENCES disposal (id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER discarded_file_stays BEFORE DELETE ON discarded_file
BEGIN SELECT RAISE(ABORT, 'discarded_file_stays'); END;

-- closed years --------------------------------------------------------------------------------------------

CREATE TABLE year_close (
    id            INTEGER PRIMARY KEY,
    year          INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 9999),
    state         TEXT NOT NULL CHECK (state IN ('closed', 'reopening', 'open')),
    closed_on     TEXT NOT NULL,
    closed_by     INTEGER NOT NULL REFERENCES operator (id),
    reopen_reason TEXT NOT NULL DEFAULT '',
    asked_by      INTEGER REFERENCES operator (id),
    asked_on      TEXT,
    reopened_by   INTEGER REFERENCES operator (id),
    reopened_on   TEXT,
    CHECK (state = 'closed' OR (reopen_reason <> '' AND asked_by IS NOT NULL)),
    CHECK ((state = 'open') = (reopened_by IS NOT NULL)),
    CHECK (reopened_by <> asked_by)
) STRICT;
CREATE UNIQUE INDEX year_close_once ON year_close (year) WHERE state <> 'open';
CREATE TRIGGER year_close_stays BEFORE DELETE ON year_close
BEGIN SELECT RAISE(ABORT, 'year_close_stays'); END;
CREATE TRIGGER year_close_is_final BEFORE UPDATE ON year_close
WHEN OLD.state = 'open' OR NEW.year <> OLD.year OR NEW.closed_on <> OLD.closed_on OR NEW.closed_by <> OLD.closed_by
  OR OLD.state = 'closed' AND NEW.state = 'open'
BEGIN SELECT RAISE(ABORT, 'year_close_is_final'); END;

-- what the books stood at, by account, program and allotment: the next year opens with it
CREATE TABLE year_balance (
    close_id      INTEGER NOT NULL REFERENCES year_close (id),
    ledger        TEXT NOT NULL,
    program_id    INTEGER NOT NULL DEFAULT 0,
    allotment_id  INTEGER NOT NULL DEFAULT 0,
    fen           INTEGER NOT NULL CHECK (fen <> 0),
    PRIMARY KEY (close_id, ledger, program_id, allotment_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER year_balance_is_final BEFORE UPDATE ON year_balance
BEGIN SELECT RAISE(ABORT, 'year_balance_is_final'); END;
CREATE TRIGGER year_balance_stays BEFORE DELETE ON year_balance
BEGIN SELECT RAISE(ABORT, 'year_balance_stays'); END;

-- failed or bounced money that was open at the year's end 历年退回, with its first entry and the bank's slip
CREATE TABLE year_return (
    close_id      INTEGER NOT NULL REFERENCES year_close (id),
    payment_id    INTEGER NOT NULL REFERENCES payment (id),
    bucket        TEXT NOT NULL CHECK (bucket IN ('failed', 'returned')),
    fen           INTEGER NOT NULL CHECK (fen > 0),
    failed_on     TEXT NOT NULL,
    voucher_id    INTEGER REFERENCES voucher (id),
    slip_sha256   TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (close_id, payment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX year_return_payment ON year_return (payment_id);
CREATE TRIGGER year_return_is_final BEFORE UPDATE ON year_return
BEGIN SELECT RAISE(ABORT, 'year_return_is_final'); END;
CREATE TRIGGER year_return_stays BEFORE DELETE ON year_return
BEGIN SELECT RAISE(ABORT, 'year_return_stays'); END;

-- an enrolment that goes on in the new year, or does not and why
CREATE TABLE enrolment_roll (
    enrolment_id  INTEGER NOT NULL REFERENCES enrolment (id),
    year          INTEGER NOT NULL,
    outcome       TEXT NOT NULL CHECK (outcome IN ('kept', 'changed', 'left_out')),
    new_id        INTEGER REFERENCES enrolment (id),
    old_fen       INTEGER NOT NULL,
    new_fen       INTEGER NOT NULL,
    sentence      TEXT NOT NULL DEFAULT '',
    rolled_on     TEXT NOT NULL,
    PRIMARY KEY (enrolment_id, year),
    CHECK ((outcome = 'left_out') = (new_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX enrolment_roll_new ON enrolment_roll (new_id) WHERE new_id IS NOT NULL;

CREATE TRIGGER closed_year_takes_no_voucher BEFORE INSERT ON voucher
WHEN CAST(substr(NEW.month, 1, 4) AS INTEGER) <= (SELECT max(year) FROM year_close WHERE state <> 'open')
BEGIN SELECT RAISE(ABORT, 'closed_year_takes_no_voucher'); END;
CREATE TRIGGER closed_year_takes_no_figures BEFORE INSERT ON month_tally
WHEN CAST(substr(NEW.month, 1, 4) AS INTEGER) <= (SELECT max(year) FROM year_close WHERE state <> 'open')
BEGIN SELECT RAISE(ABORT, 'closed_year_takes_no_figures'); END;
CREATE TRIGGER closed_year_keeps_its_figures BEFORE UPDATE ON month_tally
WHEN CAST(substr(OLD.month, 1, 4) AS INTEGER) <= (SELECT max(year) FROM year_close WHERE state <> 'open')
BEGIN SELECT RAISE(ABORT, 'closed_year_keeps_its_figures'); END;
CREATE TRIGGER closed_year_takes_no_return BEFORE INSERT ON monthly_return
WHEN CAST(substr(NEW.month, 1, 4) AS INTEGER) <= (SELECT max(year) FROM year_close WHERE state <> 'open')
BEGIN SELECT RAISE(ABORT, 'closed_year_takes_no_return'); END;
CREATE TRIGGER closed_year_keeps_its_returns BEFORE UPDATE OF figures, file_sha256 ON monthly_return
WHEN CAST(substr(OLD.month, 1, 4) AS INTEGER) <= (SELECT max(year) FROM year_close WHERE state <> 'open')
BEGIN SELECT RAISE(ABORT, 'closed_year_keeps_its_returns'); END;

-- each year's archive package 年度封存; `head` is the hash of its hash list and stands on paper
CREATE TABLE year_package (
    id            INTEGER PRIMARY KEY,
    year          INTEGER NOT NULL,
    name          TEXT NOT NULL,
    head          TEXT NOT NULL CHECK (length(head) = 64),
    files         INTEGER NOT NULL CHECK (files > 0),
    size          INTEGER NOT NULL CHECK (size > 0),
    made_on       TEXT NOT NULL,
    operator_id   INTEGER NOT NULL REFERENCES operator (id)
) STRICT;
CREATE TRIGGER year_package_is_final BEFORE UPDATE ON year_package
BEGIN SELECT RAISE(ABORT, 'year_package_is_final'); END;
CREATE TRIGGER year_package_stays BEFORE DELETE ON year_package
BEGIN SELECT RAISE(ABORT, 'year_package_stays'); END;
"""
