//! Why a callback was refused.

/// A callback that does not have its aggregator's form. Names the field, never
/// its value, so it can be logged and answered as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// Another HTTP method than this aggregator uses.
    #[error("this callback must be a POST request")]
    NotAPost,
    /// Another content type than this aggregator uses.
    #[error("the body is not a form")]
    NotAForm,
    /// The body is not the JSON object this aggregator sends.
    #[error("the body is not the expected JSON")]
    NotJson,
    /// This aggregator has no such callback.
    #[error("this channel has no such callback")]
    NotOffered,
    /// The signature is missing or not the aggregator's.
    #[error("the callback is not signed by the aggregator")]
    NotSigned,
    /// A required field is not there, or it is empty where it must not be.
    #[error("the field {0} is missing")]
    Missing(&'static str),
    /// A field that may come once comes again, so its value is anyone's guess.
    #[error("the field {0} comes more than once")]
    Repeated(&'static str),
    /// A field holds what it can't hold, such as text that is not UTF-8.
    #[error("the field {0} can't be read")]
    Malformed(&'static str),
}
