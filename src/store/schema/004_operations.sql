-- Messages put into mailboxes, mailboxes made and renamed, moves between accounts, what others did.
-- Never edit this file once it was released: add the next number instead.

-- 1: a local operation made the mailbox, and the server does not have it yet.
ALTER TABLE mailbox ADD COLUMN awaited INTEGER NOT NULL DEFAULT 0;

-- The operation is sent only once that one is done. No reference: if that one is gone, this one must not run.
ALTER TABLE operation ADD COLUMN after_id INTEGER;
-- What the server said when it was done.
ALTER TABLE operation ADD COLUMN answer TEXT;
CREATE INDEX operation_after ON operation (after_id) WHERE after_id IS NOT NULL;

-- The same message in the other account, for moves and copies between accounts.
ALTER TABLE operation_target ADD COLUMN twin INTEGER;

-- What other clients did to the flags of a message; a ring, the oldest are forgotten.
CREATE TABLE history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  mailbox_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  -- Such as `+\Seen -work`.
  change TEXT NOT NULL
) STRICT;
CREATE INDEX history_message ON history (message_id, id);
