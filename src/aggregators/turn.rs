//! One hop of a USSD session.

use std::fmt;

use zeroize::Zeroizing;

use super::{Network, SessionEnd, SessionId};
use crate::domain::Msisdn;

/// What comes in at the address for hops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hop {
    /// A hop.
    Turn(Turn),
    /// The notice that a session is over.
    Ended(SessionEnd),
}

/// A person pressed "send": a new session, or the next answer in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The aggregator's id of the session, the same on every hop.
    pub session: SessionId,
    /// Who is calling, as the network says. Not proof of who holds the phone.
    pub caller: Msisdn,
    /// The dialled code, such as `*384*2026#`.
    pub service_code: String,
    /// The caller's network, when the aggregator tells.
    pub network: Option<Network>,
    /// What was typed.
    pub input: Input,
}

/// What was typed, as far as the aggregator tells. It may hold a PIN, so it
/// prints as its length and is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub enum Input {
    /// Every answer of the session so far, joined by `*`; empty on the first
    /// hop. An answer may itself contain `*`, so only the earlier text of the
    /// session tells where the newest answer begins.
    Cumulative(Zeroizing<String>),
    /// The newest answer alone. A repeat of it can't be told from the same answer again.
    Last(Zeroizing<String>),
    /// The newest answer, and which hop of its session this is.
    Numbered(u64, Zeroizing<String>),
    /// The session begins, with the whole of what was dialled, such as `*384*2026*3#`;
    /// empty where the aggregator does not tell.
    Dialled(Zeroizing<String>),
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, text) = match self {
            Self::Cumulative(text) => ("Cumulative", text),
            Self::Last(text) => ("Last", text),
            Self::Numbered(_, text) => ("Numbered", text),
            Self::Dialled(text) => ("Dialled", text),
        };
        write!(f, "{name}({} bytes)", text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_prints_as_its_length() {
        let input = Input::Cumulative(Zeroizing::new("2*1234".to_owned()));
        assert_eq!(format!("{input:?}"), "Cumulative(6 bytes)");
    }
}
