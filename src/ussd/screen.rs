//! A finished screen.

use std::fmt;

/// What the phone shows. It is about a person, so it prints as its length.
#[derive(Clone, PartialEq, Eq)]
pub struct Screen {
    /// The text.
    pub text: String,
    /// Whether the session ends with it.
    pub end: bool,
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen")
            .field("text", &format_args!("{} bytes", self.text.len()))
            .field("end", &self.end)
            .finish()
    }
}
