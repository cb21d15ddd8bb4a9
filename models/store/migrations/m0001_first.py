"""The first schema. Frozen: a later change is a later file.

Money is integer fen, quantities and rates are integers in 1/10000, days are 'YYYY-MM-DD', months 'YYYY-MM'.
What must never happen is forbidden here as well as in the rules; a message of a trigger starts with the
trigger's own name, so that a breach can be told apart in a log.
"""

SQL = """
-- the office and its people -------------------------------------------------------------------------------

CREATE TABLE office (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    township      TEXT NOT NULL,
    code          TEXT NOT NULL,
    is_sample     INTEGER NOT NULL DEFAULT 0 CHECK (is_sample IN (0, 1)),
    last_business_date TEXT,
    created_at    TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
    name          TEXT PRIMARY KEY,
    body          TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE operator (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    posts         TEXT NOT NULL,
    active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    created_at    TEXT NOT NULL
) STRICT;

CREATE TABLE audit_line (
    seq           INTEGER PRIMARY KEY,
    at            TEXT NOT NULL,
    business_date TEXT NOT NULL,
    operator_id   INTEGER REFERENCES operator (id),
    post          TEXT NOT NULL,
    act           TEXT NOT NULL,
    subject       TEXT NOT NULL,
    counts        TEXT NOT NULL,
    after_hash    TEXT NOT NULL,
    before_hash   TEXT NOT NULL,
    hash          TEXT NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER audit_line_is_final BEFORE UPDATE ON audit_line
BEGIN SELECT RAISE(ABORT, 'audit_line_is_final'); END;
CREATE TRIGGER audit_line_stays BEFORE DELETE ON audit_line
BEGIN SELECT RAISE(ABORT, 'audit_line_stays'); END;

-- an HMAC over each group of rows that money depends on (models.store.seals); kind 'root' is the sum of all
CREATE TABLE seal (
    kind          TEXT NOT NULL,
    subject       TEXT NOT NULL,
    mac           TEXT NOT NULL CHECK (length(mac) = 64),
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE stored_file (
    sha256        TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    size          INTEGER NOT NULL CHECK (size >= 0),
    purpose       TEXT NOT NULL,
    stored_at     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- intake: runs and what they found ------------------------------------------------------------------------

CREATE TABLE import_run (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('people', 'accounts', 'allotments', 'list', 'roster',
                                                'history', 'survival')),
    list_kind     TEXT NOT NULL DEFAULT '',
    program_id    INTEGER REFERENCES program (id),
    period        TEXT NOT NULL DEFAULT '',
    file_name     TEXT NOT NULL,
    file_sha256   TEXT NOT NULL REFERENCES stored_file (sha256),
    mapping       TEXT NOT NULL,
    rows          INTEGER NOT NULL CHECK (rows >= 0),
    accepted      INTEGER NOT NULL CHECK (accepted >= 0),
    rejected      INTEGER NOT NULL CHECK (rejected >= 0),
    accepted_fen  INTEGER NOT NULL DEFAULT 0,
    cleaned_cells INTEGER NOT NULL DEFAULT 0,
    unchanged     INTEGER NOT NULL DEFAULT 0 CHECK (unchanged BETWEEN 0 AND accepted),
    given_mapping TEXT NOT NULL DEFAULT '',
    follows       INTEGER REFERENCES import_run (id),
    state         TEXT NOT NULL CHECK (state IN ('done', 'undone')),
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    business_date TEXT NOT NULL,
    CHECK (rows = accepted + rejected),
    CHECK (follows < id)
) STRICT;
-- a run that follows another takes rows of the same file once more, with what was accepted for them
CREATE UNIQUE INDEX import_run_once ON import_run (file_sha256, kind, list_kind, coalesce(program_id, 0), period)
    WHERE state = 'done' AND follows IS NULL;
CREATE INDEX import_run_follows ON import_run (follows) WHERE follows IS NOT NULL;

-- a mended workbook leans on the earlier runs that took its unchanged rows in
CREATE TABLE import_unchanged (
    run_id        INTEGER NOT NULL REFERENCES import_run (id),
    earlier_run   INTEGER NOT NULL REFERENCES import_run (id),
    rows          INTEGER NOT NULL CHECK (rows > 0),
    PRIMARY KEY (run_id, earlier_run),
    CHECK (earlier_run < run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_unchanged_of ON import_unchanged (earlier_run);

CREATE TABLE import_finding (
    id            INTEGER PRIMARY KEY,
    run_id        INTEGER NOT NULL REFERENCES import_run (id),
    sheet         TEXT NOT NULL,
    row           INTEGER NOT NULL,
    column_name   TEXT NOT NULL,
    written       TEXT NOT NULL,
    level         TEXT NOT NULL CHECK (level IN ('error', 'warning')),
    code          TEXT NOT NULL,
    sentence      TEXT NOT NULL
) STRICT;
CREATE INDEX import_finding_run ON import_finding (run_id);

-- what the registry makes of a damaged number 改正建议: proposed, never taken in unless somebody accepts it
CREATE TABLE import_proposal (
    id            INTEGER PRIMARY KEY,
    run_id        INTEGER NOT NULL REFERENCES import_run (id),
    sheet         TEXT NOT NULL,
    row           INTEGER NOT NULL,
    field         TEXT NOT NULL,
    column_name   TEXT NOT NULL,
    written       TEXT NOT NULL,
    code          TEXT NOT NULL,
    proposed      TEXT NOT NULL CHECK (proposed <> ''),
    why           TEXT NOT NULL,
    state         TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'declined')),
    taken_by_run  INTEGER REFERENCES import_run (id),
    decided_on    TEXT,
    decided_by    INTEGER REFERENCES operator (id),
    CHECK ((state = 'open') = (decided_by IS NULL)),
    CHECK ((state = 'open') = (decided_on IS NULL)),
    CHECK ((state = 'accepted') = (taken_by_run IS NOT NULL))
) STRICT;
CREATE INDEX import_proposal_run ON import_proposal (run_id);
CREATE INDEX import_proposal_taken ON import_proposal (taken_by_run) WHERE taken_by_run IS NOT NULL;
CREATE TRIGGER import_proposal_keeps_what_was_written BEFORE UPDATE OF run_id, sheet, row, field, column_name, written, code,
    proposed, why ON import_proposal
BEGIN SELECT RAISE(ABORT, 'import_proposal_keeps_what_was_written'); END;
CREATE TRIGGER import_proposal_stays BEFORE DELETE ON import_proposal
BEGIN SELECT RAISE(ABORT, 'import_proposal_stays'); END;

-- a row that a run changed, as it was, so that the run can be undone
CREATE TABLE import_before (
    id            INTEGER PRIMARY KEY,
    run_id        INTEGER NOT NULL REFERENCES import_run (id),
    table_name    TEXT NOT NULL CHECK (table_name IN ('person', 'household', 'account', 'enrolment')),
    row_id        INTEGER NOT NULL,
    body          TEXT NOT NULL
) STRICT;
CREATE INDEX import_before_run ON import_before (run_id);

-- what a heading of a workbook means, as somebody said once 栏目对照; known by the set of its headings
CREATE TABLE column_mapping (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL,
    name          TEXT NOT NULL CHECK (name <> ''),
    fingerprint   TEXT NOT NULL,
    body          TEXT NOT NULL,
    headings      TEXT NOT NULL,
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    remembered_on TEXT NOT NULL,
    UNIQUE (kind, fingerprint)
) STRICT;

-- registry ------------------------------------------------------------------------------------------------

CREATE TABLE village (
    id            INTEGER PRIMARY KEY,
    code          TEXT NOT NULL DEFAULT '',
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE village_alias (
    name_key      TEXT PRIMARY KEY,
    village_id    INTEGER NOT NULL REFERENCES village (id)
) STRICT, WITHOUT ROWID;

-- other names of banks 银行 and other words for relations 与户主关系 that the office confirmed
CREATE TABLE bank_alias (
    name_key      TEXT PRIMARY KEY,
    name          TEXT NOT NULL CHECK (name <> '')
) STRICT, WITHOUT ROWID;

CREATE TABLE relation_alias (
    name_key      TEXT PRIMARY KEY,
    name          TEXT NOT NULL CHECK (name <> '')
) STRICT, WITHOUT ROWID;

CREATE TABLE household (
    id            INTEGER PRIMARY KEY,
    number        TEXT,
    village_id    INTEGER NOT NULL REFERENCES village (id),
    group_number  INTEGER,
    group_text    TEXT NOT NULL DEFAULT '',
    head_id       INTEGER REFERENCES person (id),
    ended_on      TEXT,
    run_id        INTEGER REFERENCES import_run (id)
) STRICT;
CREATE UNIQUE INDEX household_number ON household (number) WHERE number IS NOT NULL;
CREATE INDEX household_run ON household (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX household_head ON household (head_id) WHERE head_id IS NOT NULL;

CREATE TABLE person (
    id            INTEGER PRIMARY KEY,
    id_number     TEXT NOT NULL UNIQUE,
    id_kind       TEXT NOT NULL CHECK (id_kind IN ('resident', 'other')),
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL,
    household_id  INTEGER NOT NULL REFERENCES household (id),
    relation      TEXT NOT NULL DEFAULT '',
    sex           TEXT NOT NULL DEFAULT '',
    birth         TEXT,
    phone         TEXT NOT NULL DEFAULT '',
    remark        TEXT NOT NULL DEFAULT '',
    is_dead       INTEGER NOT NULL DEFAULT 0 CHECK (is_dead IN (0, 1)),
    died_on       TEXT,
    merged_into   INTEGER REFERENCES person (id),
    row_digest    INTEGER,
    row_run       INTEGER,
    run_id        INTEGER REFERENCES import_run (id),
    CHECK (died_on IS NULL OR is_dead = 1),
    CHECK (merged_into <> id)
) STRICT;
CREATE INDEX person_household ON person (household_id);
CREATE INDEX person_name ON person (name_key);
CREATE INDEX person_id_tail ON person (substr(id_number, -4));
CREATE INDEX person_run ON person (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX person_merged ON person (merged_into) WHERE merged_into IS NOT NULL;

-- two records of one person: the other one is marked, never removed, and the mark can be taken off
CREATE TABLE person_merge (
    id            INTEGER PRIMARY KEY,
    kept_id       INTEGER NOT NULL REFERENCES person (id),
    merged_id     INTEGER NOT NULL REFERENCES person (id),
    reason        TEXT NOT NULL CHECK (reason <> ''),
    merged_on     TEXT NOT NULL,
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    undone_on     TEXT,
    undone_by     INTEGER REFERENCES operator (id),
    undone_reason TEXT NOT NULL DEFAULT '',
    CHECK (kept_id <> merged_id)
) STRICT;
CREATE UNIQUE INDEX person_merge_one ON person_merge (merged_id) WHERE undone_on IS NULL;
CREATE INDEX person_merge_kept ON person_merge (kept_id);

-- what happened to a household 户变动, final; body holds the rows as they were (JSON), after_run the last run before it
CREATE TABLE household_event (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('head_death', 'head_change', 'split', 'merge', 'move')),
    household_id  INTEGER NOT NULL REFERENCES household (id),
    other_id      INTEGER REFERENCES household (id),
    happened_on   TEXT NOT NULL,
    reason        TEXT NOT NULL CHECK (reason <> ''),
    body          TEXT NOT NULL DEFAULT '{}',
    after_run     INTEGER NOT NULL DEFAULT 0,
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    recorded_on   TEXT NOT NULL
) STRICT;
CREATE INDEX household_event_of ON household_event (household_id);
CREATE INDEX household_event_other ON household_event (other_id) WHERE other_id IS NOT NULL;
CREATE TRIGGER household_event_is_final BEFORE UPDATE ON household_event
BEGIN SELECT RAISE(ABORT, 'household_event_is_final'); END;
CREATE TRIGGER household_event_stays BEFORE DELETE ON household_event
BEGIN SELECT RAISE(ABORT, 'household_event_stays'); END;

-- who was a household's head or member until an event ended it; valid_from NULL is since before the records
CREATE TABLE household_span (
    id            INTEGER PRIMARY KEY,
    household_id  INTEGER NOT NULL REFERENCES household (id),
    person_id     INTEGER NOT NULL REFERENCES person (id),
    role          TEXT NOT NULL CHECK (role IN ('head', 'member')),
    valid_from    TEXT,
    valid_to      TEXT NOT NULL,
    event_id      INTEGER NOT NULL REFERENCES household_event (id)
) STRICT;
CREATE INDEX household_span_of ON household_span (household_id);
CREATE INDEX household_span_person ON household_span (person_id);

-- who may receive for whom: guardian 监护人, collector 代领人
CREATE TABLE guardian (
    id            INTEGER PRIMARY KEY,
    person_id     INTEGER NOT NULL REFERENCES person (id),
    role          TEXT NOT NULL CHECK (role IN ('guardian', 'collector')),
    name          TEXT NOT NULL,
    id_number     TEXT NOT NULL,
    relation      TEXT NOT NULL DEFAULT '',
    reason        TEXT NOT NULL DEFAULT '',
    run_id        INTEGER REFERENCES import_run (id),
    UNIQUE (person_id, role, id_number)
) STRICT;
CREATE INDEX guardian_id_number ON guardian (id_number);

CREATE TABLE account (
    id            INTEGER PRIMARY KEY,
    person_id     INTEGER NOT NULL REFERENCES person (id),
    number        TEXT NOT NULL CHECK (length(number) BETWEEN 8 AND 32 AND number NOT GLOB '*[^0-9]*'),
    holder        TEXT NOT NULL,
    bank          TEXT NOT NULL DEFAULT '',
    medium        TEXT NOT NULL DEFAULT '',
    valid_from    TEXT NOT NULL,
    valid_to      TEXT,
    row_digest    INTEGER,
    row_run       INTEGER,
    run_id        INTEGER REFERENCES import_run (id),
    CHECK (valid_to IS NULL OR valid_to >= valid_from)
) STRICT;
CREATE UNIQUE INDEX account_one_open ON account (person_id) WHERE valid_to IS NULL;
CREATE INDEX account_person ON account (person_id);
CREATE INDEX account_number ON account (number);
CREATE INDEX account_tail ON account (substr(number, -4));
CREATE INDEX account_run ON account (run_id) WHERE run_id IS NOT NULL;

-- a name on a list of deaths, payroll, relocations or village cadres, and the people here it may mean
CREATE TABLE comparison_entry (
    id            INTEGER PRIMARY KEY,
    run_id        INTEGER NOT NULL REFERENCES import_run (id),
    kind          TEXT NOT NULL CHECK (kind IN ('deaths', 'payroll', 'relocation', 'cadres')),
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL,
    id_number     TEXT NOT NULL,
    happened_on   TEXT,
    source        TEXT NOT NULL DEFAULT '',
    village_id    INTEGER REFERENCES village (id)
) STRICT;
CREATE INDEX comparison_entry_run ON comparison_entry (run_id);

CREATE TABLE comparison_hit (
    entry_id      INTEGER NOT NULL REFERENCES comparison_entry (id),
    person_id     INTEGER NOT NULL REFERENCES person (id),
    how           TEXT NOT NULL CHECK (how IN ('exact', 'one_digit', 'name_and_birth', 'name_and_village', 'alike')),
    score         INTEGER CHECK (score BETWEEN 0 AND 100),
    why           TEXT NOT NULL DEFAULT '',
    state         TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'dismissed')),
    reason        TEXT NOT NULL DEFAULT '',
    decided_on    TEXT,
    decided_by    INTEGER REFERENCES operator (id),
    PRIMARY KEY (entry_id, person_id),
    CHECK ((state = 'open') = (decided_on IS NULL)),
    CHECK (state = 'open' OR reason <> '')
) STRICT, WITHOUT ROWID;
CREATE INDEX comparison_hit_person ON comparison_hit (person_id);

-- programs and their dated policies -----------------------------------------------------------------------

CREATE TABLE program (
    id            INTEGER PRIMARY KEY,
    code          TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    bank_short_name    TEXT NOT NULL CHECK (length(bank_short_name) BETWEEN 1 AND 7),
    bank_short_name_12 TEXT NOT NULL DEFAULT '' CHECK (length(bank_short_name_12) <= 6),
    department    TEXT NOT NULL,
    level         TEXT NOT NULL DEFAULT '',
    through_card  INTEGER NOT NULL DEFAULT 1 CHECK (through_card IN (0, 1)),
    is_local      INTEGER NOT NULL DEFAULT 0 CHECK (is_local IN (0, 1))
) STRICT;

CREATE TABLE policy (
    id            INTEGER PRIMARY KEY,
    program_id    INTEGER NOT NULL REFERENCES program (id),
    version       INTEGER NOT NULL CHECK (version > 0),
    document      TEXT NOT NULL,
    document_key  TEXT NOT NULL,
    valid_from    TEXT NOT NULL,
    valid_to      TEXT,
    family        TEXT NOT NULL,
    frequency     TEXT NOT NULL CHECK (frequency IN ('year', 'quarter', 'month', 'once')),
    target        TEXT NOT NULL CHECK (target IN ('person', 'household')),
    parameters    TEXT NOT NULL,
    UNIQUE (program_id, version),
    CHECK (valid_to IS NULL OR valid_to >= valid_from)
) STRICT;
-- a version only ends: what was computed by it can be computed again in ten years
CREATE TRIGGER policy_is_final BEFORE UPDATE OF id, program_id, version, document, document_key, valid_from, family, frequency,
  target, parameters ON policy
BEGIN SELECT RAISE(ABORT, 'policy_is_final'); END;
CREATE TRIGGER policy_stays BEFORE DELETE ON policy
BEGIN SELECT RAISE(ABORT, 'policy_stays'); END;

CREATE TABLE program_conflict (
    program_a     TEXT NOT NULL,
    program_b     TEXT NOT NULL,
    mode          TEXT NOT NULL CHECK (mode IN ('互斥', '择高', '提示')),
    scope         TEXT NOT NULL CHECK (scope IN ('person', 'household', 'plot')),
    PRIMARY KEY (program_a, program_b),
    CHECK (program_a < program_b)
) STRICT, WITHOUT ROWID;

-- funds ---------------------------------------------------------------------------------------------------

CREATE TABLE allotment (
    id            INTEGER PRIMARY KEY,
    program_id    INTEGER NOT NULL REFERENCES program (id),
    document      TEXT NOT NULL,
    document_key  TEXT NOT NULL,
    level         TEXT NOT NULL CHECK (level IN ('中央', '省', '市', '县', '乡镇', '')),
    year          INTEGER NOT NULL,
    issued_on     TEXT NOT NULL,
    allotted_fen  INTEGER NOT NULL CHECK (allotted_fen > 0),
    carried_from  INTEGER REFERENCES allotment (id),
    is_opening    INTEGER NOT NULL DEFAULT 0 CHECK (is_opening IN (0, 1)),
    remark        TEXT NOT NULL DEFAULT '',
    withdrawn_on  TEXT,
    run_id        INTEGER REFERENCES import_run (id)
) STRICT;
CREATE UNIQUE INDEX allotment_once ON allotment (program_id, document_key, level, year) WHERE withdrawn_on IS NULL;

CREATE TABLE allotment_change (
    id            INTEGER PRIMARY KEY,
    allotment_id  INTEGER NOT NULL REFERENCES allotment (id),
    kind          TEXT NOT NULL CHECK (kind IN ('adjust', 'cut', 'carry_out')),
    fen           INTEGER NOT NULL CHECK (fen <> 0),
    changed_on    TEXT NOT NULL,
    document      TEXT NOT NULL DEFAULT '',
    reason        TEXT NOT NULL CHECK (reason <> ''),
    CHECK (kind = 'adjust' OR fen < 0)
) STRICT;
CREATE INDEX allotment_change_of ON allotment_change (allotment_id);

CREATE TABLE receipt (
    id            INTEGER PRIMARY KEY,
    allotment_id  INTEGER NOT NULL REFERENCES allotment (id),
    received_on   TEXT NOT NULL,
    fen           INTEGER NOT NULL CHECK (fen > 0),
    remark        TEXT NOT NULL DEFAULT '',
    run_id        INTEGER REFERENCES import_run (id)
) STRICT;
CREATE INDEX receipt_of ON receipt (allotment_id);

-- enrolment -----------------------------------------------------------------------------------------------

-- somebody gets no more of a program until certified 生存认证, from a day on
CREATE TABLE suspension (
    id            INTEGER PRIMARY KEY,
    program_id    INTEGER NOT NULL REFERENCES program (id),
    person_id     INTEGER NOT NULL REFERENCES person (id),
    starts_on     TEXT NOT NULL,
    reason        TEXT NOT NULL CHECK (reason <> ''),
    made_on       TEXT NOT NULL,
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    ended_on      TEXT,
    ended_by_run  INTEGER REFERENCES import_run (id)
) STRICT;
CREATE UNIQUE INDEX suspension_one_open ON suspension (program_id, person_id) WHERE ended_on IS NULL;
CREATE INDEX suspension_person ON suspension (person_id);

-- the enrolments that a suspension cut short, as they were
CREATE TABLE suspension_enrolment (
    suspension_id INTEGER NOT NULL REFERENCES suspension (id),
    enrolment_id  INTEGER NOT NULL REFERENCES enrolment (id),
    state         TEXT NOT NULL,
    valid_to      TEXT,
    PRIMARY KEY (suspension_id, enrolment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX suspension_enrolment_of ON suspension_enrolment (enrolment_id);

CREATE TABLE survival_certificate (
    id            INTEGER PRIMARY KEY,
    run_id        INTEGER REFERENCES import_run (id),
    program_id    INTEGER NOT NULL REFERENCES program (id),
    person_id     INTEGER NOT NULL REFERENCES person (id),
    certified_on  TEXT NOT NULL,
    valid_until   TEXT NOT NULL,
    manner        TEXT NOT NULL DEFAULT '',
    UNIQUE (run_id, person_id),
    CHECK (valid_until >= certified_on)
) STRICT;
CREATE INDEX survival_certificate_of ON survival_certificate (program_id, person_id);

-- period '' is a standing entitlement (from-to); otherwise it holds for that period alone. With a suspension_id it pays
-- a period that the suspension withheld, once (补发)
CREATE TABLE enrolment (
    id            INTEGER PRIMARY KEY,
    program_id    INTEGER NOT NULL REFERENCES program (id),
    target        TEXT NOT NULL CHECK (target IN ('person', 'household')),
    person_id     INTEGER NOT NULL REFERENCES person (id),
    household_id  INTEGER NOT NULL REFERENCES household (id),
    period        TEXT NOT NULL DEFAULT '',
    valid_from    TEXT NOT NULL,
    valid_to      TEXT,
    quantity      INTEGER CHECK (quantity >= 0),
    grade         TEXT NOT NULL DEFAULT '',
    care_level    TEXT NOT NULL DEFAULT '',
    heads         INTEGER CHECK (heads > 0),
    cost_fen      INTEGER CHECK (cost_fen >= 0),
    approved_fen  INTEGER CHECK (approved_fen > 0),
    stated_fen    INTEGER,
    computed_fen  INTEGER NOT NULL CHECK (computed_fen >= 0),
    trace         TEXT NOT NULL DEFAULT '',
    more_facts    TEXT NOT NULL DEFAULT '{}',
    stated_account TEXT NOT NULL DEFAULT '',
    remark        TEXT NOT NULL DEFAULT '',
    stop_reason   TEXT NOT NULL DEFAULT '',
    state         TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'stopped')),
    suspension_id INTEGER REFERENCES suspension (id),
    row_digest    INTEGER,
    run_id        INTEGER REFERENCES import_run (id),
    CHECK (valid_to IS NULL OR valid_to >= valid_from)
) STRICT;
CREATE UNIQUE INDEX enrolment_back_pay_once ON enrolment (suspension_id, period) WHERE suspension_id IS NOT NULL;
CREATE UNIQUE INDEX enrolment_person_once ON enrolment (program_id, period, person_id)
    WHERE target = 'person' AND state = 'active';
CREATE UNIQUE INDEX enrolment_household_once ON enrolment (program_id, period, household_id)
    WHERE target = 'household' AND state = 'active';
CREATE INDEX enrolment_person ON enrolment (person_id);
CREATE INDEX enrolment_household ON enrolment (household_id);
CREATE INDEX enrolment_run ON enrolment (run_id) WHERE run_id IS NOT NULL;

-- an enrolment that an event leaves open: does it follow, stay or stop? never decided in silence
CREATE TABLE enrolment_question (
    id            INTEGER PRIMARY KEY,
    event_id      INTEGER NOT NULL REFERENCES household_event (id),
    enrolment_id  INTEGER NOT NULL REFERENCES enrolment (id),
    kind          TEXT NOT NULL CHECK (kind IN ('beneficiary_died', 'head_missing', 'payee_died', 'shared',
                                                'means', 'twice', 'land')),
    state         TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'kept', 'stopped')),
    reason        TEXT NOT NULL DEFAULT '',
    decided_on    TEXT,
    decided_by    INTEGER REFERENCES operator (id),
    UNIQUE (event_id, enrolment_id),
    CHECK ((state = 'open') = (decided_on IS NULL)),
    CHECK (state = 'open' OR reason <> '')
) STRICT;
CREATE INDEX enrolment_question_of ON enrolment_question (enrolment_id);

-- payments of earlier months and years taken over from old workbooks: shown and compared with, never in the books
CREATE TABLE past_payment (
    id            INTEGER PRIMARY KEY,
    run_id        INTEGER NOT NULL REFERENCES import_run (id),
    program_id    INTEGER NOT NULL REFERENCES program (id),
    period        TEXT NOT NULL,
    target        TEXT NOT NULL CHECK (target IN ('person', 'household')),
    person_id     INTEGER NOT NULL REFERENCES person (id),
    household_id  INTEGER NOT NULL REFERENCES household (id),
    village_id    INTEGER NOT NULL REFERENCES village (id),
    name          TEXT NOT NULL,
    id_number     TEXT NOT NULL,
    payee_name    TEXT NOT NULL DEFAULT '',
    account_number TEXT NOT NULL DEFAULT '',
    owed_fen      INTEGER NOT NULL CHECK (owed_fen > 0),
    paid_on       TEXT,
    outcome       TEXT NOT NULL CHECK (outcome IN ('paid', 'failed')),
    reason        TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX past_payment_person_once ON past_payment (program_id, period, person_id)
    WHERE target = 'person' AND outcome = 'paid';
CREATE UNIQUE INDEX past_payment_household_once ON past_payment (program_id, period, household_id)
    WHERE target = 'household' AND outcome = 'paid';
CREATE INDEX past_payment_person ON past_payment (person_id);
CREATE INDEX past_payment_household ON past_payment (household_id);
CREATE INDEX past_payment_run ON past_payment (run_id);

-- batches and payments ------------------------------------------------------------------------------------

CREATE TABLE batch (
    id            INTEGER PRIMARY KEY,
    number        TEXT NOT NULL UNIQUE,
    program_id    INTEGER NOT NULL REFERENCES program (id),
    policy_id     INTEGER NOT NULL REFERENCES policy (id),
    period        TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('regular', 'reissue')),
    source_batch_id INTEGER REFERENCES batch (id),
    state         TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'reviewed', 'publicized', 'approved', 'sent',
                                                 'settling', 'settled', 'archived', 'rejected', 'cancelled')),
    rejected_desk TEXT NOT NULL DEFAULT '' CHECK (rejected_desk IN ('', 'submitted', 'reviewed', 'publicized')),
    payments      INTEGER NOT NULL CHECK (payments > 0),
    owed_fen      INTEGER NOT NULL CHECK (owed_fen > 0),
    snapshot_sha256 TEXT NOT NULL DEFAULT '',
    created_on    TEXT NOT NULL,
    approved_on   TEXT,
    sent_on       TEXT,
    settled_on    TEXT,
    CHECK ((kind = 'reissue') = (source_batch_id IS NOT NULL)),
    CHECK ((state = 'rejected') = (rejected_desk <> ''))
) STRICT;
CREATE INDEX batch_program_period ON batch (program_id, period);
CREATE INDEX batch_source ON batch (source_batch_id) WHERE source_batch_id IS NOT NULL;
CREATE TRIGGER batch_stays BEFORE DELETE ON batch
BEGIN SELECT RAISE(ABORT, 'batch_stays'); END;

CREATE TRIGGER batch_goes_no_road_back BEFORE UPDATE OF state ON batch
WHEN OLD.state IN ('sent', 'settling', 'settled', 'archived') AND NEW.state NOT IN ('sent', 'settling', 'settled', 'archived')
  OR OLD.state = 'approved' AND NEW.state IN ('draft', 'submitted', 'reviewed', 'publicized', 'rejected')
  OR OLD.state = 'cancelled' AND NEW.state <> 'cancelled'
BEGIN SELECT RAISE(ABORT, 'batch_goes_no_road_back'); END;
CREATE TRIGGER batch_is_locked BEFORE UPDATE OF number, program_id, policy_id, period, kind, source_batch_id, payments, owed_fen
ON batch WHEN OLD.state NOT IN ('draft', 'rejected')
BEGIN SELECT RAISE(ABORT, 'batch_is_locked'); END;

-- who did what to a batch, in order
CREATE TABLE batch_act (
    id            INTEGER PRIMARY KEY,
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    step          TEXT NOT NULL,
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    at            TEXT NOT NULL,
    business_date TEXT NOT NULL,
    opinion       TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX batch_act_of ON batch_act (batch_id);
CREATE TRIGGER batch_act_is_final BEFORE UPDATE ON batch_act
BEGIN SELECT RAISE(ABORT, 'batch_act_is_final'); END;
CREATE TRIGGER batch_act_stays BEFORE DELETE ON batch_act
BEGIN SELECT RAISE(ABORT, 'batch_act_stays'); END;

CREATE TABLE batch_funding (
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    allotment_id  INTEGER NOT NULL REFERENCES allotment (id),
    fen           INTEGER NOT NULL CHECK (fen > 0),
    PRIMARY KEY (batch_id, allotment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_funding_allotment ON batch_funding (allotment_id);

-- funding that a stop after approval gave back (红字)
CREATE TABLE batch_funding_return (
    id            INTEGER PRIMARY KEY,
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    allotment_id  INTEGER NOT NULL REFERENCES allotment (id),
    payment_id    INTEGER NOT NULL REFERENCES payment (id),
    fen           INTEGER NOT NULL CHECK (fen <> 0),
    returned_on   TEXT NOT NULL
) STRICT;
CREATE INDEX batch_funding_return_allotment ON batch_funding_return (allotment_id);
CREATE INDEX batch_funding_return_payment ON batch_funding_return (payment_id);

CREATE TABLE check_sheet (
    id            INTEGER PRIMARY KEY,
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    stage         TEXT NOT NULL CHECK (stage IN ('submit', 'approve')),
    body          TEXT NOT NULL,
    sha256        TEXT NOT NULL,
    made_on       TEXT NOT NULL
) STRICT;
CREATE INDEX check_sheet_of ON check_sheet (batch_id);
CREATE TRIGGER check_sheet_is_final BEFORE UPDATE ON check_sheet
BEGIN SELECT RAISE(ABORT, 'check_sheet_is_final'); END;
CREATE TRIGGER check_sheet_stays BEFORE DELETE ON check_sheet
BEGIN SELECT RAISE(ABORT, 'check_sheet_stays'); END;

CREATE TABLE payment (
    id            INTEGER PRIMARY KEY,
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    line          INTEGER NOT NULL CHECK (line > 0),
    program_id    INTEGER NOT NULL REFERENCES program (id),
    period        TEXT NOT NULL,
    target        TEXT NOT NULL CHECK (target IN ('person', 'household')),
    person_id     INTEGER NOT NULL REFERENCES person (id),
    household_id  INTEGER NOT NULL REFERENCES household (id),
    payee_id      INTEGER REFERENCES person (id),
    enrolment_id  INTEGER REFERENCES enrolment (id),
    source_id     INTEGER REFERENCES payment (id),
    village_id    INTEGER NOT NULL REFERENCES village (id),
    group_text    TEXT NOT NULL,
    name          TEXT NOT NULL,
    id_number     TEXT NOT NULL,
    head_name     TEXT NOT NULL,
    head_id_number TEXT NOT NULL,
    payee_name    TEXT NOT NULL,
    payee_id_number TEXT NOT NULL,
    account_number TEXT NOT NULL,
    account_holder TEXT NOT NULL,
    bank          TEXT NOT NULL,
    phone         TEXT NOT NULL,
    quantity_text TEXT NOT NULL,
    rate_text     TEXT NOT NULL,
    owed_fen      INTEGER NOT NULL CHECK (owed_fen > 0),
    trace         TEXT NOT NULL,
    bucket        TEXT NOT NULL CHECK (bucket IN ('pending', 'stopped', 'in_flight', 'paid', 'failed', 'returned',
                                                  'recovered', 'reissued', 'closed_unpaid')),
    recovered_fen INTEGER NOT NULL DEFAULT 0,
    reason        TEXT NOT NULL DEFAULT '',
    reason_class  TEXT NOT NULL DEFAULT '',
    changed_on    TEXT NOT NULL DEFAULT '',
    UNIQUE (batch_id, line),
    CHECK (recovered_fen BETWEEN 0 AND owed_fen)
) STRICT;
CREATE UNIQUE INDEX payment_person_once ON payment (program_id, period, person_id)
    WHERE target = 'person' AND source_id IS NULL AND bucket NOT IN ('stopped', 'closed_unpaid');
CREATE UNIQUE INDEX payment_household_once ON payment (program_id, period, household_id)
    WHERE target = 'household' AND source_id IS NULL AND bucket NOT IN ('stopped', 'closed_unpaid');
CREATE UNIQUE INDEX payment_source_once ON payment (source_id)
    WHERE source_id IS NOT NULL AND bucket <> 'stopped';
CREATE INDEX payment_person ON payment (person_id);
CREATE INDEX payment_household ON payment (household_id);
CREATE INDEX payment_payee ON payment (payee_id);
CREATE INDEX payment_enrolment ON payment (enrolment_id) WHERE enrolment_id IS NOT NULL;
CREATE INDEX payment_source ON payment (source_id) WHERE source_id IS NOT NULL;
CREATE TRIGGER payment_is_locked BEFORE UPDATE OF batch_id, line, program_id, period, target, person_id, household_id,
    payee_id, enrolment_id, source_id, village_id, group_text, name, id_number, head_name, head_id_number, payee_name,
    payee_id_number, account_number, account_holder, bank, phone, quantity_text, rate_text, owed_fen, trace ON payment
WHEN (SELECT state FROM batch WHERE id = OLD.batch_id) NOT IN ('draft', 'rejected')
BEGIN SELECT RAISE(ABORT, 'payment_is_locked'); END;
CREATE TRIGGER payment_stays BEFORE DELETE ON payment
WHEN (SELECT state FROM batch WHERE id = OLD.batch_id) NOT IN ('draft', 'rejected')
BEGIN SELECT RAISE(ABORT, 'payment_stays'); END;
CREATE TRIGGER payment_comes_in_draft BEFORE INSERT ON payment
WHEN (SELECT state FROM batch WHERE id = NEW.batch_id) NOT IN ('draft', 'rejected')
BEGIN SELECT RAISE(ABORT, 'payment_comes_in_draft'); END;
CREATE TRIGGER reissue_costs_the_same BEFORE INSERT ON payment
WHEN NEW.source_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM payment s WHERE s.id = NEW.source_id AND s.owed_fen = NEW.owed_fen
       AND s.person_id = NEW.person_id AND s.program_id = NEW.program_id AND s.period = NEW.period)
BEGIN SELECT RAISE(ABORT, 'reissue_costs_the_same'); END;

-- sums of a batch by village and bucket, written by the acts themselves and compared by the doctor
CREATE TABLE batch_tally (
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    village_id    INTEGER NOT NULL REFERENCES village (id),
    bucket        TEXT NOT NULL,
    payments      INTEGER NOT NULL CHECK (payments >= 0),
    fen           INTEGER NOT NULL CHECK (fen >= 0),
    PRIMARY KEY (batch_id, village_id, bucket)
) STRICT, WITHOUT ROWID;

-- what happened to a batch's money in a month, for the monthly return; the signs are those of the event
CREATE TABLE month_tally (
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    month         TEXT NOT NULL,
    event         TEXT NOT NULL CHECK (event IN ('owed', 'paid', 'failed', 'returned', 'recovered', 'recovered_late',
                                                 'stopped', 'closed_unpaid')),
    households    INTEGER NOT NULL,
    people        INTEGER NOT NULL,
    payments      INTEGER NOT NULL,
    fen           INTEGER NOT NULL,
    PRIMARY KEY (batch_id, month, event)
) STRICT, WITHOUT ROWID;

-- notices -------------------------------------------------------------------------------------------------

CREATE TABLE holiday (
    day           TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('off', 'work')),
    name          TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE public_notice (
    id            INTEGER PRIMARY KEY,
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    posted_on     TEXT NOT NULL,
    days          INTEGER NOT NULL CHECK (days > 0),
    day_kind      TEXT NOT NULL CHECK (day_kind IN ('workdays', 'calendar', 'months')),
    first_day     TEXT NOT NULL,
    last_day      TEXT NOT NULL,
    rows_sha256   TEXT NOT NULL,
    -- the list as it was put up
    file_sha256   TEXT NOT NULL REFERENCES stored_file (sha256),
    state         TEXT NOT NULL DEFAULT 'posted' CHECK (state IN ('posted', 'withdrawn', 'ended')),
    CHECK (posted_on < first_day AND first_day <= last_day)
) STRICT;
CREATE UNIQUE INDEX public_notice_one_posted ON public_notice (batch_id) WHERE state = 'posted';

CREATE TABLE objection (
    id            INTEGER PRIMARY KEY,
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    person        TEXT NOT NULL,
    body          TEXT NOT NULL CHECK (body <> ''),
    raised_on     TEXT NOT NULL,
    outcome       TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'upheld', 'rejected')),
    answer        TEXT NOT NULL DEFAULT '',
    decided_on    TEXT
) STRICT;
CREATE INDEX objection_of ON objection (batch_id);

-- bank files and returns ----------------------------------------------------------------------------------

CREATE TABLE bank_file (
    id            INTEGER PRIMARY KEY,
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    part          INTEGER NOT NULL CHECK (part > 0),
    profile       TEXT NOT NULL,
    name          TEXT NOT NULL,
    sha256        TEXT NOT NULL REFERENCES stored_file (sha256),
    lines         INTEGER NOT NULL CHECK (lines > 0),
    total_fen     INTEGER NOT NULL CHECK (total_fen > 0),
    made_on       TEXT NOT NULL,
    UNIQUE (batch_id, part)
) STRICT;

CREATE TABLE attempt (
    id            INTEGER PRIMARY KEY,
    payment_id    INTEGER NOT NULL REFERENCES payment (id),
    bank_file_id  INTEGER NOT NULL REFERENCES bank_file (id),
    line          INTEGER NOT NULL CHECK (line > 0),
    serial        TEXT NOT NULL,
    name          TEXT NOT NULL,
    account_number TEXT NOT NULL,
    fen           INTEGER NOT NULL CHECK (fen > 0),
    remark        TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('open', 'paid', 'failed', 'bounced')),
    reason        TEXT NOT NULL DEFAULT '',
    reason_class  TEXT NOT NULL DEFAULT '',
    answered_on   TEXT,
    return_id     INTEGER REFERENCES bank_return (id),
    UNIQUE (bank_file_id, line)
) STRICT;
CREATE UNIQUE INDEX attempt_one_open ON attempt (payment_id) WHERE state = 'open';
CREATE INDEX attempt_payment ON attempt (payment_id);
CREATE INDEX attempt_return ON attempt (return_id) WHERE return_id IS NOT NULL;
CREATE TRIGGER attempt_stays BEFORE DELETE ON attempt
BEGIN SELECT RAISE(ABORT, 'attempt_stays'); END;
CREATE TRIGGER attempt_is_final BEFORE UPDATE ON attempt
WHEN NOT (OLD.state = 'open' AND NEW.state IN ('paid', 'failed') OR OLD.state = 'paid' AND NEW.state = 'bounced')
  OR NEW.payment_id <> OLD.payment_id OR NEW.bank_file_id <> OLD.bank_file_id OR NEW.line <> OLD.line
  OR NEW.fen <> OLD.fen OR NEW.account_number <> OLD.account_number OR NEW.name <> OLD.name OR NEW.serial <> OLD.serial
BEGIN SELECT RAISE(ABORT, 'attempt_is_final'); END;

CREATE TABLE bank_return (
    id            INTEGER PRIMARY KEY,
    file_name     TEXT NOT NULL,
    sha256        TEXT NOT NULL REFERENCES stored_file (sha256),
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    profile       TEXT NOT NULL,
    lines         INTEGER NOT NULL,
    received_on   TEXT NOT NULL,
    -- two months of the same people and sums may have the very same answer
    UNIQUE (sha256, batch_id)
) STRICT;

-- every line of a bank's answer, whatever became of it
CREATE TABLE return_line (
    id            INTEGER PRIMARY KEY,
    return_id     INTEGER NOT NULL REFERENCES bank_return (id),
    line          INTEGER NOT NULL,
    serial        TEXT NOT NULL,
    name          TEXT NOT NULL,
    account_number TEXT NOT NULL,
    fen           INTEGER,
    remark        TEXT NOT NULL,
    answer        TEXT NOT NULL,
    reason        TEXT NOT NULL,
    -- what these words mean, where they and the amounts decide it
    said          TEXT NOT NULL CHECK (said IN ('', 'paid', 'failed')),
    outcome       TEXT NOT NULL CHECK (outcome IN ('paid', 'failed', 'already_posted', 'waiting', 'unknown')),
    attempt_id    INTEGER REFERENCES attempt (id),
    note          TEXT NOT NULL DEFAULT '',
    UNIQUE (return_id, line)
) STRICT;

-- ledger --------------------------------------------------------------------------------------------------

-- A voucher must have its posting row by the end of the transaction (deferred key), and a posting row comes only
-- when the legs balance: so no unposted and no unbalanced voucher can ever be committed.
CREATE TABLE voucher_posting (
    voucher_id    INTEGER PRIMARY KEY REFERENCES voucher (id)
) STRICT;

CREATE TABLE voucher (
    id            INTEGER PRIMARY KEY REFERENCES voucher_posting (voucher_id) DEFERRABLE INITIALLY DEFERRED,
    month         TEXT NOT NULL,
    number        INTEGER NOT NULL CHECK (number > 0),
    posted_on     TEXT NOT NULL,
    event         TEXT NOT NULL,
    summary       TEXT NOT NULL,
    attachments   INTEGER NOT NULL DEFAULT 0 CHECK (attachments >= 0),
    batch_id      INTEGER REFERENCES batch (id),
    reverses_id   INTEGER REFERENCES voucher (id),
    operator_id   INTEGER NOT NULL REFERENCES operator (id),
    UNIQUE (month, number),
    CHECK (substr(posted_on, 1, 7) = month)
) STRICT;
CREATE INDEX voucher_batch ON voucher (batch_id) WHERE batch_id IS NOT NULL;

CREATE TABLE voucher_line (
    id            INTEGER PRIMARY KEY,
    voucher_id    INTEGER NOT NULL REFERENCES voucher (id),
    ledger        TEXT NOT NULL CHECK (ledger IN ('deposit', 'funded', 'payable', 'expense', 'returned', 'treasury')),
    debit_fen     INTEGER NOT NULL DEFAULT 0,
    credit_fen    INTEGER NOT NULL DEFAULT 0,
    allotment_id  INTEGER REFERENCES allotment (id),
    batch_id      INTEGER REFERENCES batch (id),
    program_id    INTEGER REFERENCES program (id),
    CHECK ((debit_fen = 0) <> (credit_fen = 0))
) STRICT;
CREATE INDEX voucher_line_voucher ON voucher_line (voucher_id);
CREATE INDEX voucher_line_ledger ON voucher_line (ledger, program_id);
CREATE INDEX voucher_line_batch ON voucher_line (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX voucher_line_allotment ON voucher_line (allotment_id) WHERE allotment_id IS NOT NULL;

CREATE TRIGGER voucher_must_balance BEFORE INSERT ON voucher_posting
WHEN (SELECT count(*) < 2 OR sum(debit_fen) <> sum(credit_fen) FROM voucher_line WHERE voucher_id = NEW.voucher_id)
BEGIN SELECT RAISE(ABORT, 'voucher_must_balance'); END;
CREATE TRIGGER voucher_posting_is_final BEFORE UPDATE ON voucher_posting
BEGIN SELECT RAISE(ABORT, 'voucher_posting_is_final'); END;
CREATE TRIGGER voucher_posting_stays BEFORE DELETE ON voucher_posting
BEGIN SELECT RAISE(ABORT, 'voucher_posting_stays'); END;
CREATE TRIGGER voucher_is_final BEFORE UPDATE ON voucher
WHEN EXISTS (SELECT 1 FROM voucher_posting WHERE voucher_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'voucher_is_final'); END;
CREATE TRIGGER voucher_stays BEFORE DELETE ON voucher
BEGIN SELECT RAISE(ABORT, 'voucher_stays'); END;
CREATE TRIGGER voucher_line_is_final BEFORE UPDATE ON voucher_line
WHEN EXISTS (SELECT 1 FROM voucher_posting WHERE voucher_id IN (OLD.voucher_id, NEW.voucher_id))
BEGIN SELECT RAISE(ABORT, 'voucher_line_is_final'); END;
CREATE TRIGGER voucher_line_stays BEFORE DELETE ON voucher_line
WHEN EXISTS (SELECT 1 FROM voucher_posting WHERE voucher_id = OLD.voucher_id)
BEGIN SELECT RAISE(ABORT, 'voucher_line_stays'); END;
CREATE TRIGGER voucher_line_comes_before_posting BEFORE INSERT ON voucher_line
WHEN EXISTS (SELECT 1 FROM voucher_posting WHERE voucher_id = NEW.voucher_id)
BEGIN SELECT RAISE(ABORT, 'voucher_line_comes_before_posting'); END;

-- reports and archive -------------------------------------------------------------------------------------

-- opening figures of an office's first month, per program
CREATE TABLE opening_figure (
    program_id    INTEGER PRIMARY KEY REFERENCES program (id),
    month         TEXT NOT NULL,
    body          TEXT NOT NULL
) STRICT;

CREATE TABLE monthly_return (
    month         TEXT PRIMARY KEY,
    state         TEXT NOT NULL CHECK (state IN ('unreported', 'reported', 'confirmed', 'sent_back')),
    figures       TEXT NOT NULL,
    file_sha256   TEXT REFERENCES stored_file (sha256),
    changed_on    TEXT NOT NULL,
    reason        TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE dossier (
    id            INTEGER PRIMARY KEY,
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    name          TEXT NOT NULL,
    sha256        TEXT NOT NULL REFERENCES stored_file (sha256),
    made_on       TEXT NOT NULL
) STRICT;
CREATE INDEX dossier_of ON dossier (batch_id);
"""
