//! USSD dialogues that are under way. The network names them by the line alone, which has
//! one at a time; sessions have names that never come again.

use std::collections::BTreeMap;
use std::time::Duration;

use zeroize::Zeroizing;

use super::deliver::Said;
use crate::aggregators::{Input, SessionId, Turn};
use crate::domain::{MessageId, Msisdn, Timestamp};

/// After that no network keeps a dialogue open.
const LIFE: Duration = Duration::from_mins(10);

/// Dialogues by line. They are lost with the connection, as the network's own are.
pub struct Dialogues {
    by_line: BTreeMap<Msisdn, Dialogue>,
    /// What was dialled where nobody knows.
    first_code: String,
}

#[derive(Clone)]
struct Dialogue {
    session: SessionId,
    service_code: String,
    begun_at: Timestamp,
}

impl Dialogues {
    pub(super) fn new(first_code: String) -> Self {
        let by_line = BTreeMap::new();
        Self {
            by_line,
            first_code,
        }
    }

    /// The turn that a caller takes; none where they left. An answer to nothing that is
    /// known begins anew.
    pub fn turn(&mut self, caller: &Msisdn, said: Said, now: Timestamp) -> Option<Turn> {
        let (dialogue, input) = match said {
            Said::Over => {
                self.end(caller);
                return None;
            }
            Said::Answered(text) => match self.by_line.get(caller) {
                Some(dialogue) => (dialogue.clone(), Input::Last(text)),
                None => (
                    self.begin(caller, self.first_code.clone(), now)?,
                    Input::Dialled(Zeroizing::default()),
                ),
            },
            Said::Dialled(text, code) => (self.begin(caller, code, now)?, Input::Dialled(text)),
        };
        Some(Turn {
            session: dialogue.session,
            caller: caller.clone(),
            service_code: dialogue.service_code,
            network: None,
            input,
        })
    }

    /// A caller's dialogue is over.
    pub fn end(&mut self, caller: &Msisdn) {
        self.by_line.remove(caller);
    }

    fn begin(&mut self, caller: &Msisdn, code: String, now: Timestamp) -> Option<Dialogue> {
        self.by_line
            .retain(|_, other| now.since(other.begun_at) < LIFE);
        let dialogue = Dialogue {
            session: SessionId::parse(&format!("smpp_{}", MessageId::fresh().as_str()))?,
            service_code: code,
            begun_at: now,
        };
        self.by_line.insert(caller.clone(), dialogue.clone());
        Some(dialogue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "*384*2026#";

    fn dialled() -> Said {
        Said::Dialled(Zeroizing::new(CODE.into()), CODE.into())
    }

    fn answered() -> Said {
        Said::Answered(Zeroizing::new("1".into()))
    }

    #[test]
    fn answers_belong_to_the_dialogue_of_their_line_until_it_is_over() {
        let (mut dialogues, now) = (Dialogues::new(CODE.into()), Timestamp::from_millis(0));
        let line = Msisdn::parse("254700000001").unwrap();
        let other = Msisdn::parse("254700000002").unwrap();
        let first = dialogues.turn(&line, dialled(), now).unwrap();
        let foreign = dialogues.turn(&other, dialled(), now).unwrap();
        let second = dialogues.turn(&line, answered(), now).unwrap();
        assert_eq!(first.session, second.session);
        assert_eq!(second.service_code, CODE);
        assert_ne!(first.session, foreign.session);
        assert!(dialogues.turn(&line, Said::Over, now).is_none());
        let anew = dialogues.turn(&line, answered(), now).unwrap();
        assert_ne!(first.session, anew.session);
        assert!(matches!(anew.input, Input::Dialled(text) if text.is_empty()));
    }
}
