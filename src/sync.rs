//! The worker: carries data between servers and the store.
