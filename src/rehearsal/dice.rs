//! Choices made by bytes: the same bytes make the same choices, so what a walk by chance
//! has found can be found again, and a fuzzer can steer it.

use std::collections::BTreeMap;

use crate::domain::{Language, Proofs};
use crate::menus::{ActionSpec, FieldSpec, Kind, Value};
use crate::ussd::{Call, Outcome};

/// What people type who did not read, with what breaks parsers.
const NONSENSE: [&str; 24] = [
    "",
    " ",
    "*",
    "#",
    "**",
    "1*2",
    "0*0",
    "*384*2026#",
    "-1",
    "007",
    " 1 ",
    "1.",
    "999",
    "99999999999999999999999",
    "ndiyo",
    "Ng\u{2019}ang\u{2019}a",
    "\u{669}",
    "\u{1f600}",
    "\u{0}",
    "a\nb",
    "{name}",
    "25470000000",
    "A00000000Z",
    "9910401",
];

/// Bytes that have not been used up yet.
pub(super) struct Dice<'a>(std::slice::Iter<'a, u8>);

impl<'a> Dice<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.iter())
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.0.len() == 0
    }

    /// A number below `bound`; 0 when no byte is left.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let byte = self.0.next().copied().unwrap_or(0);
        usize::from(byte).checked_rem(bound).unwrap_or(0)
    }

    /// Something to type that nothing on the screen asks for.
    pub(super) fn nonsense(&mut self) -> String {
        match self.below(5) {
            0 => NONSENSE[self.below(NONSENSE.len())].to_owned(),
            1 => ["0", "00", "98", "99"][self.below(4)].to_owned(),
            2 => self.below(100).to_string(),
            3 => NONSENSE[self.below(NONSENSE.len())].repeat(self.below(200)),
            _ => {
                let length = self.below(12);
                let bytes: Vec<u8> = self.0.by_ref().take(length).copied().collect();
                String::from_utf8_lossy(&bytes).into_owned()
            }
        }
    }
}

/// Values of every kind that outcomes can fill in, made once.
pub(super) struct Samples(BTreeMap<Kind, Vec<Value>>);

impl Samples {
    pub(super) fn of(actions: &[ActionSpec]) -> Self {
        let outcomes = actions.iter().flat_map(|action| action.outcomes);
        let fields = outcomes.flat_map(|outcome| outcome.fields);
        let items = actions.iter().flat_map(|action| action.item);
        let kinds = fields.chain(items).map(|field| field.kind);
        Self(kinds.map(|kind| (kind, kind.samples())).collect())
    }

    /// One of the ways that this action can end.
    pub(super) fn outcome(&self, dice: &mut Dice<'_>, spec: &ActionSpec, call: &Call) -> Outcome {
        let Some(ending) = spec.outcomes.get(dice.below(spec.outcomes.len())) else {
            return Outcome::default();
        };
        let count = match ending.name {
            ActionSpec::LISTED => 1 + dice.below(call.page.size + 1),
            _ => 0,
        };
        Outcome {
            name: ending.name,
            fields: self.filled(dice, ending.fields),
            items: (0..count).map(|_| self.filled(dice, spec.item)).collect(),
            language: (dice.below(8) == 0).then(|| language(dice)),
            changed: spec.writes && !ending.again && dice.below(2) == 0,
            again: ending.again,
            proven: Proofs::default(),
        }
    }

    fn filled(&self, dice: &mut Dice<'_>, fields: &[FieldSpec]) -> Vec<(&'static str, Value)> {
        let fields = fields.iter();
        let filled = fields.filter_map(|field| Some((field.name, self.value(dice, field.kind)?)));
        filled.collect()
    }

    /// One of the longest half of the time, or one that is shorter.
    fn value(&self, dice: &mut Dice<'_>, kind: Kind) -> Option<Value> {
        let samples = self.0.get(&kind)?;
        let longest = samples.get(dice.below(samples.len()))?.clone();
        if dice.below(2) == 0 {
            return Some(longest);
        }
        Some(match longest {
            Value::Name(text) => Value::Name(with_spaces(&text, dice)),
            Value::Code(text) => Value::Code(beginning(&text, dice)),
            Value::Number(_) => Value::Number(u32::try_from(dice.below(100)).unwrap_or(0)),
            other => other,
        })
    }
}

pub(super) fn language(dice: &mut Dice<'_>) -> Language {
    Language::ALL[dice.below(Language::ALL.len())]
}

/// A name of words, as people's are, in place of one long word.
fn with_spaces(text: &str, dice: &mut Dice<'_>) -> String {
    let every = 1 + dice.below(15);
    let spaced = |(at, letter)| if at % every == every - 1 { ' ' } else { letter };
    let words: String = text.chars().enumerate().map(spaced).collect();
    beginning(words.trim(), dice)
}

/// Samples are ASCII.
fn beginning(text: &str, dice: &mut Dice<'_>) -> String {
    text.chars().take(1 + dice.below(text.len())).collect()
}
