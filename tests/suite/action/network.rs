//! The way to GitHub: TLS with a company's own certificate, proxies, other addresses, and where the token never goes.

use super::job::{Job, Left, branches};
use crate::cli::program::{BASE, LOST_LINE};
use crate::github::fixture::{DEFAULT, Fixture, Trouble};
use crate::github::mock::Mock;
use crate::github::proxy::{proxy, proxy_behind_tls};
use crate::github::repo::GitRepo;
use crate::github::tls::Authority;

/// A GitHub Enterprise Server behind TLS, whose archives are on another host: `localhost`.
struct Enterprise {
    authority: Authority,
    mock: Mock,
    head: String,
    _repo: GitRepo,
}

impl Enterprise {
    fn new(names: &[&str], fault: Option<(&str, Trouble)>) -> Self {
        let (repo, head) = branches(&BASE, &[LOST_LINE]);
        Self::of(repo, head, names, fault)
    }

    fn of(repo: GitRepo, head: String, names: &[&str], fault: Option<(&str, Trouble)>) -> Self {
        let authority = Authority::vouching_for(names);
        let mut fixture = Fixture::of(repo.path());
        if let Some((at, what)) = fault {
            fixture = fixture.with_fault(at, 99, what);
        }
        let mock = Mock::start_tls(fixture, &authority);
        Self {
            authority,
            mock,
            head,
            _repo: repo,
        }
    }

    /// A job that knows the server's addresses, and not its authority.
    fn stranger(&self) -> Job<'_> {
        Job::pull(&self.mock, &self.head)
            .variable("GITHUB_API_URL", &format!("{}/api/v3", self.mock.url))
            .variable("GITHUB_GRAPHQL_URL", &format!("{}/api/graphql", self.mock.url))
    }

    /// A job that trusts the server's authority.
    fn job(&self) -> Job<'_> {
        let file = self.authority.file().display().to_string();
        self.stranger().variable("SSL_CERT_FILE", &file)
    }
}

const NAMES: [&str; 2] = ["127.0.0.1", "localhost"];

/// What a run that works leaves: the verdict, the check run and the comment.
fn assert_whole(left: &Left, mock: &Mock) {
    assert_eq!(left.kinds(), ["finding"]);
    assert_eq!((mock.check_runs().len(), mock.comments().len()), (1, 1));
}

#[test]
fn an_enterprise_server_with_a_private_certificate_is_asked_at_its_own_addresses() {
    let server = Enterprise::new(&NAMES, None);
    assert_whole(&server.job().ends(1), &server.mock);
    let requests = server.mock.requests();
    for line in &requests {
        let path = line.split(' ').nth(1).unwrap();
        assert!(
            path.starts_with("/api/v3/repos/o/n/") || path == "/api/graphql",
            "{line}"
        );
    }
    assert!(requests.iter().any(|line| line == "POST /api/graphql"), "{requests:#?}");
}

#[test]
fn a_server_whose_certificate_nobody_vouches_for_is_told_nothing() {
    let server = Enterprise::new(&NAMES, None);
    let left = server.stranger().ends(3);
    assert!(left.err.contains("certificate"), "{}", left.err);
    assert_eq!(server.mock.requests(), [""; 0]);
}

#[test]
fn a_certificate_for_another_host_is_refused() {
    let server = Enterprise::new(&["ghes.example"], None);
    let left = server.job().ends(3);
    assert!(left.err.contains("certificate"), "{}", left.err);
    assert_eq!(server.mock.requests(), [""; 0]);
}

#[test]
fn a_proxy_carries_tls_and_can_read_neither_the_token_nor_what_is_asked() {
    let server = Enterprise::new(&NAMES, None);
    let (address, seen) = proxy();
    let left = server
        .job()
        .variable("HTTPS_PROXY", &format!("http://me:pass@{address}"))
        .ends(1);
    assert_whole(&left, &server.mock);
    let seen = seen.lock().unwrap();
    let host = server.mock.url.strip_prefix("https://").unwrap();
    assert!(!seen.heads.is_empty());
    for head in &seen.heads {
        assert!(head.starts_with(&format!("CONNECT {host} ")), "{head}");
        assert!(
            !head.contains(DEFAULT) && !head.to_lowercase().contains("\nauthorization"),
            "{head}"
        );
    }
    let carried = String::from_utf8_lossy(&seen.carried);
    for word in [DEFAULT, "Bearer", "/repos/", "api/graphql"] {
        assert!(!carried.contains(word), "the proxy could read `{word}`");
    }
}

#[test]
fn a_proxy_that_speaks_tls_is_told_its_password_only_over_it() {
    let server = Enterprise::new(&NAMES, None);
    let through = |authority: &Authority| {
        let (address, seen) = proxy_behind_tls(authority);
        let job = server.job();
        (job.variable("HTTPS_PROXY", &format!("https://me:pass@{address}")), seen)
    };
    let (job, seen) = through(&server.authority);
    assert_whole(&job.ends(1), &server.mock);
    let host = server.mock.url.strip_prefix("https://").unwrap();
    let heads = seen.lock().unwrap().heads.clone();
    assert!(!heads.is_empty() && heads.iter().all(|head| head.starts_with(&format!("CONNECT {host} "))));
    // A proxy for which nobody vouches is told nothing, and not gone around.
    server.mock.forget_requests();
    let (job, seen) = through(&Authority::vouching_for(&NAMES));
    let left = job.ends(3);
    assert!(left.err.contains("certificate"), "{}", left.err);
    assert!(!left.err.contains("me:pass"), "{}", left.err);
    assert_eq!(server.mock.requests(), [""; 0]);
    assert!(seen.lock().unwrap().heads.is_empty());
}

#[test]
fn no_proxy_is_gone_around_and_none_is_left_out_that_refuses() {
    let server = Enterprise::new(&NAMES, None);
    let (address, seen) = proxy();
    let proxied = |login: &str| {
        server
            .job()
            .variable("https_proxy", &format!("http://{login}{address}"))
    };
    proxied("me:pass@").variable("NO_PROXY", "127.0.0.1").ends(1);
    assert!(seen.lock().unwrap().heads.is_empty(), "NO_PROXY is reached straight");
    server.mock.forget_requests();
    let left = proxied("me:hunter2@").ends(3);
    assert!(left.err.contains("proxy authorization required"), "{}", left.err);
    assert!(!left.err.contains("hunter2"), "{}", left.err);
    assert_eq!(
        server.mock.requests(),
        [""; 0],
        "there is no way around a proxy that refuses"
    );
}

/// The mock ends the test when a token comes to its other name, `localhost`.
#[test]
fn over_tls_a_redirect_to_another_host_is_followed_without_the_token() {
    let large = "// nothing\n".repeat(50_000);
    let names = ["a.js", "b.js", "c.js", "d.js", "e.js"];
    let texts: Vec<String> = names.iter().map(|name| format!("// {name}\n{large}")).collect();
    let mut base = BASE.to_vec();
    base.extend(names.iter().copied().zip(texts.iter().map(String::as_str)));
    let (repo, head) = branches(&base, &[LOST_LINE]);
    let server = Enterprise::of(repo, head, &NAMES, None);
    assert_whole(&server.job().ends(1), &server.mock);
    let requests = server.mock.requests();
    assert!(
        requests.iter().any(|line| line.starts_with("GET /api/v3/codeload/")),
        "the archive is on the other host: {requests:#?}"
    );
    let elsewhere = Enterprise::new(&NAMES, Some(("/git/trees", Trouble::Elsewhere)));
    elsewhere.job().ends(3);
    assert!(elsewhere.mock.requests().iter().any(|line| line == "GET /elsewhere"));
}

#[test]
fn a_redirect_out_of_tls_is_not_followed() {
    let bait = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    bait.set_nonblocking(true).unwrap();
    let location = format!("http://{}/", bait.local_addr().unwrap());
    let away = Trouble::Status(302, vec![("location", location)], "Found");
    let server = Enterprise::new(&NAMES, Some(("/git/trees", away)));
    let left = server.job().ends(3);
    assert!(left.err.contains("a redirect out of TLS"), "{}", left.err);
    assert!(bait.accept().is_err(), "somebody came");
}
