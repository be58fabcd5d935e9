-- Moves, copies and deletions in the journal; actions that can be undone.
-- Never edit this file once it was released: add the next number instead.

-- 1: the server has the message here, but a local operation took it away; no list shows it.
-- A UID above 4294967295 is provisional: a local operation put the message here, and the server has not yet said
-- under which UID. `mod_seq` of such a row is the lowest UID that it can get.
ALTER TABLE placement ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
DROP INDEX placement_list;
CREATE INDEX placement_list ON placement (mailbox_id, received, uid, message_id) WHERE hidden = 0;
CREATE INDEX placement_hidden ON placement (mailbox_id, uid) WHERE hidden <> 0;

-- What the user did in one go.
CREATE TABLE action (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  deed TEXT NOT NULL,
  messages INTEGER NOT NULL,
  to_mailbox INTEGER,
  undoable INTEGER NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX action_open ON action (undone, id) WHERE undoable = 1;

ALTER TABLE operation ADD COLUMN action_id INTEGER REFERENCES action (id) ON DELETE SET NULL;
CREATE INDEX operation_action ON operation (action_id);
-- What is over is forgotten after a while.
CREATE INDEX operation_closed ON operation (updated_at) WHERE state IN ('done', 'cancelled');
