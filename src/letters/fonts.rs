//! The embedded typefaces: parsed once, then only read.
//!
//! Words are shaped here and the glyphs drawn as they are, so the width a line
//! is broken by is the width it is drawn with.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use harfrust::{Direction, FontRef, ShapeOptions, ShapePlan, ShaperData, UnicodeBuffer, script};
use krilla::text::{Font, GlyphId, KrillaGlyph};

use super::LetterError;

/// How heavy a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// The regular and the bold typeface of a letter.
pub(super) struct Fonts {
    regular: Typeface,
    bold: Typeface,
}

impl Fonts {
    /// Parses the embedded font files.
    pub(super) fn open() -> Result<Self, LetterError> {
        Ok(Self {
            regular: Typeface::open(
                Weight::Regular,
                include_bytes!("../../assets/fonts/LibertinusSerif-Regular.otf"),
            )?,
            bold: Typeface::open(
                Weight::Bold,
                include_bytes!("../../assets/fonts/LibertinusSerif-Bold.otf"),
            )?,
        })
    }

    /// The font file to embed for `weight`.
    pub(super) fn file(&self, weight: Weight) -> Font {
        self.typeface(weight).file.clone()
    }

    /// Shapes the words of a text that many letters share, once for all of them.
    pub(super) fn learn(&mut self, weight: Weight, text: &str) -> Result<(), LetterError> {
        for word in text.split_whitespace().chain([" "]) {
            let run = self.shape(weight, word)?.into_owned();
            let typeface = match weight {
                Weight::Regular => &mut self.regular,
                Weight::Bold => &mut self.bold,
            };
            typeface.known.insert(word.to_owned(), run);
        }
        Ok(())
    }

    /// Gathers what every letter embeds, once all words are learnt: the glyphs that names and
    /// numbers are written with, and those of what was learnt, in one order. So the fonts of one
    /// letter are those of the next, and are cut down and compressed once for all of them.
    pub(super) fn settle(&mut self) -> Result<(), LetterError> {
        self.regular.common = self.regular.gather(SMALL_LETTERS)?;
        self.bold.common = self.bold.gather("")?;
        Ok(())
    }

    /// What every letter embeds.
    pub(super) fn common(&self, weight: Weight) -> &Run {
        &self.typeface(weight).common
    }

    /// Turns text into glyphs, refusing a character the font cannot draw. What was learnt is lent.
    pub(super) fn shape(&self, weight: Weight, text: &str) -> Result<Cow<'_, Run>, LetterError> {
        let typeface = self.typeface(weight);
        if let Some(run) = typeface.known.get(text) {
            return Ok(Cow::Borrowed(run));
        }
        Ok(Cow::Owned(Run {
            weight,
            text: text.to_owned(),
            glyphs: typeface.shape(text)?,
        }))
    }

    fn typeface(&self, weight: Weight) -> &Typeface {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

/// Shaped text in one weight; a glyph's measures are in ems.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) weight: Weight,
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
}

impl Run {
    fn empty(weight: Weight) -> Self {
        Self {
            weight,
            text: String::new(),
            glyphs: Vec::new(),
        }
    }

    /// Width in ems; times the size it is the width in points.
    pub(super) fn width(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.x_advance).sum()
    }

    /// Puts `other`, of the same weight, behind this run.
    pub(super) fn append(&mut self, other: &Self) {
        let offset = self.text.len();
        self.text.push_str(&other.text);
        self.glyphs
            .extend(other.glyphs.iter().cloned().map(|mut glyph| {
                glyph.text_range.start += offset;
                glyph.text_range.end += offset;
                glyph
            }));
    }
}

struct Typeface {
    font: FontRef<'static>,
    shaper: ShaperData,
    // Making a plan costs more than shaping with it.
    plan: ShapePlan,
    file: Font,
    known: HashMap<String, Run>,
    common: Run,
}

/// What names, places and numbers are written with, in bold in capitals alone.
const COMMON: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:'-/()&*#";
const SMALL_LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

impl Typeface {
    fn open(weight: Weight, data: &'static [u8]) -> Result<Self, LetterError> {
        let font = FontRef::new(data).map_err(|_| LetterError::Font)?;
        let shaper = ShaperData::new(&font);
        let plan = ShapePlan::new(
            &shaper.shaper(&font).build(),
            Direction::LeftToRight,
            Some(script::LATIN),
            None,
            &[],
        );
        let file = Font::new(data.into(), 0).ok_or(LetterError::Font)?;
        Ok(Self {
            font,
            shaper,
            plan,
            file,
            known: HashMap::new(),
            common: Run::empty(weight),
        })
    }

    /// Every glyph of these characters and of what was learnt, once.
    fn gather(&self, more: &str) -> Result<Run, LetterError> {
        let mut words: Vec<_> = self.known.keys().cloned().collect();
        words.sort_unstable();
        let singles = COMMON.chars().chain(more.chars()).map(String::from);
        let (mut gathered, mut seen) = (Run::empty(self.common.weight), HashSet::new());
        for word in singles.chain(words) {
            for mut glyph in self.shape(&word)? {
                if seen.insert(glyph.glyph_id.to_u32()) {
                    let part = &word[glyph.text_range.clone()];
                    let start = gathered.text.len();
                    glyph.text_range = start..start + part.len();
                    gathered.text.push_str(part);
                    gathered.glyphs.push(glyph);
                }
            }
        }
        Ok(gathered)
    }

    fn shape(&self, text: &str) -> Result<Vec<KrillaGlyph>, LetterError> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script::LATIN);
        let face = self.shaper.shaper(&self.font).build();
        let shaped = face.shape(buffer, ShapeOptions::new().plan(Some(&self.plan)));

        let infos = shaped.glyph_infos();
        let start_of = |index: usize| infos.get(index).map_or(text.len(), |i| i.cluster as usize);
        let glyphs = infos.iter().zip(shaped.glyph_positions()).enumerate();
        glyphs
            .map(|(index, (info, position))| {
                let range = start_of(index)..start_of(index + 1);
                if info.glyph_id == 0 {
                    let missing = text[range].chars().next().unwrap_or_default();
                    return Err(LetterError::Character(missing));
                }
                Ok(KrillaGlyph::new(
                    GlyphId::new(info.glyph_id),
                    self.ems(position.x_advance),
                    self.ems(position.x_offset),
                    self.ems(position.y_offset),
                    self.ems(position.y_advance),
                    range,
                    None,
                ))
            })
            .collect()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "font units are 16 bits wide and a run of words is short"
    )]
    fn ems(&self, units: i32) -> f32 {
        units as f32 / self.file.units_per_em()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bold_text_is_wider_and_keeps_its_words() {
        let fonts = Fonts::open().unwrap();
        let mut run = fonts.shape(Weight::Bold, "Ng'ang'a").unwrap().into_owned();
        assert!(run.width() > fonts.shape(Weight::Regular, "Ng'ang'a").unwrap().width());

        run.append(&fonts.shape(Weight::Bold, " office").unwrap());
        assert_eq!(run.text, "Ng'ang'a office");
        assert_eq!(run.glyphs.last().unwrap().text_range.end, run.text.len());
    }

    #[test]
    fn a_learnt_word_is_shaped_as_before() {
        let mut fonts = Fonts::open().unwrap();
        let before = fonts.shape(Weight::Regular, "office").unwrap().into_owned();
        fonts.learn(Weight::Regular, "the office").unwrap();
        let after = fonts.shape(Weight::Regular, "office").unwrap();
        assert_eq!(format!("{before:?}"), format!("{after:?}"));
    }

    #[test]
    fn each_glyph_that_every_letter_embeds_is_gathered_once() {
        let mut fonts = Fonts::open().unwrap();
        fonts.learn(Weight::Bold, "office of the\u{2019}").unwrap();
        fonts.settle().unwrap();
        let common = fonts.common(Weight::Bold);
        let mut ids: Vec<_> = common
            .glyphs
            .iter()
            .map(|glyph| glyph.glyph_id.to_u32())
            .collect();
        let gathered = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), gathered);
        assert!(common.text.starts_with(COMMON) && common.text.ends_with('\u{2019}'));
        let of_names = fonts.common(Weight::Regular);
        assert_eq!(of_names.text, [COMMON, SMALL_LETTERS].concat());
    }

    #[test]
    fn a_character_the_font_lacks_is_named() {
        let fonts = Fonts::open().unwrap();
        let error = fonts.shape(Weight::Regular, "centre 学").unwrap_err();
        assert!(matches!(error, LetterError::Character('学')));
    }
}
