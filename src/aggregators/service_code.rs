//! Codes that people dial.

/// What was dialled behind a code: `3*1` of `*384*2026*3*1#`. The marks at both ends are
/// written by some and left out by others.
#[must_use]
pub fn behind<'a>(dialled: &'a str, code: &str) -> Option<&'a str> {
    let rest = bare(dialled).strip_prefix(bare(code))?.strip_prefix('*')?;
    (!rest.is_empty()).then_some(rest)
}

/// Whether that is the code, or begins with it.
pub(super) fn is_dialled(dialled: &str, code: &str) -> bool {
    bare(dialled) == bare(code) || behind(dialled, code).is_some()
}

fn bare(code: &str) -> &str {
    code.trim_start_matches('*').trim_end_matches('#')
}
