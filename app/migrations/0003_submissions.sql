-- What a submission made, recorded in the transaction that made it: a server that dies between its
-- commit and its answer makes nothing twice.

CREATE TABLE submissions (
    name       TEXT PRIMARY KEY,
    -- The id of the ticket or the comment.
    made       INTEGER,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX submissions_by_age ON submissions (created_at);
