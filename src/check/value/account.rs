//! Who signs in where, in an address: `postgres://user:password@host:5432/name`.

/// The account of an address.
pub(in crate::check) struct Account<'a> {
    /// The user, and the password if there is one: `user:password`.
    user: &'a str,
    /// The host, without its port.
    pub host: &'a str,
}

impl<'a> Account<'a> {
    /// The account that an address names; `None` where it names none.
    pub(in crate::check) fn of(address: &'a str) -> Option<Self> {
        let (_, rest) = address.split_once("://")?;
        let authority = rest.split('/').next().unwrap_or(rest);
        // Passwords hold `@` and `?` that nobody encoded: the last one is before the host.
        let (user, host) = authority.rsplit_once('@')?;
        let host = host.split([':', '?']).next().unwrap_or(host);
        Some(Self { user, host })
    }
}

/// The password in an address of another machine: `postgres://user:PASSWORD@host/name`.
pub(in crate::check) fn password_of(address: &str) -> Option<&str> {
    let account = Account::of(address)?;
    let (_, password) = account.user.split_once(':')?;
    let is_elsewhere = account.host.contains('.') && !is_here(account.host);
    (is_elsewhere && !password.is_empty()).then_some(password)
}

/// Whether a host is this machine, or a neighbour in a compose file. What is put together says nothing.
pub(in crate::check) fn is_here(host: &str) -> bool {
    let is_written = !host.is_empty() && !host.contains(['$', '{', '<', '%']);
    is_written && (!host.contains('.') || host.starts_with("127.") || host == "0.0.0.0")
}

#[cfg(test)]
mod tests {
    use super::{Account, password_of};

    #[test]
    fn a_password_is_that_of_another_machine() {
        for (address, password) in [
            (
                concat!("postgres://shop:Vk2p", "Lq91@db.orders.io:5432/shop"),
                Some("Vk2pLq91"),
            ),
            (
                concat!("postgres://shop:Vk2p@", "Lq?91@db.orders.io/shop"),
                Some("Vk2p@Lq?91"),
            ),
            (
                concat!("postgres://shop:Vk2p", "Lq91@db.orders.io?sslmode=require"),
                Some("Vk2pLq91"),
            ),
            ("postgres://shop:Vk2pLq91@db:5432/shop", None),
            ("postgres://shop:Vk2pLq91@127.0.0.1/shop", None),
            ("postgres://shop:Vk2pLq91@${DB_HOST}/shop", None),
            ("postgres://shop@db.orders.io/shop", None),
            ("https://db.orders.io/shop", None),
        ] {
            assert_eq!(password_of(address), password, "{address}");
        }
    }

    #[test]
    fn the_host_is_without_its_port() {
        let host = |address| Account::of(address).map(|account| account.host);
        assert_eq!(
            host(concat!("redis://:Vk2p", "Lq91@cache.orders.io:6379")),
            Some("cache.orders.io")
        );
        assert_eq!(host("redis://cache.orders.io:6379"), None);
    }
}
