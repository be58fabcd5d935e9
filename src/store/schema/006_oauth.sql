-- Who gives the tokens of an account that signs in by OAuth: JSON of model::OAuthLogin. Never a secret.
-- Never edit this file once it was released: add the next number instead.

ALTER TABLE account ADD COLUMN oauth TEXT;
