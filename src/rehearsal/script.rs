//! Reading transcripts.
//!
//! ```text
//! # A professional resets the password.
//! line 254700000001
//! dial
//! | KNEC CP2
//! | 1. My deployment
//! type 3
//! | A new CP2 password will come by SMS to 25470****001. …
//! type 1
//! | Your new password is on its way by SMS. …
//! end
//! repeat
//! sms 254700000001
//! | CP2 user name 254700000001, new password ~. …
//! ```
//!
//! A line that begins with `|` is what the phone shows; `~` in it stands for one word
//! that nobody can know, such as a password. `end` says that the session is over.

use std::time::Duration;

use crate::domain::{CardSwap, Msisdn};

/// A transcript: what happens, in order.
#[derive(Debug, Clone)]
pub struct Script {
    /// Its file.
    pub name: String,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// One step and what is to be seen after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its line in the file, from 1.
    pub line: usize,
    /// What is done.
    pub direction: Direction,
    /// The lines that are to be seen, without their bars.
    pub shown: Vec<String>,
    /// Whether the session is to be over then.
    pub end: bool,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Direction {
    /// Takes up a phone, on the network of that code.
    Line(Msisdn, String),
    /// Dials the code, with what follows it.
    Dial(String),
    /// Types an answer.
    Type(String),
    /// Sends an SMS to the service.
    Text(String),
    /// The same callback comes again.
    Repeat,
    /// Every callback of the session comes again, in order.
    Late,
    /// The session is lost; the person must dial again.
    Drop,
    /// The service stops and starts again.
    Restart,
    /// Time passes.
    Wait(Duration),
    /// The council moves a person to another line while nobody looks.
    Moved(Msisdn, Msisdn),
    /// The council takes back all that a person was deployed to.
    Cancelled(Msisdn),
    /// A centre manager signs the register of today off on another phone.
    Signed(Msisdn),
    /// An operator decides what a line has asked for: to be registered, or not.
    Decided(Msisdn, bool),
    /// The council answers the newest problem that a line has reported.
    Answered(Msisdn),
    /// The settings ask networks about SIM cards from here on.
    AskForCards,
    /// A network tells of the SIM card behind the phone in the hand.
    Card(CardSwap),
    /// SMS stay in the outbox from here on, or leave again.
    Hold(bool),
    /// A delivery report on the newest SMS that left: delivered, or failed for a reason.
    Report(Option<String>),
    /// The next SMS of that number.
    Sms(Msisdn),
    /// No SMS has left that was not read.
    NoSms,
    /// The next entry of the audit log.
    Audit(String),
}

/// A line that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct ScriptError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what can stand there.
    pub message: String,
}

const DIRECTIONS: &str = "line NUMBER [NETWORK], dial [EXTENSION], type ANSWER, text WORDS, repeat, late, drop, restart, \
     wait TIME, meanwhile moved NUMBER NUMBER, meanwhile cancelled NUMBER, meanwhile signed NUMBER, meanwhile approved NUMBER, meanwhile refused NUMBER, meanwhile answered NUMBER, \
     ask for cards, card old, card new DATE, card untold, hold, release, report delivered, report failed REASON, sms NUMBER, no sms, audit WHAT";

impl Script {
    /// Reads a transcript.
    pub fn parse(name: &str, text: &str) -> Result<Self, ScriptError> {
        let mut steps: Vec<Step> = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let fail = |message: String| ScriptError {
                file: name.to_owned(),
                line: number,
                message,
            };
            let trimmed = line.trim_end();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let last = steps.last_mut().filter(|step| step.direction.shows());
            if let Some(shown) = trimmed.strip_prefix('|') {
                let step = last.ok_or_else(|| fail("nothing is shown here".into()))?;
                step.shown
                    .push(shown.strip_prefix(' ').unwrap_or(shown).to_owned());
            } else if trimmed == "end" {
                last.ok_or_else(|| fail("no session can end here".into()))?
                    .end = true;
            } else {
                let direction = Direction::parse(trimmed)
                    .ok_or_else(|| fail(format!("`{trimmed}` is none of: {DIRECTIONS}")))?;
                steps.push(Step {
                    line: number,
                    direction,
                    shown: Vec::new(),
                    end: false,
                });
            }
        }
        let name = name.to_owned();
        Ok(Self { name, steps })
    }
}

impl Direction {
    fn parse(line: &str) -> Option<Self> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        Some(match (word, rest.trim()) {
            ("line", rest) => {
                let (number, network) = rest.split_once(' ').unwrap_or((rest, "63902"));
                Self::Line(Msisdn::parse(number).ok()?, network.to_owned())
            }
            ("dial", extension) => Self::Dial(extension.to_owned()),
            // What is typed may begin or end with a space.
            ("type", _) => Self::Type(rest.to_owned()),
            ("text", words) => Self::Text(words.to_owned()),
            ("repeat", "") => Self::Repeat,
            ("late", "") => Self::Late,
            ("drop", "") => Self::Drop,
            ("restart", "") => Self::Restart,
            ("wait", time) => Self::Wait(duration(time)?),
            ("meanwhile", event) => match event.split_once(' ')? {
                ("moved", numbers) => {
                    let (from, to) = numbers.split_once(' ')?;
                    Self::Moved(Msisdn::parse(from).ok()?, Msisdn::parse(to).ok()?)
                }
                ("cancelled", number) => Self::Cancelled(Msisdn::parse(number).ok()?),
                ("signed", number) => Self::Signed(Msisdn::parse(number).ok()?),
                ("approved", number) => Self::Decided(Msisdn::parse(number).ok()?, true),
                ("refused", number) => Self::Decided(Msisdn::parse(number).ok()?, false),
                ("answered", number) => Self::Answered(Msisdn::parse(number).ok()?),
                _ => return None,
            },
            ("ask", "for cards") => Self::AskForCards,
            ("card", "old") => Self::Card(CardSwap::Never),
            ("card", "untold") => Self::Card(CardSwap::Untold),
            ("card", new) => Self::Card(CardSwap::On(new.strip_prefix("new ")?.parse().ok()?)),
            ("hold", "") => Self::Hold(true),
            ("release", "") => Self::Hold(false),
            ("report", "delivered") => Self::Report(None),
            ("report", failed) => Self::Report(Some(failed.strip_prefix("failed ")?.to_owned())),
            ("sms", number) => Self::Sms(Msisdn::parse(number).ok()?),
            ("no", "sms") => Self::NoSms,
            ("audit", what) if !what.is_empty() => Self::Audit(what.to_owned()),
            _ => return None,
        })
    }

    /// Whether something is to be seen after it.
    #[must_use]
    pub fn shows(&self) -> bool {
        matches!(self, Self::Dial(_) | Self::Type(_) | Self::Sms(_))
    }
}

fn duration(text: &str) -> Option<Duration> {
    let number = text.get(..text.len().checked_sub(1)?)?.parse().ok()?;
    match text.as_bytes().last()? {
        b's' => Some(Duration::from_secs(number)),
        b'm' => Some(Duration::from_mins(number)),
        b'h' => Some(Duration::from_hours(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_is_read_with_its_lines() {
        let text =
            "# Hello\nline 0700000001 63903\n\ndial\n| KNEC\n|\n| 1. Go\ntype 1\n| Bye.\nend\n";
        let script = Script::parse("hello.txt", text).unwrap();
        let lines: Vec<_> = script.steps.iter().map(|step| step.line).collect();
        assert_eq!(lines, [2, 4, 8]);
        assert_eq!(script.steps[1].shown, ["KNEC", "", "1. Go"]);
        assert!(!script.steps[1].end && script.steps[2].end);
    }

    #[test]
    fn a_line_that_is_nothing_is_refused_with_its_place() {
        for (text, line) in [
            ("dial\nsing", 2),
            ("| x", 1),
            ("line 12", 1),
            ("drop\n| x", 2),
            ("wait soon", 1),
            ("end", 1),
        ] {
            let error = Script::parse("t.txt", text).unwrap_err();
            assert_eq!(error.line, line, "{text}");
        }
    }

    #[test]
    fn times_are_seconds_minutes_or_hours() {
        assert_eq!(duration("90s"), Some(Duration::from_secs(90)));
        assert_eq!(duration("11m"), Some(Duration::from_mins(11)));
        assert_eq!(duration("72h"), Some(Duration::from_hours(72)));
        assert_eq!(duration(""), None);
        assert_eq!(duration("5"), None);
    }
}
