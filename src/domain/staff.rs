//! The council's staff: who they are, what their role lets them do, what takes two of them.

use serde::Deserialize;

use super::typed::same_word;

/// The longest name.
const LONGEST: usize = 32;

/// A member's user name, such as `wanjiku`. It stands in the audit log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StaffName(String);

/// A text is no user name of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a user name is 2 to 32 small letters, digits, dots or hyphens, a letter first")]
pub struct StaffNameError;

impl StaffName {
    /// Reads a name; capitals are read as small letters.
    pub fn parse(text: &str) -> Result<Self, StaffNameError> {
        let name = text.trim().to_ascii_lowercase();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
        let is_name = (2..=LONGEST).contains(&name.len())
            && name.bytes().all(fits)
            && name.starts_with(|first: char| first.is_ascii_alphabetic());
        is_name.then_some(Self(name)).ok_or(StaffNameError)
    }

    /// As it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As the audit log calls them.
    #[must_use]
    pub fn actor(&self) -> String {
        format!("operator:{}", self.0)
    }
}

/// What a member of staff is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffRole {
    /// Looks people up and reads; numbers are masked.
    Viewer,
    /// Helps people who call.
    HelpDesk,
    /// Decides who is registered and who takes a lost line over; imports and exports.
    Data,
    /// Does all of that, and steers campaigns, channels and sessions.
    Manager,
    /// Reads the audit log, and nothing about people but that.
    Auditor,
}

/// A text names no role of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role; the roles are viewer, help-desk, data, manager and auditor")]
pub struct StaffRoleError;

/// What a page or a deed of the console demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// To see how the service does, and campaigns.
    Look,
    /// To look people up.
    SeePeople,
    /// To send again, unlock, take back, answer.
    Help,
    /// To decide requests about records.
    Decide,
    /// To bring files into the register, and take tables out.
    Files,
    /// To steer campaigns and channels, and end others' sessions.
    Steer,
    /// To make, reset and close accounts of staff.
    Accounts,
    /// To give other systems keys, and take them back.
    Systems,
    /// To read the audit log.
    Audit,
}

/// What settings may let two members of staff want before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JointDeed {
    /// Somebody's line is lost and another becomes theirs.
    LostLine,
    /// A campaign to many people starts.
    Campaign,
    /// A channel sends again that was parked or stopped.
    Channel,
    /// An account of staff is made, reset or given another role.
    Account,
    /// What is known of a person is erased.
    Erasure,
}

impl JointDeed {
    /// Its name in settings and in the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LostLine => "lost_line",
            Self::Campaign => "campaign",
            Self::Channel => "channel",
            Self::Account => "account",
            Self::Erasure => "erasure",
        }
    }
}

impl StaffRole {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Viewer,
        Self::HelpDesk,
        Self::Data,
        Self::Manager,
        Self::Auditor,
    ];

    /// Reads a role by its name.
    pub fn parse(text: &str) -> Result<Self, StaffRoleError> {
        let mut all = Self::ALL.into_iter();
        all.find(|role| same_word(role.name(), text))
            .ok_or(StaffRoleError)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::HelpDesk => "help-desk",
            Self::Data => "data",
            Self::Manager => "manager",
            Self::Auditor => "auditor",
        }
    }

    /// Whether somebody of this role may do that. The auditor reads what all others did, so
    /// nobody else reads it and the auditor does nothing.
    #[must_use]
    pub fn may(self, duty: Duty) -> bool {
        match duty {
            Duty::Look => true,
            Duty::SeePeople => self != Self::Auditor,
            Duty::Help => matches!(self, Self::HelpDesk | Self::Manager),
            Duty::Decide | Duty::Files => matches!(self, Self::Data | Self::Manager),
            Duty::Steer | Duty::Accounts | Duty::Systems => self == Self::Manager,
            Duty::Audit => self == Self::Auditor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        assert_eq!(StaffName::parse(" Wanjiku ").unwrap().as_str(), "wanjiku");
        for text in ["", "a", "1a", "wan jiku", "wanjiku:x", &"a".repeat(33)] {
            assert_eq!(StaffName::parse(text), Err(StaffNameError), "{text}");
        }
    }

    #[test]
    fn roles_are_read_by_their_names() {
        for role in StaffRole::ALL {
            assert_eq!(StaffRole::parse(role.name()), Ok(role));
        }
        assert_eq!(StaffRole::parse("root"), Err(StaffRoleError));
    }
}
