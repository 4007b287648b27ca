//! The council's exams.

use std::fmt;

use super::canonical::serde_as_text;
use super::typed::same_word;

/// An exam, by the code everybody calls it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exam {
    /// Kenya Certificate of Secondary Education, Form 4.
    Kcse,
    /// Kenya Primary School Education Assessment, Grade 6.
    Kpsea,
    /// Kenya Junior School Education Assessment, Grade 9.
    Kjsea,
    /// Kenya Intermediate Level Education Assessment, for special needs.
    Kilea,
    /// Kenya Certificate of Primary Education, Class 8; kept for past years.
    Kcpe,
    /// Qualifying Test for KCSE.
    KcseQt,
    /// Primary Teacher Education.
    Pte,
    /// Diploma in Teacher Education.
    Dte,
    /// Teacher Certificate in Adult Education.
    Tcae,
    /// Special Needs Education.
    Sne,
    /// Early Childhood Development and Education.
    Ecde,
    /// Diploma in Primary Teacher Education.
    Dpte,
    /// Diploma in Early Childhood Teacher Education.
    Decte,
    /// Diploma in Secondary Teacher Education.
    Dste,
    /// Business and Technical Examinations Programme.
    Btep,
}

/// A text names no exam of the council.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such exam; the codes are KCSE, KPSEA, KJSEA and so on")]
pub struct ExamError;

impl Exam {
    /// Every exam, the large ones first.
    pub const ALL: [Self; 15] = [
        Self::Kcse,
        Self::Kpsea,
        Self::Kjsea,
        Self::Kilea,
        Self::Kcpe,
        Self::KcseQt,
        Self::Pte,
        Self::Dte,
        Self::Tcae,
        Self::Sne,
        Self::Ecde,
        Self::Dpte,
        Self::Decte,
        Self::Dste,
        Self::Btep,
    ];

    /// Reads a code in any case; `KCSE QT` and `KCSE-QT` are `KCSE_QT`.
    pub fn parse(text: &str) -> Result<Self, ExamError> {
        Self::ALL
            .into_iter()
            .find(|exam| same_word(exam.code(), text))
            .ok_or(ExamError)
    }

    /// The code, such as `KCSE`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Kcse => "KCSE",
            Self::Kpsea => "KPSEA",
            Self::Kjsea => "KJSEA",
            Self::Kilea => "KILEA",
            Self::Kcpe => "KCPE",
            Self::KcseQt => "KCSE_QT",
            Self::Pte => "PTE",
            Self::Dte => "DTE",
            Self::Tcae => "TCAE",
            Self::Sne => "SNE",
            Self::Ecde => "ECDE",
            Self::Dpte => "DPTE",
            Self::Decte => "DECTE",
            Self::Dste => "DSTE",
            Self::Btep => "BTEP",
        }
    }
}

impl fmt::Display for Exam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

serde_as_text!(Exam, Exam::code);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_in_any_case() {
        for exam in Exam::ALL {
            assert_eq!(Exam::parse(exam.code()), Ok(exam));
            assert_eq!(Exam::parse(&exam.code().to_lowercase()), Ok(exam));
        }
    }

    #[test]
    fn the_qualifying_test_is_written_in_three_ways() {
        for typed in ["KCSE_QT", "KCSE QT", "kcse-qt"] {
            assert_eq!(Exam::parse(typed), Ok(Exam::KcseQt));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for typed in ["", "KCS", "KCSE2026", "GCSE"] {
            assert_eq!(Exam::parse(typed), Err(ExamError));
        }
    }

    #[test]
    fn it_travels_as_its_code() {
        assert_eq!(serde_json::to_string(&Exam::KcseQt).unwrap(), "\"KCSE_QT\"");
        assert_eq!(
            serde_json::from_str::<Exam>("\"KJSEA\"").unwrap(),
            Exam::Kjsea
        );
    }
}
