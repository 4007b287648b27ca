//! Where a request comes from, for limits by address.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::app::App;

/// The other end of the connection, noted by the server on each request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// The client's address: the peer's, or what a trusted proxy says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Client(pub(super) IpAddr);

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<Peer>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
        Ok(Self(client(peer, &parts.headers, &app.trusted_proxies)))
    }
}

/// The last address that no proxy of ours has added; anybody can write the ones before.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let said = headers.get_all("x-forwarded-for").iter();
    let said = said.filter_map(|value| value.to_str().ok());
    let chain: Vec<IpAddr> = said
        .flat_map(|value| value.split(','))
        .filter_map(|address| address.trim().parse().ok())
        .map(|address: IpAddr| address.to_canonical())
        .collect();
    let mut hops = std::iter::once(peer.to_canonical()).chain(chain.into_iter().rev());
    hops.find(|address| !trusted.contains(address))
        .unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-forwarded-for",
            "203.0.113.9, 198.51.100.7".parse().unwrap(),
        );
        let proxy = address("127.0.0.1");
        let client = |peer, trusted: &[IpAddr]| super::client(peer, &headers, trusted);
        assert_eq!(client(proxy, &[]), proxy);
        assert_eq!(client(proxy, &[proxy]), address("198.51.100.7"));
        let both = [proxy, address("198.51.100.7")];
        assert_eq!(client(proxy, &both), address("203.0.113.9"));
        assert_eq!(
            client(address("::ffff:127.0.0.1"), &[proxy]),
            address("198.51.100.7")
        );
        assert_eq!(super::client(proxy, &HeaderMap::new(), &[proxy]), proxy);
    }
}
