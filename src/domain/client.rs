//! The council's own systems, which call the API: what they are called and what they may do.

use super::typed::same_word;

/// The longest name.
const LONGEST: usize = 32;

/// What a system is called, such as `portal`. It stands in the audit log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientName(String);

/// A text is no name of a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name is 2 to 32 small letters, digits or hyphens, a letter first")]
pub struct ClientNameError;

impl ClientName {
    /// Reads a name; capitals are read as small letters.
    pub fn parse(text: &str) -> Result<Self, ClientNameError> {
        let name = text.trim().to_ascii_lowercase();
        let is_name = (2..=LONGEST).contains(&name.len())
            && name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_name.then_some(Self(name)).ok_or(ClientNameError)
    }

    /// As it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As the audit log calls it.
    #[must_use]
    pub fn actor(&self) -> String {
        format!("api:{}", self.0)
    }
}

/// What a key of the API opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// To look people up and read their records.
    PeopleRead,
    /// To add people and change their records.
    PeopleWrite,
    /// To read centres.
    CentresRead,
    /// To add and change centres.
    CentresWrite,
    /// To read who works where.
    DeploymentsRead,
    /// To deploy people, move them and take it back.
    DeploymentsWrite,
    /// To ask whether a user name and password belong together.
    CredentialsVerify,
    /// To send a person an SMS.
    NoticesSend,
    /// To read what became of SMS.
    MessagesRead,
    /// To have events sent somewhere.
    WebhooksManage,
}

/// A text names no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "no such scope; the scopes are people:read, people:write, centres:read, centres:write, \
     deployments:read, deployments:write, credentials:verify, notices:send, messages:read and \
     webhooks:manage"
)]
pub struct ScopeError;

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 10] = [
        Self::PeopleRead,
        Self::PeopleWrite,
        Self::CentresRead,
        Self::CentresWrite,
        Self::DeploymentsRead,
        Self::DeploymentsWrite,
        Self::CredentialsVerify,
        Self::NoticesSend,
        Self::MessagesRead,
        Self::WebhooksManage,
    ];

    /// Reads a scope by its name.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        let mut all = Self::ALL.into_iter();
        all.find(|scope| same_word(scope.name(), text))
            .ok_or(ScopeError)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PeopleRead => "people:read",
            Self::PeopleWrite => "people:write",
            Self::CentresRead => "centres:read",
            Self::CentresWrite => "centres:write",
            Self::DeploymentsRead => "deployments:read",
            Self::DeploymentsWrite => "deployments:write",
            Self::CredentialsVerify => "credentials:verify",
            Self::NoticesSend => "notices:send",
            Self::MessagesRead => "messages:read",
            Self::WebhooksManage => "webhooks:manage",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        assert_eq!(ClientName::parse(" Portal ").unwrap().actor(), "api:portal");
        for text in ["", "a", "1a", "the portal", "portal:x", &"a".repeat(33)] {
            assert_eq!(ClientName::parse(text), Err(ClientNameError), "{text}");
        }
    }

    #[test]
    fn scopes_are_read_by_their_names_and_the_error_lists_them_all() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.name()), Ok(scope));
            assert!(ScopeError.to_string().contains(scope.name()));
        }
        assert_eq!(Scope::parse("everything"), Err(ScopeError));
    }
}
