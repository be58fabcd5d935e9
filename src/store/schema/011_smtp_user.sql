-- User name for sending, where it is another one than for reading.
-- Never edit this file once it was released: add the next number instead.

ALTER TABLE account ADD COLUMN smtp_user TEXT;
