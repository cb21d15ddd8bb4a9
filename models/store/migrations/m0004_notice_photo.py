"""Photos of a notice on its wall. Frozen: a later change is a later file. A photo once kept is neither changed nor removed."""

SQL = """
CREATE TABLE notice_photo (
    id            INTEGER PRIMARY KEY,
    notice_id     INTEGER NOT NULL REFERENCES public_notice (id),
    taken_on      TEXT NOT NULL,
    place         TEXT NOT NULL DEFAULT '',
    name          TEXT NOT NULL CHECK (name <> ''),
    sha256        TEXT NOT NULL REFERENCES stored_file (sha256),
    UNIQUE (notice_id, sha256)
) STRICT;

CREATE TRIGGER notice_photo_of_a_posted_notice BEFORE INSERT ON notice_photo
WHEN (SELECT posted_on FROM public_notice WHERE id = NEW.notice_id) > NEW.taken_on
BEGIN SELECT RAISE(ABORT, 'a photo is not older than its notice'); END;
CREATE TRIGGER notice_photo_stays BEFORE UPDATE ON notice_photo
BEGIN SELECT RAISE(ABORT, 'a photo is not changed'); END;
CREATE TRIGGER notice_photo_kept BEFORE DELETE ON notice_photo
BEGIN SELECT RAISE(ABORT, 'a photo is not removed'); END;
"""
