-- Where a message came in, for its history.
-- Never edit this file once it was released: add the next number instead.

-- NULL: it was put there from here, or came before this was noted.
ALTER TABLE message ADD COLUMN arrived_in INTEGER;
