//! An e-mail address.

use super::canonical::{redacted_debug, serde_as_text};

/// An e-mail address: in lower case, at most 60 characters, all of them on every phone.
///
/// Only its shape is looked at; whether letters arrive there is for the letters to tell.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// It has not the shape `name@host.end`.
    #[error("an e-mail address looks like name@example.co.ke")]
    Shape,
    /// More than sixty characters.
    #[error("an e-mail address has at most 60 characters here")]
    TooLong,
}

impl Email {
    /// Reads an address as people type it.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let address = text.trim().to_ascii_lowercase();
        if address.len() > 60 {
            return Err(EmailError::TooLong);
        }
        let (name, host) = address.split_once('@').ok_or(EmailError::Shape)?;
        let is_name = !name.is_empty() && name.bytes().all(|byte| is_plain(byte) || byte == b'+');
        let labels: Vec<_> = host.split('.').collect();
        let is_host = labels.len() >= 2
            && labels
                .iter()
                .all(|label| !label.is_empty() && label.bytes().all(is_plain));
        if is_name && is_host {
            Ok(Self(address))
        } else {
            Err(EmailError::Shape)
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

serde_as_text!(Email, Email::as_str);
redacted_debug!(Email);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_in_lower_case() {
        let email = Email::parse(" Jane.Doe+cp2@Mfano.co.ke ").unwrap();
        assert_eq!(email.as_str(), "jane.doe+cp2@mfano.co.ke");
    }

    #[test]
    fn what_no_letter_could_be_sent_to_is_refused() {
        for typed in [
            "",
            "jane",
            "jane@",
            "@mfano.ke",
            "jane@mfano",
            "a b@c.ke",
            "a@b..ke",
        ] {
            assert_eq!(Email::parse(typed), Err(EmailError::Shape), "{typed}");
        }
        let long = format!("{}@mfano.co.ke", "a".repeat(60));
        assert_eq!(Email::parse(&long), Err(EmailError::TooLong));
    }
}
