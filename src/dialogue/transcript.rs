//! Finding the newest answer in what an aggregator repeats.
//!
//! Africa's Talking sends all answers so far, joined by `*`, and nothing that says
//! which turn it is. An answer may hold `*` itself, so only the length and the
//! fingerprint of the earlier transcript tell where the newest begins.

use crate::aggregators::Input;
use crate::crypto::Keys;

use super::memory::Hop;

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

/// Fingerprints the transcript of a hop.
pub(super) fn fingerprint(keys: &Keys, transcript: &str) -> [u8; 32] {
    keys.fingerprint("transcript", transcript.as_bytes())
}

/// Reads a later hop of a session that is known.
pub(super) fn read<'a>(keys: &Keys, hops: &[Hop], input: &'a Input) -> Reading<'a> {
    let text = match input {
        Input::Last(answer) => return Reading::Answer(answer),
        Input::Cumulative(text) => text.as_str(),
    };
    let whole = fingerprint(keys, text);
    if let Some(hop) = hops
        .iter()
        .rposition(|hop| hop.length == text.len() && hop.fingerprint == whole)
    {
        return Reading::Repeat(hop);
    }
    let Some(last) = hops.last() else {
        return Reading::Elsewhere;
    };
    let Some((before, rest)) = text.split_at_checked(last.length) else {
        return Reading::Elsewhere;
    };
    if fingerprint(keys, before) != last.fingerprint {
        return Reading::Elsewhere;
    }
    if before.is_empty() {
        return Reading::Answer(rest);
    }
    rest.strip_prefix('*')
        .map_or(Reading::Elsewhere, Reading::Answer)
}

/// The answers of a session that begins with a transcript: a dialled extension, or a
/// session that was lost. Empty answers keep their place.
pub(super) fn extension(input: &Input) -> Vec<&str> {
    match input {
        Input::Cumulative(text) if !text.is_empty() => text.split('*').collect(),
        Input::Cumulative(_) | Input::Last(_) => Vec::new(),
    }
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
        let hop = |text: &&str| Hop::new(text.len(), fingerprint(&keys, text), &screen);
        let hops: Vec<_> = transcripts.iter().map(hop).collect();
        read(&keys, &hops, input)
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
        assert!(extension(&cumulative("")).is_empty());
        assert_eq!(extension(&cumulative("1**2")), ["1", "", "2"]);
    }
}
