//! octocrab over our own stack: hyper, rustls with ring, and nothing that repeats or remembers a call.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper_util::client::legacy::Client as Hyper;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};

use super::proxy::{Proxies, Way};

/// The body of an answer as it comes in.
pub(super) type Body = http_body_util::combinators::BoxBody<Bytes, octocrab::Error>;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);

/// Sends requests and follows, repeats and remembers none.
pub(super) struct Transport {
    crab: Octocrab,
}

impl Transport {
    /// A transport. Must be called inside a tokio runtime, whose task it uses.
    ///
    /// # Errors
    /// Says why TLS can't be set up.
    pub(super) fn new(proxies: &Proxies) -> Result<Self, String> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(CONNECT));
        connector.set_nodelay(true);
        let tls = tls()?;
        let to_proxy = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(tls.clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector.clone());
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(Way::new(connector, to_proxy, proxies));
        let service = Hyper::builder(TokioExecutor::new()).build::<_, OctoBody>(connector);
        let built = OctocrabBuilder::new_empty()
            .with_service(service)
            .with_auth(AuthState::None)
            .build();
        match built {
            Ok(crab) => Ok(Self { crab }),
        }
    }

    /// Sends one request once, to an absolute address.
    ///
    /// # Errors
    /// The network's words.
    pub(super) async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Body>, String> {
        self.crab.execute(request).await.map_err(|error| words(&error))
    }
}

/// Mozilla's roots, built in (an image made from scratch has none), and those of the system where there are
/// any: a company's own server or proxy has a private one. `SSL_CERT_FILE` is honoured.
fn tls() -> Result<rustls::ClientConfig, String> {
    let mut roots = rustls::RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// The innermost cause in its own words: octocrab's own add a backtrace.
pub(super) fn words(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
