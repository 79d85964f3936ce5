//! The way out of a closed network: a proxy that sees where a request goes and nothing else.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use readygate::github::{Client, Proxies, Route, Settings};

use super::client::run;
use super::fixture::{DEFAULT, Fixture};
use super::mock::Mock;
use super::repo::GitRepo;
use super::tls::Authority;

/// What a proxy could read.
#[derive(Default)]
pub struct Seen {
    /// What it was asked.
    pub heads: Vec<String>,
    /// What went through its tunnels, to servers and back.
    pub carried: Vec<u8>,
}

/// A proxy that opens tunnels for who knows the password (`me:pass`), and keeps what it could read.
pub fn proxy() -> (String, Arc<Mutex<Seen>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let kept = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let kept = Arc::clone(&kept);
            std::thread::spawn(move || tunnel(stream.unwrap(), &kept));
        }
    });
    (address, seen)
}

/// The same, spoken to over TLS.
pub fn proxy_behind_tls(authority: &Authority) -> (String, Arc<Mutex<Seen>>) {
    let (inner, seen) = proxy();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    listener.set_nonblocking(true).unwrap();
    let acceptor = authority.acceptor();
    std::thread::spawn(move || {
        run(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, inner) = (acceptor.clone(), inner.clone());
                tokio::spawn(async move {
                    let mut outer = acceptor.accept(stream).await.ok()?;
                    let mut inner = tokio::net::TcpStream::connect(inner).await.ok()?;
                    tokio::io::copy_bidirectional(&mut outer, &mut inner).await.ok()
                });
            }
        });
    });
    (address, seen)
}

fn carry(mut from: TcpStream, mut to: TcpStream, seen: &Mutex<Seen>) {
    let mut piece = [0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        seen.lock().unwrap().carried.extend_from_slice(&piece[..length]);
        if to.write_all(&piece[..length]).is_err() {
            break;
        }
    }
    to.shutdown(std::net::Shutdown::Write).ok();
}

fn tunnel(mut client: TcpStream, seen: &Arc<Mutex<Seen>>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    seen.lock().unwrap().heads.push(head.clone());
    // `me:pass`
    if !head.contains("Proxy-Authorization: Basic bWU6cGFzcw==") {
        client
            .write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            .ok()?;
        return None;
    }
    let host = head.strip_prefix("CONNECT ")?.split(' ').next()?;
    let server = TcpStream::connect(host).ok()?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
    let (from_server, to_client) = (server.try_clone().ok()?, client.try_clone().ok()?);
    let kept = Arc::clone(seen);
    std::thread::spawn(move || carry(from_server, to_client, &kept));
    carry(client, server, seen);
    Some(())
}

fn get(mock: &Mock, proxies: Proxies) -> Result<String, String> {
    let settings = Settings {
        proxies,
        ..mock.settings(DEFAULT)
    };
    run(async {
        let client = Client::new(settings).unwrap();
        let got = client.get(&Route::repository("o", "n")).await;
        got.map(|told| told["full_name"].to_string())
            .map_err(|error| error.to_string())
    })
}

#[test]
fn a_proxy_is_used_for_all_but_no_proxy_and_sees_no_token() {
    let repo = GitRepo::new();
    let mock = Mock::start(Fixture::of(repo.path()));
    let (address, seen) = proxy();
    let through = |login: &str, no: &str| Proxies {
        http: format!("http://{login}{address}"),
        no: no.to_owned(),
        ..Proxies::default()
    };
    assert!(get(&mock, through("me:pass@", "")).is_ok());
    let heads = seen.lock().unwrap().heads.clone();
    assert_eq!(heads.len(), 1, "{heads:?}");
    assert!(
        heads[0].starts_with("CONNECT 127.0.0.1:") && !heads[0].contains(DEFAULT),
        "{heads:?}"
    );
    assert!(get(&mock, through("me:pass@", "127.0.0.1")).is_ok());
    assert_eq!(seen.lock().unwrap().heads.len(), 1, "NO_PROXY is reached straight");
    let refused = get(&mock, through("", "")).unwrap_err();
    assert!(
        refused.contains("proxy authorization required") && !refused.contains(DEFAULT),
        "{refused}"
    );
    let nobody = Proxies {
        http: "http://127.0.0.1:9".to_owned(),
        ..Proxies::default()
    };
    assert!(
        get(&mock, nobody).is_err(),
        "a proxy that is not there is not gone around"
    );
}
