//! The way to a host: straight, or through the proxy that the environment names for it.
//!
//! Through a proxy everything goes in a tunnel (CONNECT), so that no proxy sees a token, and a certificate is always
//! the host's own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::Service;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Which proxies the environment names, as curl reads it. An empty text is none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// `HTTPS_PROXY`, else `ALL_PROXY`.
    pub https: String,
    /// `http_proxy`, else `ALL_PROXY`.
    pub http: String,
    /// `NO_PROXY`: hosts, domains and networks that are reached straight.
    pub no: String,
}

/// A proxy's address may carry a password.
impl std::fmt::Debug for Proxies {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = |text: &str| if text.is_empty() { "none" } else { "***" };
        let (https, http) = (word(&self.https), word(&self.http));
        write!(formatter, "Proxies(https: {https}, http: {http}, no: {:?})", self.no)
    }
}

/// Connects straight or through a proxy.
#[derive(Clone)]
pub(super) struct Way {
    straight: HttpConnector,
    /// To the proxy itself, which may want TLS.
    to_proxy: HttpsConnector<HttpConnector>,
    proxies: Arc<Matcher>,
}

impl Way {
    pub(super) fn new(straight: HttpConnector, to_proxy: HttpsConnector<HttpConnector>, proxies: &Proxies) -> Self {
        let matcher = Matcher::builder()
            .https(proxies.https.clone())
            .http(proxies.http.clone())
            .no(proxies.no.clone())
            .build();
        Self {
            straight,
            to_proxy,
            proxies: Arc::new(matcher),
        }
    }
}

impl Service<Uri> for Way {
    type Response = Stream;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, Failure>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.straight.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, host: Uri) -> Self::Future {
        let Some(proxy) = self.proxies.intercept(&host) else {
            let connecting = self.straight.call(host);
            return Box::pin(async move { Ok(MaybeHttpsStream::Http(connecting.await?)) });
        };
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.to_proxy.clone());
        if let Some(login) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(login.clone());
        }
        Box::pin(async move { tunnel.call(with_port(host)?).await.map_err(Into::into) })
    }
}

/// A tunnel takes 443 for a port that is not named, whatever the scheme.
fn with_port(host: Uri) -> Result<Uri, Failure> {
    if host.port().is_some() || host.scheme_str() != Some("http") {
        return Ok(host);
    }
    let name = host.host().unwrap_or_default();
    Ok(Uri::builder()
        .scheme("http")
        .authority(format!("{name}:80"))
        .path_and_query("/")
        .build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_not_named_is_the_schemes() {
        let port = |text: &'static str| with_port(Uri::from_static(text)).expect("an address").port_u16();
        assert_eq!(port("http://ghes.example/x"), Some(80));
        assert_eq!(port("http://ghes.example:8080/x"), Some(8080));
        assert_eq!(port("https://ghes.example/x"), None);
    }

    #[test]
    fn a_proxys_password_is_not_printed() {
        let proxies = Proxies {
            https: "http://me:hunter2@proxy:3128".to_owned(),
            ..Proxies::default()
        };
        assert!(!format!("{proxies:?}").contains("hunter2"));
    }
}
