//! IMAP protocol logic over async-imap: connections, commands, tolerant parsing. Never sees the store.
