//! Where the council's systems are told of what happens here, and what of.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The longest address.
const LONGEST: usize = 500;

/// An address that events are posted to. Its path and query may hold a secret of its owner,
/// so it prints as its host alone.
#[derive(Clone, PartialEq, Eq)]
pub struct HookUrl(Url);

/// Why events can't be posted to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HookUrlError {
    /// Not an address.
    #[error(
        "an address is https://HOST/PATH, at most {LONGEST} characters, without user, password and #"
    )]
    Shape,
    /// Not https.
    #[error("an address begins with https://: events would travel in clear")]
    Clear,
    /// Within a network of our own.
    #[error("this address is within a private network; events go to public addresses alone")]
    Private,
}

impl HookUrl {
    /// Where it is, without what may be a secret of its owner.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Reads an address. Without `may_be_local` it must be https and no private address.
    pub fn parse(text: &str, may_be_local: bool) -> Result<Self, HookUrlError> {
        let url = Url::parse(text).map_err(|_| HookUrlError::Shape)?;
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
            && url.as_str().len() <= LONGEST;
        if !is_plain || !matches!(url.scheme(), "https" | "http") {
            return Err(HookUrlError::Shape);
        }
        let host = url.host().ok_or(HookUrlError::Shape)?;
        if may_be_local {
            return Ok(Self(url));
        }
        if url.scheme() == "http" {
            return Err(HookUrlError::Clear);
        }
        // The parser has read 0x7f.1 and 2130706433 as what they are.
        let is_private = match host {
            Host::Ipv4(address) => !is_public(address.into()),
            Host::Ipv6(address) => !is_public(address.into()),
            Host::Domain(name) => is_local_name(name),
        };
        if is_private {
            return Err(HookUrlError::Private);
        }
        Ok(Self(url))
    }

    /// As it is stored and called.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl std::fmt::Debug for HookUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HookUrl({}, ..)", self.host())
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    !name.contains('.')
        || ["localhost", "local", "internal"]
            .iter()
            .any(|end| name.rsplit('.').next() == Some(end))
}

/// Whether an address is one of the open internet, which every name must lead to as well when
/// it is called.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        // "This network"; shared by carriers; protocol assignments; benchmarks; reserved.
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240;
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Only 2000::/3 is given out. Of that, 2002::/16 and 2001::/23 lead to addresses of IPv4
    // and of tunnels, 2001:db8::/32 and 3fff::/20 are for documents.
    (0x2000..0x4000).contains(&a)
        && a != 0x2002
        && !(a == 0x2001 && (b < 0x200 || b == 0xdb8))
        && !(a == 0x3fff && b < 0x1000)
}

/// What systems can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Somebody's work is new, moved, taken back.
    DeploymentChanged,
    /// Somebody has accepted or declined.
    InvitationAnswered,
    /// Somebody is new in the register.
    PersonAdded,
    /// A field of somebody's record has changed.
    PersonChanged,
    /// An SMS has come to its end.
    MessageSettled,
    /// Nothing has happened: somebody tries whether events arrive.
    Ping,
}

impl EventKind {
    /// Those that can be asked for.
    pub const ALL: [Self; 5] = [
        Self::DeploymentChanged,
        Self::InvitationAnswered,
        Self::PersonAdded,
        Self::PersonChanged,
        Self::MessageSettled,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DeploymentChanged => "deployment.changed",
            Self::InvitationAnswered => "invitation.answered",
            Self::PersonAdded => "person.added",
            Self::PersonChanged => "person.changed",
            Self::MessageSettled => "message.settled",
            Self::Ping => "webhook.ping",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter().chain([Self::Ping]);
        all.find(|kind| kind.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_go_to_public_addresses_by_https_alone() {
        use HookUrlError::{Clear, Private, Shape};
        let read = |text| HookUrl::parse(text, false).map(|url| url.as_str().to_owned());
        for text in [
            "https://portal.example.org/hooks/cp2?of=1",
            "https://197.248.0.1/x",
            "https://[2c0f:fe38::1]:8443/x",
        ] {
            assert_eq!(read(text), Ok(text.to_owned()));
        }
        for (text, why) in [
            ("", Shape),
            ("portal.example.org", Shape),
            ("ftp://portal.example.org/", Shape),
            ("https://me:secret@portal.example.org/", Shape),
            ("https://portal.example.org/#x", Shape),
            ("http://portal.example.org/", Clear),
            ("https://localhost/", Private),
            ("https://database/", Private),
            ("https://metadata.google.internal/", Private),
            ("https://127.0.0.1/", Private),
            ("https://2130706433/", Private),
            ("https://0x7f.1/", Private),
            ("https://10.0.0.1/", Private),
            ("https://100.64.0.1/", Private),
            ("https://169.254.169.254/latest/meta-data", Private),
            ("https://[::1]/", Private),
            ("https://[::ffff:10.0.0.1]/", Private),
            ("https://[fd00::1]/", Private),
            ("https://[64:ff9b::a00:1]/", Private),
            ("https://[2002:a00:1::]/", Private),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
        assert!(HookUrl::parse("http://127.0.0.1:9/x", true).is_ok());
    }

    #[test]
    fn an_address_prints_without_what_may_be_secret_in_it() {
        let url = HookUrl::parse("https://portal.example.org/s3cret?key=x", false).unwrap();
        assert_eq!(format!("{url:?}"), "HookUrl(portal.example.org, ..)");
    }

    #[test]
    fn kinds_are_known_by_their_names() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::named(kind.name()), Some(kind));
        }
        assert_eq!(EventKind::named("person"), None);
    }
}
