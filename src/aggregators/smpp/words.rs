//! Texts as PDUs carry them: the default alphabet where it has every character, else UCS-2.

use rusmpp::values::DataCoding;
use zeroize::Zeroizing;

use crate::config::SmppAlphabet;
use crate::text::{from_septets, split, to_septets};

/// The header of one part: how long it is, what kind (an 8-bit reference) and how long that
/// is; then the reference, how many parts there are, and which this is.
const HEADER: [u8; 3] = [5, 0, 3];

/// A text, or a part of one.
pub(super) struct Words {
    pub(super) coding: DataCoding,
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// Whether the bytes begin with a header.
    pub(super) has_header: bool,
}

/// A whole text.
pub(super) fn whole(text: &str, alphabet: SmppAlphabet) -> Words {
    let is_plain = to_septets(text).is_some();
    write(text, alphabet, is_plain)
}

/// A text in as many parts as phones need. A part of a text that needs UCS-2 is in UCS-2 too.
pub(super) fn in_parts(text: &str, alphabet: SmppAlphabet, reference: u8) -> Vec<Words> {
    let is_plain = to_septets(text).is_some();
    let parts = split(text);
    let count = u8::try_from(parts.len()).unwrap_or(u8::MAX);
    let one = |(number, part): (u8, &str)| {
        let mut words = write(part, alphabet, is_plain);
        if count > 1 {
            let header = [HEADER.as_slice(), &[reference, count, number]].concat();
            words.bytes.splice(0..0, header);
            words.has_header = true;
        }
        words
    };
    (1..=count).zip(parts).map(one).collect()
}

/// A text of GSM-7 has a place in Latin-1 but for some signs and Greek letters, which stand as `?`.
fn write(text: &str, alphabet: SmppAlphabet, is_plain: bool) -> Words {
    let (coding, bytes) = match (is_plain, alphabet) {
        (true, SmppAlphabet::Gsm7) => {
            (DataCoding::McSpecific, to_septets(text).unwrap_or_default())
        }
        (true, SmppAlphabet::Latin1) => {
            let byte = |character| u8::try_from(u32::from(character)).unwrap_or(b'?');
            (DataCoding::McSpecific, text.chars().map(byte).collect())
        }
        (false, _) => {
            let units = text.encode_utf16().flat_map(u16::to_be_bytes);
            (DataCoding::Ucs2, units.collect())
        }
    };
    Words {
        coding,
        bytes: Zeroizing::new(bytes),
        has_header: false,
    }
}

/// Reads a text that came in.
pub(super) fn read(bytes: &[u8], coding: DataCoding, alphabet: SmppAlphabet) -> Zeroizing<String> {
    let latin1 = || bytes.iter().map(|byte| char::from(*byte)).collect();
    Zeroizing::new(match (coding, alphabet) {
        (DataCoding::Ucs2, _) => {
            let units: Vec<_> = bytes
                .chunks_exact(2)
                .map(|unit| u16::from_be_bytes([unit[0], unit[1]]))
                .collect();
            String::from_utf16_lossy(&units)
        }
        (DataCoding::McSpecific, SmppAlphabet::Gsm7) => from_septets(bytes),
        _ => latin1(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_was() {
        for (text, coding) in [
            ("Password: kofu@93_$", DataCoding::McSpecific),
            ("Ng’ombe 🎓", DataCoding::Ucs2),
        ] {
            for alphabet in [SmppAlphabet::Gsm7, SmppAlphabet::Latin1] {
                let words = whole(text, alphabet);
                assert_eq!(words.coding, coding);
                assert_eq!(*read(&words.bytes, coding, alphabet), text);
            }
        }
    }

    #[test]
    fn parts_name_their_message_their_number_and_how_many_there_are() {
        let parts = in_parts(&"a".repeat(320), SmppAlphabet::Gsm7, 7);
        let heads: Vec<_> = parts.iter().map(|part| part.bytes[..6].to_vec()).collect();
        assert_eq!(
            heads,
            [[5, 0, 3, 7, 3, 1], [5, 0, 3, 7, 3, 2], [5, 0, 3, 7, 3, 3]]
        );
        assert_eq!(parts[0].bytes.len(), 6 + 153);
        assert!(!in_parts("short", SmppAlphabet::Gsm7, 7)[0].has_header);
        let mixed = in_parts(&format!("ã{}", "a".repeat(69)), SmppAlphabet::Gsm7, 7);
        assert!(mixed.iter().all(|part| part.coding == DataCoding::Ucs2));
    }
}
