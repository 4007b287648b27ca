//! Names of records, which nobody types.

use std::fmt;

use uuid::{Uuid, Version};

use super::canonical::serde_as_text;

/// A text is not an id of this service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this service")]
pub struct IdError;

macro_rules! id {
    ($(#[$doc:meta])* $id:ident) => {
        $(#[$doc])*
        ///
        /// A UUID of version 7 as text, so ids made later sort later.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $id(String);

        impl $id {
            /// An id that no record has yet.
            #[must_use]
            pub fn fresh() -> Self {
                Self(Uuid::now_v7().to_string())
            }

            /// Reads an id; any spelling of the same UUID gives the same id.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                canonical(text).map(Self)
            }

            /// The id as it is stored.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $id {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        serde_as_text!($id, $id::as_str);
    };
}

id! {
    /// Names a professional.
    PersonId
}
id! {
    /// Names a deployment of a professional to a centre.
    DeploymentId
}
id! {
    /// Names a message of the outbox.
    MessageId
}
id! {
    /// Names an address that events are posted to.
    WebhookId
}

fn canonical(text: &str) -> Result<String, IdError> {
    Uuid::parse_str(text)
        .ok()
        .filter(|uuid| uuid.get_version() == Some(Version::SortRand))
        .map(|uuid| uuid.to_string())
        .ok_or(IdError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_id_is_read_back_and_is_never_the_same() {
        let id = PersonId::fresh();
        assert_eq!(PersonId::parse(id.as_str()), Ok(id.clone()));
        assert_eq!(id.to_string(), id.as_str());
        assert_ne!(PersonId::fresh(), id);
    }

    #[test]
    fn ids_made_later_sort_later() {
        let ids: Vec<_> = (0..100).map(|_| MessageId::fresh()).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn other_spellings_give_the_same_id() {
        let id = DeploymentId::fresh();
        let shouted = id.as_str().to_uppercase().replace('-', "");
        assert_eq!(DeploymentId::parse(&shouted), Ok(id));
    }

    #[test]
    fn other_texts_and_other_versions_are_refused() {
        for text in ["", "1", "hello", "936da01f-9abd-4d9d-80c7-02af85c822a8"] {
            assert_eq!(PersonId::parse(text), Err(IdError));
        }
    }
}
