//! The council's own colour, checked before it is used.

use std::fmt;

use super::canonical::serde_as_text;

/// The council's own colour, dark enough to read: white on it and it on white
/// keep the contrast of 4.5 to 1 that WCAG AA asks of ordinary text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent([u8; 3]);

/// Why a text is no accent colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccentError {
    /// Not `#` and six hexadecimal digits.
    #[error("a colour is written as # and six hexadecimal digits, such as #0b5c47")]
    NotAColour,
    /// White text on it would be hard to read.
    #[error(
        "the colour is too light: white text on it needs a contrast of 4.5 to 1; take a darker one"
    )]
    TooLight,
}

impl Accent {
    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Result<Self, AccentError> {
        let digits = text
            .trim()
            .strip_prefix('#')
            .ok_or(AccentError::NotAColour)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(AccentError::NotAColour);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| AccentError::NotAColour)?;
        let [_, red, green, blue] = number.to_be_bytes();
        let accent = Self([red, green, blue]);
        if accent.contrast_with_white() < 4.5 {
            return Err(AccentError::TooLight);
        }
        Ok(accent)
    }

    /// Its red, green and blue.
    #[must_use]
    pub fn rgb(self) -> [u8; 3] {
        self.0
    }

    // https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    fn contrast_with_white(self) -> f64 {
        let [red, green, blue] = self.0.map(linear);
        let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        1.05 / (luminance + 0.05)
    }
}

fn linear(channel: u8) -> f64 {
    let share = f64::from(channel) / 255.0;
    if share <= 0.04045 {
        share / 12.92
    } else {
        ((share + 0.055) / 1.055).powf(2.4)
    }
}

impl Default for Accent {
    /// A deep green that belongs to no party and no network.
    fn default() -> Self {
        Self([0x0b, 0x5c, 0x47])
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

serde_as_text!(Accent, Accent::to_string);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dark_colour_is_written_as_it_was_read() {
        assert_eq!(Accent::parse(" #7A1F2B ").unwrap().to_string(), "#7a1f2b");
    }

    #[test]
    fn the_colour_of_the_house_passes_its_own_check() {
        let shown = Accent::default().to_string();
        assert_eq!(Accent::parse(&shown), Ok(Accent::default()));
    }

    #[test]
    fn a_colour_that_white_text_drowns_in_is_refused() {
        for light in ["#ffffff", "#ffd700", "#777777"] {
            assert_eq!(Accent::parse(light), Err(AccentError::TooLight), "{light}");
        }
        assert!(Accent::parse("#767676").is_ok());
    }

    #[test]
    fn nothing_but_six_digits_gets_into_the_stylesheet() {
        for text in [
            "",
            "#",
            "green",
            "0b5c47",
            "#0b5c4",
            "#0b5c4g",
            "#+b5c47",
            "#0b5c47;}",
            "#é1234",
        ] {
            assert_eq!(Accent::parse(text), Err(AccentError::NotAColour), "{text}");
        }
    }
}
