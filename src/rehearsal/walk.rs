//! Somebody who presses anything at all: a walk through a menu by bytes, with actions
//! that end in any way they may.
//!
//! The engine must come through with every screen short enough and none without a way
//! on; what the proof promises is tried here on what runs.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::actions;
use crate::domain::Language;
use crate::menus::{Body, Fields, Format, Menu, Texts};
use crate::text;
use crate::ussd::{Call, Engine, Input, Outcome, Screen, Session, Step};

use super::dice::{Dice, Samples, language};

/// Answers to questions whose values are not shown as they are typed.
const TYPED: [&str; 3] = ["1990", "123456", "mfano@example.org"];

/// A session that is written down with each hop must stay small.
const LONGEST_SESSION: usize = 16 * 1024;

/// No turn asks for more work than that.
const ACTIONS: usize = 16;

/// Walks through one menu.
pub struct Walker<'a> {
    menu: &'a Menu,
    samples: Samples,
}

/// What must never come up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// More than the phone shows at once, or letters that it can't show.
    #[error("the screen `{screen}` does not fit: {septets:?} septets of {limit}")]
    TooLong {
        /// The screen.
        screen: String,
        /// Its septets, where it has only letters that phones can show.
        septets: Option<usize>,
        /// How many there may be.
        limit: usize,
    },
    /// The session goes on, and nothing on the screen says how.
    #[error("no key leads away from `{0}`")]
    DeadEnd(String),
    /// What a screen offers or asks for is not taken.
    #[error("`{screen}` refuses `{key}`, which it shows")]
    Refused {
        /// The screen.
        screen: String,
        /// What was pressed or typed.
        key: String,
    },
    /// The engine wants an action that nobody knows, or leaves out what it needs.
    #[error("`{0}` is called without what it needs")]
    BadCall(String),
    /// Actions lead to actions and to no screen.
    #[error("the work at `{0}` has no end")]
    NoEnd(String),
    /// The session remembers ever more.
    #[error("the session holds {0} bytes")]
    Grows(usize),
    /// The session and what its phone shows disagree on whether it is over.
    #[error("`{0}` ends on one side only")]
    HalfEnded(String),
}

/// A fault, and the session of [`Walker::wander`] that came to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault} (session {session})")]
pub struct Found {
    /// What came up.
    pub fault: Fault,
    /// Which session, from 0.
    pub session: u64,
}

impl<'a> Walker<'a> {
    /// A walker through this menu, which has been proven.
    #[must_use]
    pub fn new(menu: &'a Menu) -> Self {
        Self {
            menu,
            samples: Samples::of(actions::CATALOGUE.actions),
        }
    }

    /// Walks one session until the bytes are used up or it is over. Gives how many inputs
    /// it took.
    pub fn walk(&self, limit: usize, bytes: &[u8]) -> Result<usize, Fault> {
        let mut dice = Dice::new(bytes);
        let session = Session::new(language(&mut dice));
        let menu = self.menu;
        let mut walk = Walk {
            samples: &self.samples,
            engine: Engine { menu, limit },
            session,
            dice,
            ran: false,
        };
        let mut shown = walk.takes(Input::Dial)?;
        let mut inputs = 1;
        while !walk.dice.is_used_up() && !shown.end {
            shown = walk.press(&shown)?;
            inputs += 1;
        }
        let bytes = serde_json::to_vec(&walk.session).map_or(usize::MAX, |text| text.len());
        if bytes > LONGEST_SESSION {
            return Err(Fault::Grows(bytes));
        }
        if shown.end {
            // Over is over.
            walk.takes(Input::Answer("1"))?;
            inputs += 1;
        }
        Ok(inputs)
    }

    /// Walks sessions of all lengths, always the same, until they have taken so many inputs.
    pub fn wander(&self, limit: usize, inputs: usize) -> Result<(), Found> {
        let mut taken = 0;
        for session in 0.. {
            let mut bytes = vec![0; 64 << (session % 6)];
            SmallRng::seed_from_u64(session).fill_bytes(&mut bytes);
            let walked = self.walk(limit, &bytes);
            taken += walked.map_err(|fault| Found { fault, session })?;
            if taken >= inputs {
                break;
            }
        }
        Ok(())
    }
}

/// A walk under way.
struct Walk<'a> {
    samples: &'a Samples,
    engine: Engine<'a>,
    session: Session,
    dice: Dice<'a>,
    /// Whether the last input ran an action.
    ran: bool,
}

impl Walk<'_> {
    /// Presses something: mostly what the screen offers.
    fn press(&mut self, shown: &Screen) -> Result<Screen, Fault> {
        let here = self.session.screen().to_owned();
        let offered = self.offered(shown);
        if offered.is_empty() {
            return Err(Fault::DeadEnd(here));
        }
        if self.dice.below(4) == 0 {
            let nonsense = self.dice.nonsense();
            return self.takes(Input::Answer(&nonsense));
        }
        let key = &offered[self.dice.below(offered.len())];
        let next = self.takes(Input::Answer(key))?;
        if !self.ran && self.session.screen() == here && self.complains(shown, &next) {
            let (screen, key) = (here, key.clone());
            return Err(Fault::Refused { screen, key });
        }
        Ok(next)
    }

    /// What leads on from a screen, as far as its reader can tell.
    fn offered(&self, shown: &Screen) -> Vec<String> {
        let menu = self.engine.menu;
        let mut keys: Vec<String> = match menu.screens.get(self.session.screen()).map(|s| &s.body) {
            Some(Body::Menu { options }) => options.iter().map(|it| it.key.it.clone()).collect(),
            Some(Body::List { per_page, .. }) => (1..=*per_page).map(|n| n.to_string()).collect(),
            _ => Vec::new(),
        };
        keys.retain(|key| {
            let label = format!("{key}. ");
            shown.text.lines().any(|line| line.starts_with(&label))
        });
        let navigation = shown.text.lines().last().unwrap_or_default();
        let words = &menu.words;
        for (word, key) in [(&words.back, "0"), (&words.home, "00"), (&words.more, "99")] {
            let word = self.plain(&word.it);
            if navigation.split(' ').any(|shown| shown == word) {
                keys.push(key.to_owned());
            }
        }
        keys.extend(self.asked_for());
        keys
    }

    /// Good answers to the question that a screen is.
    fn asked_for(&self) -> Vec<String> {
        let screen = self.engine.menu.screens.get(self.session.screen());
        match screen.map(|screen| &screen.body) {
            Some(Body::Question { ask, .. }) => {
                let samples = ask.kind().samples().into_iter();
                let typed = samples.map(|sample| sample.shown(Format::Plain, Language::En));
                let typed = typed.chain(TYPED.map(str::to_owned));
                typed.filter(|typed| ask.read(typed).is_some()).collect()
            }
            _ => Vec::new(),
        }
    }

    fn complains(&self, before: &Screen, after: &Screen) -> bool {
        let menu = self.engine.menu;
        let body = menu.screens.get(self.session.screen());
        let complaint = match body.map(|screen| &screen.body) {
            Some(Body::Question { invalid, .. }) => &invalid.it,
            _ => &menu.words.wrong_choice.it,
        };
        after == before || after.text.starts_with(&self.plain(complaint))
    }

    fn plain(&self, texts: &Texts) -> String {
        let language = self.session.language;
        texts
            .of(language)
            .fill(&Fields::new(), language, usize::MAX)
    }

    /// Takes an input, runs what it asks for, and looks at the screen that comes out.
    fn takes(&mut self, input: Input<'_>) -> Result<Screen, Fault> {
        self.ran = false;
        let mut step = self.engine.step(&mut self.session, input);
        for _ in 0..=ACTIONS {
            match step {
                Step::Show(screen) => return self.fits(screen),
                Step::Run(call) => {
                    self.ran = true;
                    let input = Input::Ended(self.run(&call)?);
                    step = self.engine.step(&mut self.session, input);
                }
            }
        }
        Err(Fault::NoEnd(self.session.screen().to_owned()))
    }

    fn run(&mut self, call: &Call) -> Result<Outcome, Fault> {
        let spec = actions::spec(&call.action);
        let has = |name: &str| self.session.fields().contains_key(name);
        match spec {
            Some(spec) if spec.inputs.iter().all(|input| has(input.name)) => {
                Ok(self.samples.outcome(&mut self.dice, spec, call))
            }
            _ => Err(Fault::BadCall(call.action.clone())),
        }
    }

    fn fits(&self, screen: Screen) -> Result<Screen, Fault> {
        let name = || self.session.screen().to_owned();
        let septets = text::septets(&screen.text);
        if septets.is_none_or(|septets| septets > self.engine.limit) {
            return Err(Fault::TooLong {
                screen: name(),
                septets,
                limit: self.engine.limit,
            });
        }
        if screen.end != self.session.has_ended() {
            return Err(Fault::HalfEnded(name()));
        }
        Ok(screen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::CATALOGUE;
    use crate::menus::{Choice, MenuFile, SCREEN, embedded, prove};

    /// Of Airtel's screens.
    const WIDEST: usize = 184;

    fn shipped() -> Menu {
        prove(&embedded(), &CATALOGUE).unwrap()
    }

    fn options<'a>(menu: &'a mut Menu, screen: &str) -> &'a mut Vec<Choice> {
        match &mut menu.screens.get_mut(screen).unwrap().body {
            Body::Menu { options } => options,
            _ => panic!("{screen} is no menu"),
        }
    }

    fn found_in(menu: &Menu, limit: usize) -> Fault {
        Walker::new(menu).wander(limit, 10_000).unwrap_err().fault
    }

    // A million take a minute here; `cargo bench --bench walk` takes them in seconds.
    #[test]
    fn the_shipped_menus_bear_whatever_is_typed_on_the_narrowest_screen() {
        Walker::new(&shipped()).wander(SCREEN, 50_000).unwrap();
    }

    #[test]
    fn the_shipped_menus_bear_whatever_is_typed_on_the_widest_screen() {
        Walker::new(&shipped()).wander(WIDEST, 50_000).unwrap();
    }

    #[test]
    fn a_session_comes_to_the_same_again() {
        let menu = shipped();
        let walker = Walker::new(&menu);
        let bytes: Vec<u8> = (0..=255).collect();
        let inputs = walker.walk(SCREEN, &bytes).unwrap();
        assert!(inputs > 2, "{inputs}");
        assert_eq!(walker.walk(SCREEN, &bytes), Ok(inputs));
    }

    #[test]
    fn a_screen_that_is_too_long_is_found() {
        let fault = found_in(&shipped(), 80);
        assert!(matches!(fault, Fault::TooLong { .. }), "{fault}");
    }

    #[test]
    fn a_screen_that_offers_nothing_is_found() {
        let mut menu = shipped();
        options(&mut menu, "stranger").clear();
        assert_eq!(found_in(&menu, SCREEN), Fault::DeadEnd("stranger".into()));
    }

    #[test]
    fn a_key_that_is_shown_and_not_taken_is_found() {
        let mut menu = shipped();
        options(&mut menu, "details")[0].key.it = "1 ".into();
        let (screen, key) = ("details".into(), "1 ".into());
        assert_eq!(found_in(&menu, SCREEN), Fault::Refused { screen, key });
    }

    #[test]
    fn an_action_that_lacks_what_it_needs_is_found() {
        let mut menu = shipped();
        options(&mut menu, "home")[4].goto.it = "number_change".into();
        let fault = found_in(&menu, SCREEN);
        assert_eq!(fault, Fault::BadCall("msisdn.change".into()));
    }

    /// The shipped menus after some slips of its author's hand: lines that are gone,
    /// doubled or elsewhere, and pieces that don't belong.
    fn slipped(seed: u64) -> Vec<MenuFile> {
        const PIECES: [&str; 8] = [
            "",
            "\"",
            "\n\n",
            "{name}",
            "[screen.home]",
            "0",
            "\u{2019}",
            "}",
        ];
        let mut bytes = [0; 32];
        SmallRng::seed_from_u64(seed).fill_bytes(&mut bytes);
        let mut dice = Dice::new(&bytes);
        let mut files = embedded();
        let file = dice.below(files.len());
        let mut lines: Vec<_> = files[file].text.lines().map(str::to_owned).collect();
        for _ in 0..=dice.below(3) {
            let at = dice.below(lines.len());
            let other = dice.below(lines.len());
            match dice.below(4) {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[other].clone()),
                2 => lines.swap(at, other),
                _ => {
                    let middle = lines[at].floor_char_boundary(dice.below(80));
                    lines[at].insert_str(middle, PIECES[dice.below(PIECES.len())]);
                }
            }
        }
        files[file].text = lines.join("\n");
        files
    }

    #[test]
    fn a_menu_that_passes_the_check_can_be_walked_whatever_slipped_in() {
        let mut passed = 0;
        for seed in 0..60 {
            if let Ok(menu) = prove(&slipped(seed), &CATALOGUE) {
                let walked = Walker::new(&menu).wander(SCREEN, 300);
                assert_eq!(walked, Ok(()), "menu {seed}");
                passed += 1;
            }
        }
        assert!((3..54).contains(&passed), "{passed} of 60 passed");
    }
}
