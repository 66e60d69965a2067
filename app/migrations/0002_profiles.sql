-- What members say of themselves: read and written whole, so one JSON text each.

CREATE TABLE profiles (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    profile TEXT NOT NULL
) STRICT;
