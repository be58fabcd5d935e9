-- What the user sets about accounts besides their servers.
-- Never edit this file once it was released: add the next number instead.

-- JSON of model::AccountOptions; NULL: all as usual.
ALTER TABLE account ADD COLUMN options TEXT;
-- Order in the window; NULL: by id, behind the others.
ALTER TABLE account ADD COLUMN position INTEGER;
-- What the user says a mailbox is for, where the server says nothing; stands in special_use as well.
ALTER TABLE mailbox ADD COLUMN chosen_use TEXT;
