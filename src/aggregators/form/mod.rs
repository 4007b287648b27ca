//! Form-encoded bodies, as callbacks and older HTTP doors use them.

mod read;
mod write;

pub(super) use read::Form;
pub use write::FormWriter;
