//! Asks the real network: https, name servers, mail servers. Everything has a limit.

use super::autoconfig::MAX_DOCUMENT;
use super::search::{Ask, Asked, SrvRecord};
use crate::imap::{self, ConnectOptions};
use crate::model::Server;
use crate::smtp::{Submission, SubmissionOptions};
use hickory_resolver::TokioResolver;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::RData;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use url::Url;

/// Time for a document.
const FETCH_LIMIT: Duration = Duration::from_secs(8);
/// Time for an answer of the name server.
const NAME_LIMIT: Duration = Duration::from_secs(6);
/// Time for each step of a mail server that may not be there.
const PROBE_LIMIT: Duration = Duration::from_secs(5);
/// A domain sends to the provider, the provider to its server for files.
const MAX_REDIRECTS: usize = 3;

/// See the module.
#[derive(Debug)]
pub struct Network {
    client: Option<reqwest::Client>,
    resolver: Option<TokioResolver>,
    /// Whether a name server or a web server answered anything.
    heard: AtomicBool,
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

impl Network {
    /// With the system's name servers and proxies. What is missing answers nothing.
    #[must_use]
    pub fn new() -> Self {
        Self { client: client(), resolver: resolver(), heard: AtomicBool::new(false) }
    }
}

fn client() -> Option<reqwest::Client> {
    // The first one counts, and there is only ring; an error says that it is installed already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let only_https = reqwest::redirect::Policy::custom(|attempt| {
        if attempt.url().scheme() != "https" || attempt.previous().len() > MAX_REDIRECTS {
            attempt.stop()
        } else {
            attempt.follow()
        }
    });
    let built = reqwest::Client::builder()
        .https_only(true)
        .redirect(only_https)
        .referer(false)
        .timeout(FETCH_LIMIT)
        .connect_timeout(PROBE_LIMIT)
        .build();
    built.inspect_err(|error| tracing::warn!(%error, "no https")).ok()
}

fn resolver() -> Option<TokioResolver> {
    let mut builder = TokioResolver::builder_tokio()
        .inspect_err(|error| tracing::info!(%error, "no name servers are known"))
        .ok()?;
    builder.options_mut().timeout = NAME_LIMIT;
    builder.options_mut().attempts = 1;
    builder.build().inspect_err(|error| tracing::info!(%error, "no resolver")).ok()
}

async fn fetch(client: &reqwest::Client, url: Url) -> Option<Vec<u8>> {
    let mut answer =
        client.get(url).send().await.inspect_err(|error| tracing::debug!(%error, "no document")).ok()?;
    if !answer.status().is_success() {
        return None;
    }
    let mut document = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if document.len() + chunk.len() > MAX_DOCUMENT {
            return None;
        }
        document.extend_from_slice(&chunk);
    }
    Some(document)
}

/// An absolute name, so that no search domain of the local network is appended.
fn absolute(name: &str) -> String {
    format!("{}.", name.trim_end_matches('.'))
}

impl Network {
    async fn records<T>(&self, name: String, is_mx: bool, read: impl Fn(&RData) -> Option<T>) -> Vec<T> {
        let Some(resolver) = &self.resolver else { return Vec::new() };
        let name = absolute(&name);
        let looking =
            async { if is_mx { resolver.mx_lookup(name).await } else { resolver.srv_lookup(name).await } };
        match tokio::time::timeout(NAME_LIMIT, looking).await {
            Ok(Ok(answer)) => {
                self.heard.store(true, Ordering::Relaxed);
                answer.answers().iter().filter_map(|record| read(&record.data)).collect()
            }
            Ok(Err(error)) => {
                if matches!(error, NetError::Dns(_)) {
                    self.heard.store(true, Ordering::Relaxed);
                }
                tracing::debug!(%error, "no records");
                Vec::new()
            }
            Err(_) => Vec::new(),
        }
    }
}

impl Ask for Network {
    fn fetch(&self, url: Url) -> Asked<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            match &self.client {
                Some(client) => {
                    let document = fetch(client, url).await;
                    if document.is_some() {
                        self.heard.store(true, Ordering::Relaxed);
                    }
                    document
                }
                None => None,
            }
        })
    }

    fn mx(&self, domain: String) -> Asked<'_, Vec<String>> {
        Box::pin(async move {
            let mut all = self
                .records(domain, true, |data| {
                    let RData::MX(mx) = data else { return None };
                    Some((mx.preference, mx.exchange.to_ascii()))
                })
                .await;
            all.sort();
            all.into_iter().map(|(_, host)| host).collect()
        })
    }

    fn srv(&self, name: String) -> Asked<'_, Vec<SrvRecord>> {
        Box::pin(self.records(name, false, |data| {
            let RData::SRV(srv) = data else { return None };
            let (priority, weight, port) = (srv.priority, srv.weight, srv.port);
            Some(SrvRecord { priority, weight, port, target: srv.target.to_ascii() })
        }))
    }

    fn is_imap(&self, server: Server) -> Asked<'_, bool> {
        Box::pin(async move {
            let mut options = ConnectOptions::new(server);
            options.timeouts.connect = PROBE_LIMIT;
            options.timeouts.greeting = PROBE_LIMIT;
            options.timeouts.command = PROBE_LIMIT;
            imap::probe(&options).await.is_ok()
        })
    }

    fn is_smtp(&self, server: Server) -> Asked<'_, bool> {
        Box::pin(async move {
            let mut options = SubmissionOptions::new(server);
            options.timeouts.connect = PROBE_LIMIT;
            options.timeouts.reply = PROBE_LIMIT;
            match Submission::connect(&options).await {
                Ok(line) => {
                    line.quit().await;
                    true
                }
                Err(_) => false,
            }
        })
    }

    fn is_cut_off(&self) -> bool {
        !self.heard.load(Ordering::Relaxed)
    }
}
