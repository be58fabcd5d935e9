-- Conversations: which messages belong together, and the list of them of each mailbox.
-- Never edit this file once it was released: add the next number instead.

-- A message of which `thread_id` is not set was stored before there were conversations; it gets one later.
CREATE INDEX message_thread ON message (thread_id, received) WHERE thread_id IS NOT NULL;
CREATE INDEX message_unthreaded ON message (id) WHERE thread_id IS NULL;

CREATE TABLE thread (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- The user does not want to hear of it.
  muted INTEGER NOT NULL DEFAULT 0,
  -- The user split it off: ids alone do not merge it with another one.
  apart INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What binds messages together: hashes of account and Message-ID (also of those only referred to), or of the
-- server's own thread id.
CREATE TABLE ref (
  key INTEGER PRIMARY KEY,
  thread_id INTEGER NOT NULL
) STRICT;
CREATE INDEX ref_thread ON ref (thread_id);

-- Messages by subject and fortnight, to find what an answer without references answers.
CREATE TABLE topic (
  account_id INTEGER NOT NULL,
  -- The fortnight, then a hash of the subject without marks: so the table grows at its end.
  key INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  -- An answer without references.
  answer INTEGER NOT NULL,
  PRIMARY KEY (account_id, key, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX topic_answer ON topic (account_id, key) WHERE answer = 1;

-- What a mailbox shows of a conversation. Kept by the writer with each change, as the counts of mailboxes are.
CREATE TABLE thread_place (
  mailbox_id INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
  thread_id INTEGER NOT NULL,
  -- One of its messages in the mailbox, which stands for it; stays the same as long as it is there.
  head INTEGER NOT NULL,
  -- When the newest one arrived.
  last INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, thread_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_list ON thread_place (mailbox_id, last, thread_id, head);
