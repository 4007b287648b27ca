//! A form-encoded body, written field by field.

use zeroize::Zeroizing;

/// Writes a form. What it holds is wiped when dropped, for it may be a
/// password.
#[derive(Default)]
pub struct FormWriter(Zeroizing<Vec<u8>>);

impl FormWriter {
    /// An empty form.
    #[must_use]
    pub fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(1024)))
    }

    /// Adds a field.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push(b'&');
        }
        self.encode(name);
        self.0.push(b'=');
        self.encode(value);
        self
    }

    /// The encoded form.
    #[must_use]
    pub fn finish(self) -> Zeroizing<Vec<u8>> {
        self.0
    }

    fn encode(&mut self, text: &str) {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        for byte in text.bytes() {
            match byte {
                b' ' => self.0.push(b'+'),
                b'*' | b'-' | b'.' | b'_' => self.0.push(byte),
                _ if byte.is_ascii_alphanumeric() => self.0.push(byte),
                _ => {
                    let digit = |half: u8| HEX[usize::from(half)];
                    self.0.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_plain_ascii_is_escaped() {
        let form = FormWriter::new()
            .field("to", "+254700000001")
            .field("message", "A&B=50% *é\n");
        let body = String::from_utf8(form.finish().to_vec()).unwrap();
        assert_eq!(body, "to=%2B254700000001&message=A%26B%3D50%25+*%C3%A9%0A");
    }
}
