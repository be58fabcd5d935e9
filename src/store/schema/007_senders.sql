-- What the user decided about the mail of a sender, and small settings that belong to the mail.
-- Never edit this file once it was released: add the next number instead.

CREATE TABLE sender (
  -- An address in lower case, or a domain with an @ before it.
  who TEXT PRIMARY KEY,
  -- 1: pictures of the network are loaded without asking.
  remote INTEGER NOT NULL DEFAULT 0,
  -- 1: dark, 0: light, whatever the window is; NULL: as the window is.
  dark INTEGER,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE preference (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
