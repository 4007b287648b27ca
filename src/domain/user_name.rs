//! What people type on the site to say who they are.

use super::{CentreCode, Msisdn};

/// A user name: a person's line, or a centre, whose manager is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum UserName {
    /// The registered line, in any spelling.
    Line(Msisdn),
    /// What begins with the code of a centre.
    Centre(CentreCode),
}

impl UserName {
    /// Reads one; none where it can be nobody's.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(line) = Msisdn::parse(text) {
            return Some(Self::Line(line));
        }
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        CentreCode::parse(&text[..digits]).ok().map(Self::Centre)
    }

    /// What it stands for, in one spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Line(line) => line.as_str(),
            Self::Centre(code) => code.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_centre_is_named_by_what_begins_with_its_code() {
        let centre = CentreCode::parse("99208105").map(UserName::Centre).ok();
        for text in ["99208105", " 99208105-CM", "99208105 Mfano"] {
            assert_eq!(UserName::parse(text), centre);
        }
        for text in ["", "992081", "992081050", "Mfano 99208105"] {
            assert_eq!(UserName::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_person_is_named_by_their_line() {
        let line = Msisdn::parse("254700000001").map(UserName::Line).ok();
        assert_eq!(UserName::parse("0700 000 001"), line);
    }
}
