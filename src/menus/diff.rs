//! What two menus do differently, by what people dial.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use serde::Serialize;

use super::edges::Via;
use super::model::{Body, Condition, Menu, RETURN, Screen};
use super::template::Texts;

/// The most sub-menus within each other that are walked.
const DEEPEST: usize = 8;

/// A dialled path that does not mean the same in both menus.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// What is pressed from the start, joined by `*`; `?` is an answer to a question or
    /// an item of a list, and nothing at all is the dial itself.
    pub path: String,
    /// How the actions on the way ended, and under which conditions its keys are shown.
    pub outcomes: Vec<String>,
    /// What has become of it.
    pub change: Change,
    /// The screen that it led to.
    pub old: Option<String>,
    /// The screen that it leads to.
    pub new: Option<String>,
}

/// What can become of a dialled path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It leads to another screen.
    Moved,
    /// Its screen says something else.
    Reworded,
    /// It leads somewhere now.
    Appeared,
    /// It leads nowhere any more.
    Vanished,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "dial"
        } else {
            &self.path
        };
        write!(f, "{path} ")?;
        if !self.outcomes.is_empty() {
            write!(f, "({}) ", self.outcomes.join(", "))?;
        }
        let old = self.old.as_deref().unwrap_or_default();
        let new = self.new.as_deref().unwrap_or_default();
        match self.change {
            Change::Moved => write!(f, "moved: {old} -> {new}"),
            Change::Reworded => write!(f, "reworded: {new}"),
            Change::Appeared => write!(f, "appeared: {new}"),
            Change::Vanished => write!(f, "vanished: {old}"),
        }
    }
}

/// Every dialled path that changed, sorted.
///
/// Both menus are walked at once, key by key. Where a pair of screens is met again, its
/// ways on are not told again; what lies behind a path that appeared or vanished is not
/// told at all.
#[must_use]
pub fn diff(old: &Menu, new: &Menu) -> Vec<Difference> {
    let mut walk = Walk {
        old,
        new,
        differences: BTreeSet::new(),
    };
    let mut met = BTreeSet::new();
    let mut waiting = VecDeque::new();
    let start = Arrival {
        keys: Vec::new(),
        outcomes: Vec::new(),
        old: Stand::at(&old.start),
        new: Stand::at(&new.start),
    };
    walk.compare(&start);
    waiting.push_back(start);
    while let Some(here) = waiting.pop_front() {
        if met.insert((here.old.clone(), here.new.clone())) {
            waiting.extend(walk.ways_on(&here));
        }
    }
    walk.differences.into_iter().collect()
}

/// A path, and the screens that it comes to.
struct Arrival<'a> {
    keys: Vec<String>,
    outcomes: Vec<String>,
    old: Stand<'a>,
    new: Stand<'a>,
}

/// A screen, and where `return` leads from it, the innermost last.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Stand<'a> {
    screen: &'a str,
    returns: Vec<&'a str>,
}

impl<'a> Stand<'a> {
    fn at(screen: &'a str) -> Self {
        Self {
            screen,
            returns: Vec::new(),
        }
    }

    /// Where each way on leads. One key can have several, each under a condition of its own.
    fn ways(&self, menu: &'a Menu) -> BTreeMap<(Via, Option<Condition>), Self> {
        let Some(screen) = menu.screens.get(self.screen) else {
            return BTreeMap::new();
        };
        let conditions = match &screen.body {
            Body::Menu { options } => options
                .iter()
                .map(|option| option.when.as_ref().map(|when| when.it.clone()))
                .collect(),
            _ => Vec::new(),
        };
        let conditions = conditions.into_iter().chain(std::iter::repeat(None));
        let mut ways = BTreeMap::new();
        for ((via, goto), condition) in screen.body.ways().into_iter().zip(conditions) {
            let next = match (&via, &screen.body) {
                (Via::Then, _) => continue,
                (Via::Call, Body::Call { goto: then, .. }) => self.call(&goto.it, &then.it),
                _ => self.go(&goto.it),
            };
            ways.insert((via, condition), next);
        }
        ways
    }

    fn go(&self, goto: &'a str) -> Self {
        let mut returns = self.returns.clone();
        let screen = if goto == RETURN {
            returns.pop().unwrap_or(goto)
        } else {
            goto
        };
        Self { screen, returns }
    }

    fn call(&self, call: &'a str, then: &'a str) -> Self {
        let mut next = self.go(call);
        if next.returns.len() < DEEPEST {
            next.returns.push(then);
        }
        next
    }
}

struct Walk<'a> {
    old: &'a Menu,
    new: &'a Menu,
    differences: BTreeSet<Difference>,
}

impl<'a> Walk<'a> {
    /// Compares what each way on comes to; gives those that are in both menus.
    fn ways_on(&mut self, here: &Arrival<'a>) -> Vec<Arrival<'a>> {
        let (old, new) = (here.old.ways(self.old), here.new.ways(self.new));
        let every: BTreeSet<_> = old.keys().chain(new.keys()).collect();
        let mut both = Vec::new();
        for way in every {
            let (keys, outcomes) = here.after(way);
            match (old.get(way), new.get(way)) {
                (Some(old), Some(new)) => {
                    let next = Arrival {
                        keys,
                        outcomes,
                        old: old.clone(),
                        new: new.clone(),
                    };
                    self.compare(&next);
                    both.push(next);
                }
                (old, new) => {
                    let change = if new.is_some() {
                        Change::Appeared
                    } else {
                        Change::Vanished
                    };
                    self.differences.insert(Difference {
                        path: keys.join("*"),
                        outcomes,
                        change,
                        old: old.map(|stand| stand.screen.to_owned()),
                        new: new.map(|stand| stand.screen.to_owned()),
                    });
                }
            }
        }
        both
    }

    fn compare(&mut self, here: &Arrival<'a>) {
        let names = (here.old.screen, here.new.screen);
        let old = self.old.screens.get(names.0);
        let new = self.new.screens.get(names.1);
        let change = match (old, new) {
            (Some(old), Some(new)) => match (does(old), does(new)) {
                // Nobody sees what an action is called here.
                (Some(old), Some(new)) if old == new => return,
                (None, None) if names.0 == names.1 => {
                    if says(old) == says(new) {
                        return;
                    }
                    Change::Reworded
                }
                _ => Change::Moved,
            },
            _ if names.0 == names.1 => return,
            _ => Change::Moved,
        };
        self.differences.insert(Difference {
            path: here.keys.join("*"),
            outcomes: here.outcomes.clone(),
            change,
            old: Some(names.0.to_owned()),
            new: Some(names.1.to_owned()),
        });
    }
}

impl Arrival<'_> {
    /// The path one way further on.
    fn after(&self, (via, when): &(Via, Option<Condition>)) -> (Vec<String>, Vec<String>) {
        let (mut keys, mut outcomes) = (self.keys.clone(), self.outcomes.clone());
        match via {
            Via::Key(key) => keys.push(key.clone()),
            Via::Answer => keys.push("?".to_owned()),
            Via::Outcome(name) => outcomes.push(name.clone()),
            Via::Call | Via::Then => {}
        }
        if let Some(Condition { flag, is }) = when {
            let not = if *is { "" } else { "not " };
            outcomes.push(format!("{not}{flag}"));
        }
        (keys, outcomes)
    }
}

/// The action or sub-menu that a screen stands for, if it shows nothing.
fn does(screen: &Screen) -> Option<&str> {
    match &screen.body {
        Body::Action { action, .. } => Some(&action.it),
        Body::Call { call, .. } => Some(&call.it),
        _ => None,
    }
}

/// Everything that a screen can show.
fn says(screen: &Screen) -> Vec<(&str, &Texts)> {
    let mut says = vec![("", &screen.text.it)];
    match &screen.body {
        Body::Menu { options } => says.extend(
            options
                .iter()
                .map(|option| (option.key.it.as_str(), &option.label.it)),
        ),
        Body::Question { invalid, .. } => says.push(("", &invalid.it)),
        Body::List { item, .. } => says.push(("", &item.it)),
        Body::Action { .. } | Body::Call { .. } | Body::End => {}
    }
    says
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{CATALOGUE, SOUND, file};
    use super::super::load;
    use super::*;

    /// What is told when pieces of the sound menu are replaced.
    fn told(changes: &[(&str, &str)]) -> Vec<String> {
        let mut text = SOUND.to_owned();
        for (old, new) in changes {
            assert!(text.contains(old), "{old}");
            text = text.replacen(old, new, 1);
        }
        let [old, new] = [SOUND, &text].map(|text| load(&[file("m", text)], &CATALOGUE).unwrap());
        diff(&old, &new).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_menu_does_what_it_does_itself() {
        assert_eq!(told(&[]), Vec::<String>::new());
    }

    #[test]
    fn a_key_that_leads_elsewhere_is_told_with_what_lies_behind() {
        assert_eq!(
            told(&[(
                "key = \"2\", goto = \"ask\"",
                "key = \"2\", goto = \"pick\""
            )]),
            [
                "2 moved: ask -> pick",
                "2 (none) appeared: bye",
                "2*? moved: save -> mine",
                "2*? (saved) vanished: bye",
            ]
        );
    }

    #[test]
    fn keys_appear_and_vanish() {
        assert_eq!(
            told(&[("key = \"3\", goto", "key = \"4\", goto")]),
            [
                "dial reworded: home",
                "3 vanished: pick",
                "4 appeared: pick",
            ]
        );
    }

    #[test]
    fn other_words_are_told_wherever_they_are_read() {
        assert_eq!(
            told(&[("text.sw = \"Kwaheri.\"", "text.sw = \"Kwa heri.\"")]),
            [
                "0 reworded: bye",
                "1 (none) reworded: bye",
                "2*? (saved) reworded: bye",
                "3 (none) reworded: bye",
            ]
        );
    }

    #[test]
    fn what_an_action_is_called_is_nobodys_to_see() {
        assert_eq!(
            told(&[
                ("goto = \"seek\"", "goto = \"search\""),
                ("[screen.seek]", "[screen.search]"),
            ]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_sub_menu_is_walked_from_each_of_its_calls() {
        let calls = [(
            "key = \"1\", goto = \"seek\"",
            "key = \"1\", goto = \"first\"",
        )];
        let rest = "\n[screen.first]\ncall = \"asked\"\ngoto = \"mine\"\n\
            [screen.asked]\nask = \"msisdn\"\nsave = \"line\"\n\
            text = { en = \"N\", sw = \"N\" }\ninvalid = { en = \"I\", sw = \"I\" }\n\
            goto = \"return\"\n[screen.second]\ncall = \"asked\"\ngoto = \"bye\"\n";
        let whole = format!("{}{rest}", SOUND.replacen(calls[0].0, calls[0].1, 1));
        let whole = whole.replacen(
            "key = \"2\", goto = \"ask\"",
            "key = \"2\", goto = \"second\"",
            1,
        );
        let other = whole.replacen("goto = \"bye\"\n", "goto = \"seek\"\n", 1);
        let [old, new] = [&whole, &other].map(|text| load(&[file("m", text)], &CATALOGUE).unwrap());
        let told: Vec<_> = diff(&old, &new).iter().map(ToString::to_string).collect();
        assert_eq!(told[0], "2*? moved: bye -> seek");
    }

    #[test]
    fn one_key_under_two_conditions_is_two_ways() {
        let one = "{ key = \"2\", goto = \"ask\", ";
        let two = "{ key = \"2\", goto = \"pick\", when = \"manager\", label = { en = \"A\", sw = \"A\" } },\n  \
            { key = \"2\", goto = \"ask\", when = \"!manager\", ";
        assert_eq!(
            told(&[(one, two)]),
            [
                "dial reworded: home",
                "2 vanished: ask",
                "2 (manager) appeared: pick",
                "2 (not manager) appeared: ask",
            ]
        );
    }
}
