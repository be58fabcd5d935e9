//! Tests of the session against scripted servers.
