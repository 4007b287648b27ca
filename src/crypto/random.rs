//! The one place that names a generator: the operating system's.

use rand::TryRng;
use rand::rngs::SysRng;

/// Fills the buffer with random bytes.
///
/// # Panics
///
/// When the operating system has no randomness to give: nothing secret can be made then.
pub(super) fn fill(buffer: &mut [u8]) {
    SysRng
        .try_fill_bytes(buffer)
        .expect("the operating system gives random bytes");
}

/// A number below `bound`, each equally likely.
pub(super) fn below(bound: u8) -> u8 {
    // Numbers past the last whole multiple would make the low ones likelier.
    let fair = u8::MAX - u8::MAX % bound;
    loop {
        let mut byte = [0];
        fill(&mut byte);
        if byte[0] < fair {
            return byte[0] % bound;
        }
    }
}

/// A one-time code of six digits.
#[must_use]
pub fn fresh_code() -> zeroize::Zeroizing<String> {
    let digits = (0..6).map(|_| char::from(b'0' + below(10)));
    zeroize::Zeroizing::new(digits.collect())
}

/// A number from 0 up to 1, for spreading things in time.
#[must_use]
pub fn chance() -> f64 {
    let mut bytes = [0; 4];
    fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}
