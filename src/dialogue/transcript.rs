//! Finding the newest answer in what an aggregator repeats.
//!
//! Africa's Talking sends all answers so far, joined by `*`, and nothing that says
//! which turn it is. An answer may hold `*` itself, so only the length and the
//! fingerprint of the earlier transcript tell where the newest begins.

use crate::aggregators::{Input, behind};
use crate::crypto::Keys;

use super::memory::{Hop, Mark};

/// What a hop brings.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading<'a> {
    /// This was answered before, as the hop of that number.
    Repeat(usize),
    /// Something new was typed.
    Answer(&'a str),
    /// Not a continuation of what is known: a callback lost, reordered or made up.
    Elsewhere,
}

/// By what a repeat of the hop is known.
pub(super) fn mark(keys: &Keys, input: &Input) -> Mark {
    match input {
        Input::Cumulative(text) | Input::Last(text) | Input::Dialled(text) => mark_of(keys, text),
        Input::Numbered(number, _) => Mark(0, fingerprint(keys, &format!("hop {number}"))),
    }
}

fn mark_of(keys: &Keys, transcript: &str) -> Mark {
    Mark(transcript.len(), fingerprint(keys, transcript))
}

/// It tells apart the few transcripts of one session, and stands where only our keys can read
/// it: 64 bits of the HMAC are enough, and short.
fn fingerprint(keys: &Keys, transcript: &str) -> u64 {
    let whole = keys.fingerprint("transcript", transcript.as_bytes());
    u64::from_be_bytes(std::array::from_fn(|at| whole[at]))
}

/// Reads a later hop of a session that is known, with its [`mark`].
pub(super) fn read<'a>(keys: &Keys, hops: &[Hop], (input, mark): (&'a Input, Mark)) -> Reading<'a> {
    let text = match input {
        Input::Last(answer) => return Reading::Answer(answer),
        Input::Cumulative(text) | Input::Numbered(_, text) | Input::Dialled(text) => text.as_str(),
    };
    if let Some(hop) = hops.iter().rposition(|hop| hop.mark == mark) {
        return Reading::Repeat(hop);
    }
    match input {
        Input::Numbered(..) => return Reading::Answer(text),
        // A session begins once.
        Input::Dialled(_) => return Reading::Elsewhere,
        Input::Cumulative(_) | Input::Last(_) => {}
    }
    let Some(last) = hops.last() else {
        return Reading::Elsewhere;
    };
    let Some((before, rest)) = text.split_at_checked(last.mark.0) else {
        return Reading::Elsewhere;
    };
    if mark_of(keys, before) != last.mark {
        return Reading::Elsewhere;
    }
    if before.is_empty() {
        return Reading::Answer(rest);
    }
    rest.strip_prefix('*')
        .map_or(Reading::Elsewhere, Reading::Answer)
}

/// Whether a hop can only be the first of its session.
pub(super) fn begins(input: &Input) -> bool {
    match input {
        Input::Cumulative(text) => text.is_empty(),
        Input::Dialled(_) => true,
        Input::Last(_) | Input::Numbered(..) => false,
    }
}

/// The answers of a session that begins with a transcript: a dialled extension, or a
/// session that was lost. Empty answers keep their place.
pub(super) fn extension<'a>(input: &'a Input, service_code: &str) -> Vec<&'a str> {
    let answers = match input {
        Input::Cumulative(text) => text.as_str(),
        Input::Dialled(text) => behind(text, service_code).unwrap_or_default(),
        Input::Last(_) | Input::Numbered(..) => "",
    };
    if answers.is_empty() {
        return Vec::new();
    }
    answers.split('*').collect()
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::crypto::MasterKey;
    use crate::ussd::Screen;

    fn cumulative(text: &str) -> Input {
        Input::Cumulative(Zeroizing::new(text.to_owned()))
    }

    fn read_after<'a>(transcripts: &[&str], input: &'a Input) -> Reading<'a> {
        let keys = Keys::single(MasterKey::fresh());
        let screen = Screen {
            text: String::new(),
            end: false,
        };
        let hop = |text: &&str| Hop::new(mark(&keys, &cumulative(text)), &screen);
        let hops: Vec<_> = transcripts.iter().map(hop).collect();
        read(&keys, &hops, (input, mark(&keys, input)))
    }

    #[test]
    fn the_rest_of_the_transcript_is_the_answer_whatever_it_holds() {
        for (before, now, answer) in [
            ("", "1", "1"),
            ("1", "1*1", "1"),
            ("1", "1*", ""),
            ("7*a*b", "7*a*b*****", "****"),
            ("7*a*b**", "7*a*b*****", "**"),
            ("1", "1*né*2", "né*2"),
            ("", "*", "*"),
        ] {
            assert_eq!(
                read_after(&[before], &cumulative(now)),
                Reading::Answer(answer),
                "{now}"
            );
        }
    }

    #[test]
    fn any_hop_that_was_answered_is_a_repeat() {
        let hops = ["", "1", "1*2"];
        for (number, text) in hops.iter().enumerate() {
            assert_eq!(
                read_after(&hops, &cumulative(text)),
                Reading::Repeat(number)
            );
        }
    }

    #[test]
    fn what_does_not_continue_the_session_is_elsewhere() {
        for text in ["2", "2*2*3", "1*22", "1*3", "11*2*1", "é"] {
            assert_eq!(
                read_after(&["", "1", "1*2"], &cumulative(text)),
                Reading::Elsewhere,
                "{text}"
            );
        }
    }

    #[test]
    fn an_extension_keeps_empty_answers_in_their_place() {
        assert!(extension(&cumulative(""), "*384#").is_empty());
        assert_eq!(extension(&cumulative("1**2"), "*384#"), ["1", "", "2"]);
    }

    #[test]
    fn what_was_dialled_behind_the_code_is_an_extension() {
        let text = |text: &str| Zeroizing::new(text.to_owned());
        for (dialled, code, expected) in [
            ("*384*2026*3*1#", "*384*2026#", vec!["3", "1"]),
            ("*384*2026*3#", "384*2026", vec!["3"]),
            ("*384*2026#", "*384*2026#", vec![]),
            ("384*20261", "*384*2026#", vec![]),
            ("", "*384*2026#", vec![]),
        ] {
            assert_eq!(extension(&Input::Dialled(text(dialled)), code), expected);
        }
        assert!(extension(&Input::Last(text("*384*1*2#")), "*384*1#").is_empty());
    }

    #[test]
    fn the_number_of_a_hop_tells_a_repeat_from_the_same_answer_again() {
        let keys = Keys::single(MasterKey::fresh());
        let screen = Screen {
            text: String::new(),
            end: false,
        };
        let input = |number| Input::Numbered(number, Zeroizing::new("1".to_owned()));
        let dialled = Input::Dialled(Zeroizing::new("*384#".to_owned()));
        let hops = [&dialled, &input(2)].map(|input| Hop::new(mark(&keys, input), &screen));
        let other = Input::Dialled(Zeroizing::new("*385#".to_owned()));
        for (input, reading) in [
            (&input(2), Reading::Repeat(1)),
            (&input(3), Reading::Answer("1")),
            (&dialled, Reading::Repeat(0)),
            (&other, Reading::Elsewhere),
        ] {
            assert_eq!(read(&keys, &hops, (input, mark(&keys, input))), reading);
        }
    }
}
