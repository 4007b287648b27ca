//! One USSD screen and how much fits on it.

use std::fmt;

/// What the person sees next. It may hold personal data, so it prints as its
/// length.
#[derive(Clone, PartialEq, Eq)]
pub struct Screen {
    /// The text, already laid out to fit.
    pub text: String,
    /// Whether the session ends here; otherwise an answer is awaited.
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

/// The longest texts of a network, in septets of GSM-7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScreenLimits {
    /// One screen.
    pub screen: usize,
    /// One typed answer.
    pub input: usize,
}
