-- Certificates that the user trusts although something is wrong with them: JSON, a list of model::CertificateException.
-- Never edit this file once it was released: add the next number instead.

ALTER TABLE account ADD COLUMN exceptions TEXT;
