//! Embedded IMAP server for the demo mailbox and for tests. Loopback only.
