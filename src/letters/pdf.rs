//! Writes laid-out pages as a tagged PDF: PDF/A-2a to be kept, PDF/UA-1 to be read aloud.

use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Point, Size, Transform};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};
use krilla::{Document, SerializeSettings};

use super::LetterError;
use super::fonts::{Fonts, Weight};
use super::pages::Placed;
use super::rows::{Belongs, Ink, Mark, PAGE_HEIGHT, PAGE_WIDTH, Paint, Shape, Text};
use super::tags::{self, Part};
use crate::domain::Accent;

/// Draws the pages; `parts` are what their texts belong to.
pub(super) fn write(
    (fonts, accent): (&Fonts, Accent),
    pages: &[Vec<Placed>],
    parts: &[Part],
    about: Metadata,
) -> Result<Vec<u8>, LetterError> {
    let mut document = Document::new_with(settings());
    let mut drawn = vec![Vec::new(); parts.len()];
    for (index, page) in pages.iter().enumerate() {
        let size = Size::from_wh(PAGE_WIDTH, PAGE_HEIGHT).map(PageSettings::new);
        let mut sheet = document.start_page_with(size.unwrap_or_default());
        let mut surface = sheet.surface();
        if index == 0 {
            embed(fonts, &mut surface);
        }
        let mut pen = Pen {
            fonts,
            accent,
            surface,
        };
        let marks: Vec<_> = page.iter().flat_map(Placed::marks).collect();
        for group in marks.chunk_by(|(_, one), (_, next)| one.belongs() == next.belongs()) {
            pen.draw(group, &mut drawn);
        }
    }
    document.set_outline(outline(parts));
    document.set_tag_tree(tags::tree(parts, drawn));
    document.set_metadata(about);
    let written = document.finish();
    // The fonts are remembered from letter to letter, and what only this one held is not.
    comemo::evict(REMEMBERED);
    Ok(written?)
}

/// For how many letters something is remembered that no letter needs again.
const REMEMBERED: usize = 8;

/// Has the document embed what every letter does, drawn where nothing shows it.
fn embed(fonts: &Fonts, surface: &mut Surface<'_>) {
    let mut unseen = surface.stream_builder();
    let mut surface = unseen.surface();
    surface.set_fill(Some(fill(rgb::Color::black())));
    for weight in [Weight::Regular, Weight::Bold] {
        let (run, font) = (fonts.common(weight), fonts.file(weight));
        let origin = Point::from_xy(0.0, 0.0);
        surface.draw_glyphs(origin, &run.glyphs, font, &run.text, 1.0, false);
    }
    surface.finish();
    unseen.finish();
}

fn settings() -> SerializeSettings {
    let standards = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish();
    SerializeSettings {
        configuration: standards.expect("PDF/A-2 and PDF/UA-1 both allow PDF 1.7"),
        // Done when the file is packed.
        compress_content_streams: false,
        ..SerializeSettings::default()
    }
}

/// PDF/UA asks for an outline; a letter has its subject.
fn outline(parts: &[Part]) -> Outline {
    let mut outline = Outline::new();
    for part in parts {
        if let Part::Heading(title) = part {
            let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
            outline.push_child(OutlineNode::new(title.clone(), top));
        }
    }
    outline
}

struct Pen<'a> {
    fonts: &'a Fonts,
    accent: Accent,
    surface: Surface<'a>,
}

impl Pen<'_> {
    /// Draws neighbours that belong to the same, and notes them under their part.
    fn draw(&mut self, group: &[(f32, &Mark)], drawn: &mut [Vec<Identifier>]) {
        match group[0].1.belongs() {
            Belongs::ToPart(part) => {
                let tag = ContentTag::Span(SpanTag::empty());
                drawn[part].push(self.surface.start_tagged(tag));
            }
            Belongs::ToPage => self.begin_artifact(ArtifactType::PaginationOther),
            Belongs::Adorns => self.begin_artifact(ArtifactType::Layout),
        }
        for (top, mark) in group {
            match mark {
                Mark::Text(text) => self.text(text, *top),
                Mark::Shape(shape) => self.shape(shape, *top),
            }
        }
        self.surface.end_tagged();
    }

    fn begin_artifact(&mut self, kind: ArtifactType) {
        let artifact = Artifact::with_kind(kind);
        self.surface.start_tagged(ContentTag::Artifact(artifact));
    }

    fn colour(&self, ink: Ink) -> rgb::Color {
        let [red, green, blue] = match ink {
            Ink::Black => [0; 3],
            Ink::Grey => [89; 3],
            Ink::Accent => self.accent.rgb(),
            Ink::Tint => self.accent.rgb().map(tint),
            Ink::Other(colour) => colour,
        };
        rgb::Color::new(red, green, blue)
    }

    fn shape(&mut self, shape: &Shape, top: f32) {
        let (fill, stroke) = match shape.paint {
            Paint::Fill(ink) => (Some(fill(self.colour(ink))), None),
            Paint::FillEvenOdd(ink) => {
                let rule = FillRule::EvenOdd;
                let fill = fill(self.colour(ink));
                (Some(Fill { rule, ..fill }), None)
            }
            Paint::Stroke(ink, width) => (None, Some(stroke(self.colour(ink), width))),
        };
        self.surface.set_fill(fill);
        self.surface.set_stroke(stroke);
        self.surface.push_transform(&Transform::from_translate(
            rounded(shape.left),
            rounded(top),
        ));
        self.surface.draw_path(&shape.path);
        self.surface.pop();
    }

    fn text(&mut self, text: &Text, top: f32) {
        self.surface.set_fill(Some(fill(self.colour(text.ink))));
        self.surface.set_stroke(None);
        let mut start = Point::from_xy(rounded(text.x), rounded(top + text.baseline));
        for run in &text.line.runs {
            let font = self.fonts.file(run.weight);
            self.surface
                .draw_glyphs(start, &run.glyphs, font, &run.text, text.size, false);
            start.x = rounded(start.x + run.width() * text.size);
        }
    }
}

/// Nearly white, with as much of a colour as a table's head needs.
fn tint(channel: u8) -> u8 {
    u8::MAX - (u8::MAX - channel) / 14
}

/// To a hundredth of a point, which nobody sees; more digits only make the file larger.
fn rounded(points: f32) -> f32 {
    (points * 100.0).round() / 100.0
}

fn fill(colour: rgb::Color) -> Fill {
    Fill {
        paint: colour.into(),
        ..Fill::default()
    }
}

fn stroke(colour: rgb::Color, width: f32) -> Stroke {
    Stroke {
        paint: colour.into(),
        width,
        ..Stroke::default()
    }
}
