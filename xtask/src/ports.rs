//! Free ports for servers that run only as long as a test.

use std::net::{SocketAddr, TcpListener};

use anyhow::{Context, Result};

/// `N` different addresses on which nothing listens. All are held until the last is known, so
/// that the system doesn't hand out one twice.
pub(crate) fn free<const N: usize>() -> Result<[SocketAddr; N]> {
    let mut listeners = Vec::with_capacity(N);
    let mut addrs = [SocketAddr::from(([127, 0, 0, 1], 0)); N];
    for addr in &mut addrs {
        let listener = TcpListener::bind(*addr).context("looking for a free port")?;
        *addr = listener.local_addr()?;
        listeners.push(listener);
    }
    Ok(addrs)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Not that they can be bound: tests beside this one start processes, which for a moment
    // hold a copy of every open socket.
    #[test]
    fn ports_are_chosen_and_differ() {
        let [a, b] = free().unwrap();
        assert_ne!(a, b);
        assert!(a.port() != 0 && b.port() != 0);
    }
}
