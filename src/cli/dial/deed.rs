//! What a person does with their phones: the lines of a script, and of the keyboard.

use crate::domain::Msisdn;

/// One thing done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// Answers a screen.
    Type(String),
    /// Dials, the code of the start where none is given.
    Dial(Option<String>),
    /// Ends the session.
    HangUp,
    /// Takes up another phone, by its place from 1.
    TakeUp(usize),
    /// Takes up the phone of that number, which may be a new one.
    From(Msisdn),
    /// Waits for an SMS.
    AwaitSms,
    /// Waits until the network ends the session.
    AwaitTimeOut,
    /// Stops.
    Quit,
}

/// What can be said, for `--help` and for whoever said something else.
pub(super) const COMMANDS: &str = ":dial [CODE], :end (hang up), :2 or :from NUMBER (another phone), \
     :sms (wait for one), :timeout (wait until the network hangs up), :quit";

/// Something that can't be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum DeedError {
    #[error("there is no command `{0}`; there are: {COMMANDS}")]
    Unknown(String),
    #[error("`:from` needs a Kenyan mobile number, such as :from 254700000001")]
    Number,
}

impl Deed {
    /// Reads a line; nothing where it is empty or a comment.
    pub(super) fn parse(line: &str) -> Result<Option<Self>, DeedError> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        let Some(command) = line.strip_prefix(':') else {
            return Ok(Some(Self::Type(line.to_owned())));
        };
        let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
        let deed = match (name, rest.trim()) {
            ("dial", "") => Self::Dial(None),
            ("dial", code) => Self::Dial(Some(code.to_owned())),
            ("from", number) => Self::From(Msisdn::parse(number).map_err(|_| DeedError::Number)?),
            ("end", "") => Self::HangUp,
            ("sms", "") => Self::AwaitSms,
            ("timeout", "") => Self::AwaitTimeOut,
            ("quit", "") => Self::Quit,
            (place, "") => match place.parse() {
                Ok(place) if place > 0 => Self::TakeUp(place),
                _ => return Err(DeedError::Unknown(line.to_owned())),
            },
            _ => return Err(DeedError::Unknown(line.to_owned())),
        };
        Ok(Some(deed))
    }
}

/// All that a script says, each with its line; or what is wrong with it, a line each.
pub(super) fn script(name: &str, text: &str) -> Result<Vec<(usize, Deed)>, String> {
    let (mut deeds, mut wrong) = (Vec::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        match Deed::parse(line) {
            Ok(Some(deed)) => deeds.push((index + 1, deed)),
            Ok(None) => {}
            Err(error) => wrong.push(format!("{name}:{}: {error}", index + 1)),
        }
    }
    if wrong.is_empty() {
        Ok(deeds)
    } else {
        Err(wrong.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_a_colon_is_a_command_and_the_rest_is_typed() {
        let number = Msisdn::parse("254700000001").unwrap();
        for (line, deed) in [
            ("3", Deed::Type("3".into())),
            (" A001234567K ", Deed::Type("A001234567K".into())),
            (":dial", Deed::Dial(None)),
            (
                ":dial *384*2026*1#",
                Deed::Dial(Some("*384*2026*1#".into())),
            ),
            (":end", Deed::HangUp),
            (":2", Deed::TakeUp(2)),
            (":from 0700 000 001", Deed::From(number)),
            (":sms", Deed::AwaitSms),
            (":timeout", Deed::AwaitTimeOut),
            (":quit", Deed::Quit),
        ] {
            assert_eq!(Deed::parse(line), Ok(Some(deed)), "{line}");
        }
        for nothing in ["", "  ", "# a comment"] {
            assert_eq!(Deed::parse(nothing), Ok(None), "{nothing}");
        }
    }

    #[test]
    fn every_fault_of_a_script_is_told_with_its_line() {
        let told = script("a.txt", "1\n:jump\n:0\n:from 12\n").unwrap_err();
        let starts = [
            "a.txt:2: there is no",
            "a.txt:3: there is no",
            "a.txt:4: `:from`",
        ];
        for (line, start) in told.lines().zip(starts) {
            assert!(line.starts_with(start), "{line}");
        }
        assert_eq!(told.lines().count(), 3);
    }
}
