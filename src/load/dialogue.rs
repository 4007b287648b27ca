//! What somebody dials and types in one session.

use crate::rehearsal::{Direction, Script};

/// What is dialled behind the code, and the answers that follow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dialogue {
    /// Behind the code.
    pub extension: String,
    /// One a hop.
    pub answers: Vec<String>,
}

impl Dialogue {
    /// Reads one's own deployment, goes back and leaves: four hops that change nothing.
    #[must_use]
    pub fn reading() -> Self {
        Self {
            extension: String::new(),
            answers: ["1", "0", "0"].map(str::to_owned).into(),
        }
    }
}

/// The sessions of a transcript. Who dials and what goes wrong on the way is left out.
#[must_use]
pub fn dialogues(script: &Script) -> Vec<Dialogue> {
    let mut found: Vec<Dialogue> = Vec::new();
    for step in &script.steps {
        match &step.direction {
            Direction::Dial(extension) => found.push(Dialogue {
                extension: extension.clone(),
                answers: Vec::new(),
            }),
            Direction::Type(answer) => {
                if let Some(dialogue) = found.last_mut() {
                    dialogue.answers.push(answer.clone());
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_holds_its_sessions() {
        let text = "line 254700000001\ndial\n| Hello\ntype 1\n| Bye\nend\nrepeat\nwait 1h\n\
                    dial 8*3\n| PIN\ntype 1234\n| Done\nend\n";
        let script = Script::parse("two.txt", text).unwrap();
        let [first, second] = &dialogues(&script)[..] else {
            panic!("two sessions");
        };
        assert_eq!(
            (first.extension.as_str(), &first.answers[..]),
            ("", &["1".to_owned()][..])
        );
        assert_eq!(second.extension, "8*3");
        assert_eq!(second.answers, ["1234"]);
    }
}
