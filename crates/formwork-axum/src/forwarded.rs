//! What a declared proxy says about the request in front of it; nobody else is believed.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::request::Parts;
use ipnet::IpNet;

/// The host that the visitor asked for, if a trusted proxy passed it on.
pub(crate) fn host<'a>(parts: &'a Parts, trusted: &[IpNet]) -> Option<&'a str> {
    let from_proxy = peer(parts).is_some_and(|peer| is_trusted(peer, trusted));
    let host = parts.headers.get("x-forwarded-host").filter(|_| from_proxy)?.to_str().ok()?;
    host.split(',').next().map(str::trim)
}

/// Who sent the request: the nearest address on its way that is no trusted proxy.
pub(crate) fn client(parts: &Parts, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = peer(parts)?;
    if !is_trusted(peer, trusted) {
        return Some(peer);
    }
    let lines =
        parts.headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    // From the right: what stands further left, the visitor could have written.
    let beyond = hops.iter().rev().map_while(|hop| address(hop));
    let mut nearest = peer;
    for address in beyond {
        nearest = address;
        if !is_trusted(address, trusted) {
            break;
        }
    }
    Some(nearest)
}

/// An address as proxies write it: some with the port, and of IPv6 in brackets.
fn address(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse().map(|address: SocketAddr| address.ip()).ok();
    let in_brackets = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    hop.parse().ok().or_else(with_port).or_else(in_brackets)
}

/// The client as it is counted: of IPv6 the network of 64 bits, all of whose addresses one host can use
/// (RFC 4291 §2.5.1, RFC 8981).
pub(crate) fn counted(parts: &Parts, trusted: &[IpNet]) -> Option<IpAddr> {
    Some(match client(parts, trusted)?.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        address => address,
    })
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address.to_canonical()))
}

fn peer(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_host_is_counted_as_one_whichever_of_its_addresses_it_uses() {
        for (peer, is) in [
            ("[2001:db8:1:2:3:4:5:6]:1", "2001:db8:1:2::"),
            ("[2001:db8:1:2:ffff::1]:1", "2001:db8:1:2::"),
            ("[::ffff:1.2.3.4]:1", "1.2.3.4"),
            ("1.2.3.4:1", "1.2.3.4"),
        ] {
            let mut parts = http::Request::new(()).into_parts().0;
            parts.extensions.insert(ConnectInfo::<SocketAddr>(peer.parse().unwrap()));
            assert_eq!(counted(&parts, &[]), Some(is.parse().unwrap()), "{peer}");
        }
    }

    #[test]
    fn the_client_is_the_nearest_that_is_no_proxy_of_ours() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        for (peer, forwarded, client) in [
            ("9.9.9.9:1", "1.1.1.1", "9.9.9.9"),
            ("10.0.0.1:1", "1.1.1.1", "1.1.1.1"),
            ("10.0.0.1:1", "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
            ("10.0.0.1:1", "6.6.6.6, nonsense, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1:1", "", "10.0.0.1"),
            ("10.0.0.1:1", "1.1.1.1:567, 10.0.0.2:80", "1.1.1.1"),
            ("10.0.0.1:1", "[2001:db8::1]:80", "2001:db8::1"),
            ("10.0.0.1:1", "[2001:db8::1]", "2001:db8::1"),
        ] {
            let mut parts = http::Request::new(()).into_parts().0;
            parts.headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            parts.extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
            assert_eq!(super::client(&parts, &trusted), client.parse().ok(), "{peer} {forwarded}");
        }
    }

    #[test]
    fn only_a_trusted_peer_is_believed() {
        let mut parts = http::Request::new(()).into_parts().0;
        parts.headers.insert("x-forwarded-host", "a.example, b.example".parse().unwrap());
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        for (peer, believed) in [
            ("10.1.2.3:80", true),
            ("[::ffff:10.1.2.3]:80", true),
            ("[::1]:80", true),
            ("11.0.0.1:80", false),
        ] {
            parts.extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
            assert_eq!(host(&parts, &trusted).is_some(), believed, "{peer}");
        }
        assert_eq!(host(&parts, &["11.0.0.1/32".parse().unwrap()]), Some("a.example"));
    }
}
