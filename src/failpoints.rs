//! Named places where tests let the power go, to see that nothing is lost or done twice.
//!
//! The variable `FAILPOINTS` names one (`FAILPOINTS=outbox.claimed=return`) in the program
//! that `cargo test` builds; in any other, every such place is nothing.

/// A place where the power may go.
macro_rules! power_may_go {
    ($place:literal) => {
        ::fail::fail_point!($place, |_| ::std::process::abort())
    };
}

pub(crate) use power_may_go;

/// Arms the places that `FAILPOINTS` names, for as long as the answer lives.
pub(crate) fn arm() -> Option<fail::FailScenario<'static>> {
    fail::has_failpoints().then(fail::FailScenario::setup)
}
