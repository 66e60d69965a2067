-- Files that came with a ticket or a comment. Their content lies in the folder `attachments` beside the
-- database, under a name of our own.

CREATE TABLE attachments (
    id           INTEGER PRIMARY KEY,
    ticket_id    INTEGER NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    -- NULL: it came with the ticket itself.
    comment_id   INTEGER REFERENCES comments (id) ON DELETE CASCADE,
    file_name    TEXT    NOT NULL,
    content_type TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    stored       TEXT    NOT NULL UNIQUE
) STRICT;

CREATE INDEX attachments_by_ticket ON attachments (ticket_id, comment_id);
