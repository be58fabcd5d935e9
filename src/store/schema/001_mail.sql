-- Accounts, mailboxes, messages, stored parts and the journal.
-- Never edit this file once it was released: add the next number instead.
-- Ids use AUTOINCREMENT, so that an id of a deleted row never names another one later.

CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Counts committed write transactions of all processes.
  revision INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO meta (id, revision) VALUES (1, 0);

CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL COLLATE NOCASE UNIQUE,
  imap_host TEXT NOT NULL,
  imap_port INTEGER NOT NULL,
  imap_security TEXT NOT NULL,
  smtp_host TEXT,
  smtp_port INTEGER,
  smtp_security TEXT,
  user TEXT NOT NULL,
  auth TEXT NOT NULL,
  password_command TEXT,
  ca_file TEXT
) STRICT;

CREATE TABLE mailbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- Bytes of the wire: some servers send names that are no text.
  name BLOB NOT NULL,
  delimiter TEXT,
  display TEXT NOT NULL,
  special_use TEXT,
  no_select INTEGER NOT NULL DEFAULT 0,
  no_inferiors INTEGER NOT NULL DEFAULT 0,
  subscribed INTEGER NOT NULL DEFAULT 0,
  object_id TEXT,
  -- Set while the server does not list the mailbox; it is hidden then, not deleted.
  gone_at INTEGER,
  -- Kept by the writer with each change, as counting 100,000 rows for each would be slow.
  total INTEGER NOT NULL DEFAULT 0,
  unseen INTEGER NOT NULL DEFAULT 0,
  uid_validity INTEGER,
  uid_next INTEGER,
  highest_mod_seq INTEGER NOT NULL DEFAULT 0,
  server_exists INTEGER,
  server_unseen INTEGER,
  backfill_low INTEGER,
  last_full_check INTEGER,
  UNIQUE (account_id, name)
) STRICT;

-- What the list shows. Kept short; the rest is in `detail`.
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- INTERNALDATE and a hash of Message-ID and size: finds candidates when a message turns up under another UID.
  fingerprint INTEGER NOT NULL,
  received INTEGER NOT NULL DEFAULT 0,
  size INTEGER NOT NULL DEFAULT 0,
  attachments INTEGER NOT NULL DEFAULT 0,
  from_name TEXT NOT NULL DEFAULT '',
  from_email TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  snippet TEXT NOT NULL DEFAULT '',
  -- The Date field; `received` counts for the order because senders make dates up.
  sent INTEGER,
  message_id TEXT,
  email_id TEXT,
  server_thread_id TEXT,
  gm_msgid INTEGER,
  gm_thrid INTEGER,
  -- Conversation; filled once there are conversations.
  thread_id INTEGER
) STRICT;
CREATE INDEX message_fingerprint ON message (account_id, fingerprint);
CREATE INDEX message_email_id ON message (account_id, email_id) WHERE email_id IS NOT NULL;
CREATE INDEX message_gm_msgid ON message (account_id, gm_msgid) WHERE gm_msgid IS NOT NULL;

-- What only the reading pane and the conversation need. JSON with the short keys of store/codec.rs.
CREATE TABLE detail (
  message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
  envelope TEXT NOT NULL,
  structure TEXT
) STRICT;

-- Where a message is at the server now.
CREATE TABLE placement (
  mailbox_id INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
  uid INTEGER NOT NULL,
  message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  -- Copy of message.received, so that one index holds the whole list in its order.
  received INTEGER NOT NULL DEFAULT 0,
  -- As shown, that is with local changes that are still on their way.
  flags INTEGER NOT NULL DEFAULT 0,
  keywords TEXT NOT NULL DEFAULT '',
  mod_seq INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (mailbox_id, uid)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX placement_message ON placement (message_id, mailbox_id);
CREATE INDEX placement_list ON placement (mailbox_id, received, uid, message_id);

-- Where a message was until it vanished. It is hidden, but its body is kept for a while: it may have been
-- moved by another client, or the server may have erred.
CREATE TABLE orphan (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  account_id INTEGER NOT NULL,
  fingerprint INTEGER NOT NULL,
  -- No reference: the mailbox may go before the message turns up elsewhere.
  mailbox_id INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  uid_validity INTEGER NOT NULL DEFAULT 0,
  flags INTEGER NOT NULL DEFAULT 0,
  keywords TEXT NOT NULL DEFAULT '',
  mod_seq INTEGER NOT NULL DEFAULT 0,
  orphaned_at INTEGER NOT NULL
) STRICT;
-- Both columns, or SQLite may take the index by mailbox to find one message among 100,000.
CREATE INDEX orphan_message ON orphan (message_id, mailbox_id);
CREATE INDEX orphan_fingerprint ON orphan (account_id, fingerprint);
CREATE INDEX orphan_place ON orphan (mailbox_id, uid);
CREATE INDEX orphan_age ON orphan (orphaned_at);

-- Bytes of parts as transported. The empty path is the whole message.
CREATE TABLE part (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  size INTEGER NOT NULL,
  -- 0: as it is, 1: zstd
  codec INTEGER NOT NULL DEFAULT 0,
  data BLOB,
  -- Hash of the content and name of its file below blobs/.
  file TEXT,
  CHECK ((data IS NULL) <> (file IS NULL)),
  UNIQUE (message_id, path)
) STRICT;
CREATE INDEX part_file ON part (file) WHERE file IS NOT NULL;

-- The journal: what the user wanted, written before it is sent.
CREATE TABLE operation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  -- JSON, by kind.
  arguments TEXT NOT NULL DEFAULT '{}',
  state TEXT NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending', 'inflight', 'done', 'failed', 'cancelled')),
  attempt INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  undo_of INTEGER REFERENCES operation (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX operation_open ON operation (account_id, id) WHERE state IN ('pending', 'inflight');
CREATE INDEX operation_failed ON operation (account_id, id) WHERE state = 'failed';
-- Whole ones for the foreign keys: SQLite takes no partial index for those.
CREATE INDEX operation_account ON operation (account_id);
CREATE INDEX operation_undo ON operation (undo_of);

CREATE TABLE operation_target (
  operation_id INTEGER NOT NULL REFERENCES operation (id) ON DELETE CASCADE,
  message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  mailbox_id INTEGER NOT NULL,
  -- As they were when last sent, to find out after a crash what the server did.
  uid INTEGER,
  uid_validity INTEGER,
  -- For a flag: whether the server has it, to put it back if the operation fails.
  server_has INTEGER NOT NULL DEFAULT 0,
  -- 0: closed, 1: waits (pending or inflight), 2: failed and not yet seen to
  open INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (operation_id, message_id, mailbox_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX target_message ON operation_target (message_id, mailbox_id, open);
CREATE INDEX target_open ON operation_target (mailbox_id) WHERE open = 1;
