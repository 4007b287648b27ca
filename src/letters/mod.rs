//! Appointment letters and invitations as PDF files.
//!
//! A letter is a template of `letters/`, filled with one person's data, set in
//! rows, put on pages and written as a tagged PDF. Pure: the same data gives the
//! same bytes, and the room reads no file, clock or database. Fonts and templates
//! are parsed once, when [`Letters`] is made.

mod body;
mod check;
mod closing;
mod composer;
mod crest;
mod data;
mod fields;
#[cfg(test)]
mod fixtures;
mod fonts;
mod lines;
mod opening;
mod packed;
mod pages;
mod pdf;
mod reader;
mod rows;
mod running;
mod tags;
mod template;
mod templates;

use krilla::metadata::{DateTime, Metadata};

pub use data::{Check, Council, LetterData};
pub use reader::{TemplateError, TemplateProblem};
pub use templates::TemplateFile;

use composer::Composer;
use fonts::Fonts;
use pages::Placed;
use tags::Part;
use templates::Templates;

/// Why there is no letter.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// A template was refused.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// An embedded font is not a font.
    #[error("an embedded font cannot be read")]
    Font,
    /// The fonts cannot draw this character of a name or a place.
    #[error("the letter's fonts have no character U+{:04X}", u32::from(*.0))]
    Character(char),
    /// The PDF breaks a rule of its standards.
    #[error("the PDF cannot be written: {0}")]
    Pdf(#[from] krilla::error::KrillaError),
}

/// Everything a letter needs besides its data; make one and share it.
pub struct Letters {
    council: Council,
    fonts: Fonts,
    templates: Templates,
}

impl Letters {
    /// Parses the fonts, and the council's own templates with those that are compiled in for
    /// the rest.
    pub fn new(council: Council, own: &[TemplateFile]) -> Result<Self, LetterError> {
        let templates = Templates::load(own)?;
        let mut fonts = Fonts::open()?;
        for (weight, text) in templates.texts() {
            fonts.learn(weight, text)?;
        }
        for (weight, text) in council.texts() {
            fonts.learn(weight, &text)?;
        }
        fonts.settle()?;
        Ok(Self {
            council,
            fonts,
            templates,
        })
    }

    /// Writes one letter, as a PDF.
    pub fn render(&self, data: &LetterData) -> Result<Vec<u8>, LetterError> {
        let (pages, parts) = self.lay_out(data)?;
        let look = (&self.fonts, self.council.accent);
        pdf::write(look, &pages, &parts, self.about(data)).map(packed::pack)
    }

    fn lay_out(&self, data: &LetterData) -> Result<(Vec<Vec<Placed>>, Vec<Part>), LetterError> {
        let blocks = self.templates.of(data.role).fill(data, &self.council);
        let mut composer = Composer::new(&self.fonts);
        opening::letterhead(&mut composer, &self.council)?;
        opening::reference(&mut composer, &self.council, data)?;
        opening::addressee(&mut composer, data, &blocks)?;
        body::blocks(&mut composer, &blocks)?;
        closing::signature(&mut composer, &self.council)?;
        check::genuine(&mut composer, &self.council, &data.check)?;

        let mut pages = pages::paginate(composer.rows);
        running::add(&self.fonts, (&self.council, data), &mut pages)?;
        Ok((pages, composer.parts))
    }

    /// The file's properties; no name, so that a file list shows none.
    fn about(&self, data: &LetterData) -> Metadata {
        let issued = DateTime::new(data.issued_on.year().unsigned_abs())
            .month(data.issued_on.month().unsigned_abs())
            .day(data.issued_on.day().unsigned_abs());
        Metadata::new()
            .title(format!("Letter {}", self.council.reference_of(data)))
            .authors(vec![self.council.name.clone()])
            .creator("cp2".to_owned())
            .language("en".to_owned())
            .creation_date(issued)
    }
}

#[cfg(test)]
mod tests {
    use super::fixtures::{council, letter};
    use super::rows::{LEFT, Mark, PAGE_HEIGHT, RIGHT};
    use super::*;
    use crate::domain::{Accent, Crest, Name, Role};

    fn letters() -> Letters {
        Letters::new(council(), &[]).unwrap()
    }

    /// What stands on each page, line by line.
    fn pages(data: &LetterData) -> Vec<Vec<String>> {
        let (pages, _) = letters().lay_out(data).unwrap();
        let line = |(_, mark): (f32, &Mark)| match mark {
            Mark::Text(text) => Some(text.line.runs.iter().map(|run| &*run.text).collect()),
            Mark::Shape(_) => None,
        };
        let lines = |page: &Vec<Placed>| {
            page.iter()
                .flat_map(Placed::marks)
                .filter_map(line)
                .collect()
        };
        pages.iter().map(lines).collect()
    }

    /// The longest name and centre there are, with every letter of the alphabet.
    fn longest(role: Role) -> LetterData {
        let name = "Wanjiku-Nyambura Xhevdet Quezada Zuberi Ng'ang'a wa Kipkemboi";
        LetterData {
            name: Name::parse(&name[..60]).unwrap(),
            centre_name: "Our Lady of Perpetual Succour Mixed Secondary & Vocational School \
                          for the Hearing Impaired, Jaffery-Quetzal (Boarding)"
                .to_owned(),
            ..letter(role)
        }
    }

    #[test]
    fn every_role_gets_a_small_pdf() {
        let letters = letters();
        for role in Role::ALL {
            let pdf = letters.render(&longest(role)).unwrap();
            assert!(pdf.starts_with(b"%PDF-1.7"), "{role:?}");
            assert!(pdf.len() < 33_000, "{role:?} has {} bytes", pdf.len());
        }
    }

    #[test]
    fn the_finest_crest_that_is_taken_leaves_a_letter_small() {
        let accent = Accent::default();
        // What compresses badly: a line that goes anywhere, as long as it may be.
        let crest = (900..1_300).rev().find_map(|corners| {
            let at = |n: u32, of: u32| (n.wrapping_mul(2_654_435_761) >> 16) % of;
            let corner = |n| format!("L{}.{:02} {}.{:02}", at(n, 56), at(n + 7, 100), at(n + 13, 56), at(n + 29, 100));
            let line: String = (0..corners).map(corner).collect();
            let svg = format!(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 56 56'><path d='M0 0{line}'/></svg>"
            );
            Crest::parse(svg.as_bytes(), accent).ok()
        });
        let crest = crest.unwrap();
        assert!(crest.svg().len() > Crest::LARGEST - 40);
        let letters = Letters::new(Council { crest, ..council() }, &[]).unwrap();
        for role in Role::ALL {
            let pdf = letters.render(&longest(role)).unwrap();
            assert!(pdf.len() < 40_000, "{role:?} has {} bytes", pdf.len());
        }
    }

    #[test]
    fn a_letter_can_be_read_aloud_and_kept() {
        let pdf = letters().render(&letter(Role::Invigilator)).unwrap();
        let pdf = packed::tests::unpacked(&pdf) + &String::from_utf8_lossy(&pdf);
        for said in [
            "/Title(Letter KNEC/GEN/EA/FA/SI/APP/KCSE/INV/2026/9900001)",
            "/Lang(en)",
            "/S/H1",
            "/S/LI",
            "/S/TH",
            "<pdfaid:part>2</pdfaid:part>",
            "<pdfuaid:part>1</pdfuaid:part>",
        ] {
            assert!(pdf.contains(said), "{said} is not in the file");
        }
    }

    #[test]
    fn a_letter_written_twice_has_the_same_bytes() {
        let data = letter(Role::Supervisor);
        assert_eq!(
            letters().render(&data).unwrap(),
            letters().render(&data).unwrap()
        );
    }

    #[test]
    fn a_letter_says_who_serves_where_and_when() {
        let text = pages(&letter(Role::Invigilator)).concat().join("\n");
        for said in [
            "KNEC/GEN/EA/FA/SI/APP/KCSE/INV/2026/9900001",
            "28 September 2026",
            "AKINYI NG'ANG'A",
            "National ID No. 90000001",
            "TSC No. 900001",
            "Mobile No. 254700000001",
            "RE: APPOINTMENT AS AN INVIGILATOR FOR THE YEAR 2026 KCSE EXAMINATION",
            "99208105 Mfano Secondary School",
            "Friday, 16 October 2026, 8:00am",
            "19 October 2026 to 20 November 2026",
            "KES 550",
            "MFANO WA JINA",
            "Serial No. 9900001",
        ] {
            assert!(text.contains(said), "{said} is not in\n{text}");
        }
    }

    #[test]
    fn what_a_person_lacks_is_left_out_and_clauses_close_up() {
        let data = LetterData {
            tsc_number: None,
            rate_per_day: None,
            ..letter(Role::Invigilator)
        };
        let lines = pages(&data).concat();
        let text = lines.join("\n");
        assert!(!text.contains("TSC No.") && !text.contains("per day"));
        let clauses: Vec<_> = lines.iter().filter(|line| line.ends_with(".0 ")).collect();
        assert_eq!(clauses, ["1.0 ", "2.0 ", "3.0 ", "4.0 ", "5.0 ", "6.0 "]);
    }

    #[test]
    fn every_page_is_numbered_and_later_ones_repeat_the_reference() {
        let data = letter(Role::Invigilator);
        let pages = pages(&data);
        assert_eq!(pages.len(), 2);
        assert!(pages[0].contains(&"Page 1 of 2".to_owned()));
        assert!(pages[1].contains(&"Page 2 of 2".to_owned()));
        assert!(pages[1].contains(&council().reference_of(&data)));
        assert!(pages[1].contains(&"Yours faithfully,".to_owned()));
    }

    #[test]
    fn the_longest_letter_stays_within_its_margins() {
        let (pages, _) = letters().lay_out(&longest(Role::Invigilator)).unwrap();
        for (top, mark) in pages.iter().flatten().flat_map(Placed::marks) {
            if let Mark::Text(text) = mark {
                let end = text.x + text.line.width * text.size;
                assert!(text.x >= LEFT && end <= RIGHT + 0.01, "{:?}", text.line);
                assert!(top + text.baseline < PAGE_HEIGHT - 30.0, "{:?}", text.line);
            }
        }
    }

    #[test]
    fn a_place_the_fonts_cannot_write_is_an_error() {
        let data = LetterData {
            centre_name: "School \u{5b66}".to_owned(),
            ..letter(Role::Invigilator)
        };
        let error = letters().render(&data).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the letter's fonts have no character U+5B66"
        );
    }

    #[test]
    fn one_set_of_letters_serves_all_threads() {
        fn shared<T: Send + Sync>(_: &T) {}
        shared(&letters());
    }
}
