//! Looks through the files of the store for what no row names, and for rows whose file is lost.

use super::config::Config;

/// Looks through the files of the store once a day, for those who never start the worker; that one does it each time.
pub async fn sweep_daily(config: &Config) {
    if config.memory.is_sweep_due(config.clock.now()) {
        sweep(config.store.clone()).await;
    }
}

/// Tidies up behind a crash, beside all other work.
pub(super) async fn sweep(store: crate::store::Store) {
    match store.sweep_files().await {
        Ok((0, 0)) => {}
        Ok((removed, lost)) => tracing::info!(removed, lost, "swept files"),
        // The next start tries again; nothing depends on it.
        Err(error) => tracing::warn!(%error, "sweep"),
    }
}
