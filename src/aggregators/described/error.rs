//! Why a description can't be used.

/// A description that can't be read, or that does not go with its account. Never holds one
/// of the account's values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DescribedError {
    /// A fault in the text.
    #[error("{file}:{line}:{column}: {message}")]
    Wrong {
        /// Which description.
        file: String,
        /// Its line, from 1.
        line: usize,
        /// Its column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// Two descriptions of one channel say the same.
    #[error("[{0}] stands in two of the channel's descriptions")]
    Twice(&'static str),
    /// No description of the channel says how to send.
    #[error("no description of the channel has [send]; add one that says how SMS leave")]
    NoSend,
    /// A placeholder names a value that the channel does not have.
    #[error("the descriptions need {0}, which the channel does not set")]
    NoValue(String),
    /// The channel has a value that no placeholder names.
    #[error("values.{0} is named by no description of the channel")]
    Unused(String),
    /// The address does not come to an http or https URL.
    #[error("send.url does not come to an http or https address")]
    Url,
    /// A header that can't be sent.
    #[error("the header {0} has a name or a value that no header can have")]
    Header(String),
}
