//! Short closed lists that people choose from, with the words of both languages.

use super::Language;

/// An enum with a code that is stored, and what it is called in English and Kiswahili.
macro_rules! choice {
    (
        $(#[$doc:meta])*
        $choice:ident { $($(#[$about:meta])* $variant:ident: $code:literal, $en:literal, $sw:literal;)+ }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $choice {
            $($(#[$about])* $variant,)+
        }

        impl $choice {
            /// All of them, in the order in which they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As it is stored.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// The one of that code.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.code() == code)
            }

            /// As a reader of the language sees it.
            #[must_use]
            pub fn shown(self, language: Language) -> &'static str {
                match (self, language) {
                    $(
                        (Self::$variant, Language::En) => $en,
                        (Self::$variant, Language::Sw) => $sw,
                    )+
                }
            }
        }
    };
}

choice! {
    /// A person's highest qualification.
    Qualification {
        /// A certificate.
        Certificate: "certificate", "Certificate", "Cheti";
        /// A diploma.
        Diploma: "diploma", "Diploma", "Diploma";
        /// A first degree.
        Degree: "degree", "Degree", "Shahada";
        /// A master's degree.
        Masters: "masters", "Masters", "Uzamili";
        /// A doctorate.
        Phd: "phd", "PhD", "Uzamifu";
    }
}

choice! {
    /// Gender, as the identity card has it.
    Gender {
        /// Female.
        Female: "F", "Female", "Kike";
        /// Male.
        Male: "M", "Male", "Kiume";
    }
}

choice! {
    /// Why somebody declines an invitation.
    DeclineReason {
        /// They are ill or recovering.
        Health: "health", "Health", "Afya";
        /// They have other duties then.
        Duties: "duties", "Other duties", "Kazi nyingine";
        /// Family or bereavement.
        Family: "family", "Family matters", "Mambo ya familia";
        /// The place is too far away.
        Distance: "distance", "Too far", "Mbali sana";
        /// Something else, in their own words.
        Words: "words", "In my own words", "Kwa maneno yangu";
    }
}

choice! {
    /// What a reported problem is about.
    ProblemKind {
        /// Somebody worked and was never deployed, so nobody pays.
        NotDeployed: "not_deployed", "Worked, not deployed", "Kazi bila kupangiwa";
        /// Something in the record is wrong.
        WrongDetails: "wrong_details", "Wrong details", "Maelezo si sahihi";
        /// The pay has not come.
        NotPaid: "not_paid", "Not paid", "Sijalipwa";
    }
}

choice! {
    /// How far a reported problem has come.
    ProblemState {
        /// Nobody has looked yet.
        Open: "open", "Received", "Imepokelewa";
        /// Somebody is at it.
        Taken: "taken", "Being looked at", "Inashughulikiwa";
        /// It is answered.
        Closed: "closed", "Answered", "Imejibiwa";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::septets;

    #[test]
    fn a_choice_is_found_by_its_code_alone() {
        for qualification in Qualification::ALL {
            assert_eq!(
                Qualification::parse(qualification.code()),
                Some(*qualification)
            );
        }
        assert_eq!(Gender::parse("female"), None);
    }

    #[test]
    fn every_phone_can_show_the_words() {
        for language in Language::ALL {
            for kind in ProblemKind::ALL {
                assert!(septets(kind.shown(language)).is_some_and(|size| size <= 20));
            }
            for reason in DeclineReason::ALL {
                assert!(septets(reason.shown(language)).is_some_and(|size| size <= 20));
            }
        }
    }
}
