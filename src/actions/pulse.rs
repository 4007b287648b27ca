//! Whether SMS as a whole are slow, as this process last saw it: looked up once every few
//! seconds, read at every dial.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<AtomicBool>);

impl Pulse {
    /// Whether urgent SMS wait longer than they should.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Says what was seen.
    pub fn set(&self, slow: bool) {
        self.0.store(slow, Ordering::Relaxed);
    }
}
