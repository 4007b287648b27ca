//! What belongs to no single screen: outcomes handled for all, and sub-menus that return.

use std::collections::BTreeSet;

use crate::menus::catalogue::Catalogue;
use crate::menus::flow::within;
use crate::menus::model::{Body, Menu, RETURN};

use super::Check;

impl Check<'_, '_> {
    /// Finds outcomes handled for all screens that no action has, or that lead nowhere.
    pub(super) fn defaults(&mut self) {
        let menu = self.menu;
        for (name, goto) in &menu.on {
            let mut outcomes = self.catalogue.actions.iter().flat_map(|spec| spec.outcomes);
            if !outcomes.any(|outcome| outcome.name == name) {
                self.found
                    .add(goto.at, format!("no action has an outcome `{name}`"));
            }
            self.goto(goto);
        }
    }

    /// Finds screens that return although nothing has called them.
    pub(super) fn returns(&mut self) {
        let menu = self.menu;
        let called: BTreeSet<_> = entries(menu, self.catalogue)
            .into_iter()
            .flat_map(|entry| within(menu, entry))
            .collect();
        for (name, screen) in &menu.screens {
            let returns = screen.body.gotos().any(|goto| goto == RETURN);
            if returns && !called.contains(name.as_str()) {
                let message = format!("`{name}` returns, but nothing calls it");
                self.found.add(screen.at, message);
            }
        }
    }
}

/// Where sub-menus begin: what is called, and what an action that is to be tried again
/// leads to first.
fn entries<'a>(menu: &'a Menu, catalogue: &Catalogue) -> BTreeSet<&'a str> {
    let mut entries = BTreeSet::new();
    for screen in menu.screens.values() {
        match &screen.body {
            Body::Call { call, .. } => {
                entries.insert(call.it.as_str());
            }
            Body::Action { action, on } | Body::List { action, on, .. } => {
                let spec = catalogue.action(&action.it);
                let outcomes = spec.map_or(&[][..], |spec| spec.outcomes);
                let again = outcomes.iter().filter(|outcome| outcome.again);
                entries.extend(again.filter_map(|outcome| Some(on.get(outcome.name)?.it.as_str())));
            }
            Body::Menu { .. } | Body::Question { .. } | Body::End => {}
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use crate::menus::fixture::{CATALOGUE, SOUND, file};
    use crate::menus::{Menu, prove};

    /// The sound menu with a sub-menu that asks for a PIN, one that is called, a fragment
    /// and a condition.
    const MORE: &str = r#"
[on]
needs_pin = "pin"

[fragment.exit]
option = [{ key = "9", goto = "bye", label = { en = "Exit", sw = "Ondoka" } }]

[fragment.council]
text = { en = "Exams Council", sw = "Baraza la Mitihani" }

[screen.raise]
action = "raise"
on.raised = "raised"

[screen.raised]
text = { en = "{>council}: done.", sw = "{>council}: tayari." }
include = ["exit"]
option = [
  { key = "1", when = "boss",  goto = "number", label = { en = "Boss", sw = "Mkubwa" } },
  { key = "1", when = "!boss", goto = "seek",   label = { en = "Mine", sw = "Yangu" } },
]

[screen.pin]
ask = "pin"
text = { en = "PIN?", sw = "PIN?" }
invalid = { en = "Four digits.", sw = "Tarakimu nne." }
goto = "prove"

[screen.prove]
action = "prove"
on.proven = "return"
on.wrong  = "pin"

[screen.number]
call = "asked"
goto = "save"

[screen.asked]
ask = "msisdn"
save = "line"
text = { en = "Whose?", sw = "Nani?" }
invalid = { en = "No.", sw = "Hapana." }
goto = "return"
"#;

    fn proven_after(changes: &[(&str, &str)]) -> Result<Menu, String> {
        let mut more = MORE.to_owned();
        for (old, new) in changes {
            assert_eq!(more.matches(old).count(), 1, "{old}");
            more = more.replace(old, new);
        }
        let home = SOUND.replace("goto = \"seek\"", "goto = \"raise\"");
        prove(&[file("a", &home), file("b", &more)], &CATALOGUE)
            .map_err(|findings| findings.to_string())
    }

    #[track_caller]
    fn assert_found(changes: &[(&str, &str)], finding: &str) {
        let findings = proven_after(changes).unwrap_err();
        assert!(findings.contains(finding), "{findings}");
    }

    #[test]
    fn sub_menus_fragments_and_conditions_are_proven() {
        proven_after(&[]).unwrap();
    }

    #[test]
    fn an_outcome_is_handled_for_all_screens_at_once() {
        assert_found(&[("needs_pin = \"pin\"", "")], "`on.needs_pin` is missing");
        assert_found(
            &[("needs_pin = ", "needs_pn = ")],
            "no action has an outcome `needs_pn`",
        );
        assert_found(
            &[("needs_pin = \"pin\"", "needs_pin = \"pn\"")],
            "there is no screen `pn`",
        );
    }

    #[test]
    fn only_what_is_called_returns() {
        assert_found(
            &[("call = \"asked\"", "call = \"raise\"")],
            "no way leads to `asked`",
        );
        let home = SOUND.replace("goto = \"save\"", "goto = \"return\"");
        let findings = prove(&[file("m", &home)], &CATALOGUE)
            .unwrap_err()
            .to_string();
        assert!(
            findings.contains("`ask` returns, but nothing calls it"),
            "{findings}"
        );
    }

    #[test]
    fn what_a_sub_menu_fills_in_is_there_after_it_and_no_more() {
        assert_found(
            &[("save = \"line\"", "save = \"other_line\"")],
            "`save` needs `line`, which is not there on every way to it",
        );
    }

    /// `first` is reached with a number at first, and without one by a longer way, when the
    /// sub-menu has been followed already.
    #[test]
    fn what_follows_a_sub_menu_knows_no_more_than_each_way_to_its_caller() {
        let ways = r#"
[screen.first]
call = "called"
goto = "save"

[screen.second]
call = "called"
goto = "bye"

[screen.called]
ask = "msisdn"
save = "other_line"
text = { en = "Whose?", sw = "Nani?" }
invalid = { en = "No.", sw = "Hapana." }
goto = "return"

[screen.far]
text = { en = "Far", sw = "Mbali" }
option = [{ key = "1", goto = "farther", label = { en = "On", sw = "Endelea" } }]

[screen.farther]
text = { en = "Farther", sw = "Mbali zaidi" }
option = [{ key = "1", goto = "farthest", label = { en = "On", sw = "Endelea" } }]

[screen.farthest]
text = { en = "Farthest", sw = "Mbali kabisa" }
option = [{ key = "1", goto = "KEY", label = { en = "On", sw = "Endelea" } }]
"#;
        let home = SOUND
            .replace("goto = \"save\"", "goto = \"first\"")
            .replace(
                "{ key = \"0\", goto = \"bye\", ",
                "{ key = \"4\", goto = \"second\", label = { en = \"B\", sw = \"B\" } },
                 { key = \"5\", goto = \"far\", label = { en = \"C\", sw = \"C\" } },
                 { key = \"0\", goto = \"bye\", ",
            );
        let proven = |key| {
            let files = [file("a", &home), file("b", &ways.replace("KEY", key))];
            prove(&files, &CATALOGUE).map_err(|findings| findings.to_string())
        };
        proven("second").unwrap();
        let findings = proven("first").unwrap_err();
        assert!(
            findings.contains("`save` needs `line`, which is not there on every way to it"),
            "{findings}"
        );
    }

    #[test]
    fn a_secret_is_forgotten_by_the_next_action() {
        assert_found(
            &[(
                "on.wrong  = \"pin\"",
                "on.wrong  = \"prove_again\"\n[screen.prove_again]\naction = \"prove\"\non.proven = \"return\"\non.wrong = \"pin\"",
            )],
            "`prove` needs `pin`, which is not there",
        );
    }

    #[test]
    fn a_condition_is_about_a_flag_that_is_known() {
        assert_found(
            &[("when = \"boss\"", "when = \"bos\"")],
            "`bos` is not known on every way here; there are: boss",
        );
        assert_found(
            &[("when = \"!boss\"", "when = \"boss\"")],
            "the key `1` stands twice in `raised`",
        );
    }

    #[test]
    fn options_that_never_show_together_share_a_screen() {
        let long = "M".repeat(90);
        let both = proven_after(&[
            ("en = \"Boss\"", &format!("en = \"{long}\"")),
            ("en = \"Mine\"", &format!("en = \"{long}\"")),
        ]);
        assert!(both.is_ok(), "{both:?}");
    }

    #[test]
    fn a_fragment_is_there_and_used() {
        assert_found(
            &[("include = [\"exit\"]", "include = [\"exi\"]")],
            "there is no fragment `exi`; there are: council, exit",
        );
        assert_found(
            &[("include = [\"exit\"]", "")],
            "nothing uses the fragment `exit`",
        );
        assert_found(
            &[("include = [\"exit\"]", "include = [\"council\"]")],
            "fragment `council` has no options to include",
        );
        assert_found(
            &[("en = \"{>council}: done.\"", "en = \"{>exit}: done.\"")],
            "fragment `exit` has no text to put in",
        );
    }
}
