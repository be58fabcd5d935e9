-- Which bodies are kept here, and what they take up.
-- Never edit this file once it was released: add the next number instead.

-- Days back from today; -1: all; 0: none; NULL: as the account says, or what is usual.
ALTER TABLE account ADD COLUMN body_days INTEGER;
ALTER TABLE account ADD COLUMN bodies_paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN body_days INTEGER;

-- Bytes on the disk, in the row or as a file.
ALTER TABLE part ADD COLUMN stored INTEGER NOT NULL DEFAULT 0;
UPDATE part SET stored = coalesce(length(data), size);
-- Of a whole message: where its parts lie in it, a line each (path, first byte, number of bytes).
ALTER TABLE part ADD COLUMN places TEXT;
-- Sums up what is used without touching the bytes.
CREATE INDEX part_space ON part (message_id, stored);
