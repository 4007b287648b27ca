//! The engine, by way of a phone.

use super::*;
use crate::domain::{Language, Proofs};
use crate::menus::{ActionSpec, Catalogue, Fields, Menu, MenuFile, Value, load};

fn menu() -> Menu {
    let text = include_str!("fixture.toml").to_owned();
    load(
        &[MenuFile {
            name: "fixture.toml".to_owned(),
            text,
        }],
        &CATALOGUE,
    )
    .unwrap()
}

/// A phone in the middle of a session.
struct Phone {
    menu: Menu,
    limit: usize,
    session: Session,
}

impl Phone {
    /// A phone whose owner is known and looks at the first menu.
    fn at_home() -> Self {
        let mut phone = Self {
            menu: menu(),
            limit: 160,
            session: Session::new(Language::En),
        };
        assert_eq!(phone.takes(Input::Dial), "run recognise");
        let known = Outcome::of("known").with("boss", Value::Flag(false));
        assert!(phone.takes(Input::Ended(known)).starts_with("Welcome\n"));
        phone
    }

    fn types(&mut self, answer: &str) -> String {
        self.takes(Input::Answer(answer))
    }

    fn ends(&mut self, outcome: &'static str) -> String {
        self.takes(Input::Ended(Outcome::of(outcome)))
    }

    /// Answers a list with items of these names.
    fn lists(&mut self, names: &[&str]) -> String {
        let items = names
            .iter()
            .map(|name| vec![("name", Value::name(name))])
            .collect();
        self.takes(Input::Ended(Outcome {
            items,
            ..Outcome::of("listed")
        }))
    }

    /// What a step comes to: the text of a screen, or the work asked for.
    fn takes(&mut self, input: Input<'_>) -> String {
        match self.step(input) {
            Step::Show(screen) => screen.text,
            Step::Run(call) if call.page.size > 0 => {
                format!("run {} from {}", call.action, call.page.offset)
            }
            Step::Run(call) => format!("run {}", call.action),
        }
    }

    fn step(&mut self, input: Input<'_>) -> Step {
        Engine {
            menu: &self.menu,
            limit: self.limit,
        }
        .step(&mut self.session, input)
    }
}

#[test]
fn a_dial_runs_the_first_action_and_shows_where_its_outcome_leads() {
    let mut phone = Phone::at_home();
    assert_eq!(
        phone.types("7"),
        "Wrong choice.\nWelcome\n1. Change\n2. All\n3. Rules\n4. Kiswahili\n5. Raise\n6. Station\n0. Exit"
    );
}

#[test]
fn a_good_answer_to_a_question_is_kept_and_leads_on() {
    let mut phone = Phone::at_home();
    assert_eq!(phone.types("1"), "Your number?\n0:Back 00:Home");
    assert_eq!(
        phone.types("0700 000 002"),
        "254700000002?\n1. Yes\n2. No\n0:Back 00:Home"
    );
}

#[test]
fn a_bad_answer_to_a_question_is_told_so_and_asked_again() {
    let mut phone = Phone::at_home();
    phone.types("1");
    for answer in ["12", "", "98", "99", "karibu ’ũ"] {
        assert_eq!(
            phone.types(answer),
            "Not a number.\nYour number?\n0:Back 00:Home"
        );
    }
}

#[test]
fn an_action_is_handed_all_that_is_known() {
    let mut phone = Phone::at_home();
    phone.types("1");
    phone.types("0700000002");
    let Step::Run(call) = phone.step(Input::Answer("1")) else {
        panic!("no action")
    };
    assert_eq!(call.action, "save");
    let line = crate::domain::Msisdn::parse("254700000002").unwrap();
    assert_eq!(phone.session.fields.get("line"), Some(&Value::Msisdn(line)));
}

#[test]
fn zero_goes_back_step_by_step_and_double_zero_home() {
    let mut phone = Phone::at_home();
    phone.types("1");
    phone.types("0700000002");
    assert!(phone.types("0").starts_with("Your number?"));
    assert!(phone.types("0").starts_with("Welcome"));
    phone.types("1");
    phone.types("0700000002");
    assert_eq!(phone.types("00"), "run recognise");
    assert_eq!(phone.session.fields, Fields::new());
}

#[test]
fn going_round_in_a_circle_leaves_no_longer_trail() {
    let mut phone = Phone::at_home();
    phone.types("1");
    for _ in 0..5 {
        phone.types("0700000002");
        assert!(phone.types("2").starts_with("Your number?"));
    }
    assert!(phone.types("0").starts_with("Welcome"));
}

#[test]
fn a_list_is_shown_page_by_page() {
    let mut phone = Phone::at_home();
    assert_eq!(phone.types("2"), "run list from 0");
    assert_eq!(
        phone.lists(&["A", "B", "C"]),
        "Which?\n1. A\n2. B\n99:More 0:Back 00:Home"
    );
    assert_eq!(phone.types("98"), "run list from 2");
    assert_eq!(phone.lists(&["C"]), "Which?\n1. C\n0:Back 00:Home");
    for key in ["99", "2", "9"] {
        assert_eq!(
            phone.types(key),
            "Wrong choice.\nWhich?\n1. C\n0:Back 00:Home"
        );
    }
    assert_eq!(phone.types("0"), "run list from 0");
    assert_eq!(
        phone.lists(&["A", "B"]),
        "Which?\n1. A\n2. B\n0:Back 00:Home"
    );
    assert!(phone.types("0").starts_with("Welcome"));
}

#[test]
fn an_item_brings_its_fields_and_the_way_back_leads_to_its_page() {
    let mut phone = Phone::at_home();
    phone.types("2");
    phone.lists(&["A", "B", "C"]);
    phone.types("99");
    phone.lists(&["C"]);
    assert_eq!(phone.types("1"), "C\n1. Exit\n0:Back 00:Home");
    assert_eq!(phone.types("0"), "run list from 2");
}

#[test]
fn after_a_list_other_screens_promise_no_more_pages() {
    let mut phone = Phone::at_home();
    phone.types("2");
    phone.lists(&["A", "B", "C"]);
    assert!(!phone.types("0").contains("99:More"));
}

#[test]
fn a_list_that_became_shorter_is_shown_from_its_start() {
    let mut phone = Phone::at_home();
    phone.types("2");
    phone.lists(&["A", "B", "C"]);
    phone.types("99");
    assert_eq!(phone.ends("none"), "run list from 0");
    assert!(phone.lists(&["A"]).starts_with("Which?\n1. A\n"));
}

#[test]
fn an_empty_list_leads_elsewhere() {
    let mut phone = Phone::at_home();
    phone.types("2");
    assert_eq!(phone.ends("none"), "Nothing.\n1. Exit\n0:Back 00:Home");
    assert!(phone.types("0").starts_with("Welcome"));
}

#[test]
fn once_something_changed_there_is_no_way_back_into_the_question() {
    let mut phone = Phone::at_home();
    phone.types("1");
    phone.types("0700000002");
    phone.types("1");
    let saved = phone.takes(Input::Ended(Outcome::of("saved").having_changed()));
    assert_eq!(saved, "Saved.\n1. Exit\n0:Back 00:Home");
    assert_eq!(phone.types("0"), "run recognise");
}

#[test]
fn an_action_may_change_the_language_of_all_that_follows() {
    let mut phone = Phone::at_home();
    assert_eq!(phone.types("4"), "run switch");
    let language = Some(Language::Sw);
    let switched = Outcome {
        language,
        ..Outcome::of("switched")
    };
    assert_eq!(phone.takes(Input::Ended(switched)), "run recognise");
    assert!(phone.ends("known").starts_with("Karibu\n1. Badilisha\n"));
}

#[test]
fn an_ended_session_says_that_it_is_over() {
    let mut phone = Phone::at_home();
    let bye = Screen {
        text: "Goodbye.".to_owned(),
        end: true,
    };
    assert_eq!(phone.step(Input::Answer("0")), Step::Show(bye));
    assert!(phone.session.has_ended());
    for answer in ["1", "0", "00"] {
        let over = Screen {
            text: "Over.".to_owned(),
            end: true,
        };
        assert_eq!(phone.step(Input::Answer(answer)), Step::Show(over));
    }
}

#[test]
fn a_screen_that_is_no_longer_in_the_menu_leads_home() {
    let mut phone = Phone::at_home();
    phone.types("1");
    phone.types("0700000002");
    phone.menu.screens.remove("confirm");
    assert_eq!(phone.types("1"), "run recognise");
}

#[test]
fn a_way_to_a_screen_that_is_not_in_the_menu_ends_the_session() {
    let mut phone = Phone::at_home();
    phone.menu.screens.remove("ask");
    let busy = Screen {
        text: "Busy.".to_owned(),
        end: true,
    };
    assert_eq!(phone.step(Input::Answer("1")), Step::Show(busy));
    assert!(phone.session.has_ended());
}

#[test]
fn a_long_screen_is_shown_in_pages_and_any_option_can_be_chosen_from_any_page() {
    let mut phone = Phone::at_home();
    phone.limit = 110;
    let first = phone.types("3");
    assert_eq!(
        first,
        "One rule takes this whole line.\nAnother rule takes this whole line.\n99:More 0:Back 00:Home"
    );
    assert_eq!(phone.types("8"), format!("Wrong choice.\n{first}"));
    let second = phone.types("99");
    assert_eq!(
        second,
        "A third rule takes this whole line.\nThe last rule takes this whole line.\n99:More 0:Back 00:Home"
    );
    assert_eq!(phone.types("98"), "1. Agree\n0:Back 00:Home");
    assert_eq!(phone.types("99"), "Wrong choice.\n1. Agree\n0:Back 00:Home");
    assert_eq!(phone.types("0"), second);
    assert_eq!(phone.types("0"), first);
    assert_eq!(phone.types("1"), "Goodbye.");
}

#[test]
fn a_long_screen_that_just_fits_one_page_goes_without_the_complaint() {
    let mut phone = Phone::at_home();
    phone.limit = 1000;
    let whole = phone.types("3");
    phone.limit = crate::text::septets(&whole).unwrap();
    assert_eq!(phone.types("8"), whole);
    phone.limit += "Wrong choice.\n".len();
    assert_eq!(phone.types("8"), format!("Wrong choice.\n{whole}"));
}

#[test]
fn names_are_cut_only_as_far_as_the_screen_needs() {
    let names = [
        "Mfano Girls Boarding Secondary School",
        "Mfano Boys Boarding Secondary School",
    ];
    let mut phone = Phone::at_home();
    phone.types("2");
    assert!(
        phone
            .lists(&names)
            .contains("1. Mfano Girls Boarding Secondary School\n")
    );
    phone.limit = 80;
    phone.types("00");
    phone.ends("known");
    phone.types("2");
    let narrow = phone.lists(&names);
    assert_eq!(
        narrow,
        "Which?\n1. Mfano Girls Boarding Sec.\n2. Mfano Boys Boarding Seco.\n0:Back 00:Home"
    );
}

#[test]
fn a_session_goes_on_where_it_was_written_down() {
    let mut phone = Phone::at_home();
    phone.types("2");
    let shown = phone.lists(&["A", "B", "C"]);
    let written = serde_json::to_string(&phone.session).unwrap();
    phone.session = serde_json::from_str(&written).unwrap();
    let engine = Engine {
        menu: &phone.menu,
        limit: 160,
    };
    assert_eq!(engine.show(&phone.session).text, shown);
    assert_eq!(phone.types("2"), "B\n1. Exit\n0:Back 00:Home");
}

const fn action(name: &'static str, writes: bool) -> ActionSpec {
    ActionSpec {
        name,
        writes,
        ..ActionSpec::BLANK
    }
}

const CATALOGUE: Catalogue = Catalogue {
    actions: &[
        action("recognise", false),
        action("list", false),
        action("save", true),
        action("switch", true),
        action("raise", true),
        action("prove", false),
        action("places", false),
    ],
    sms: &[],
};

impl Phone {
    /// Dials again after the session was dropped; what is offered, if anything.
    fn dials_again(&mut self) -> Option<String> {
        let dropped = std::mem::replace(&mut self.session, Session::new(Language::En));
        assert_eq!(self.takes(Input::Dial), "run recognise");
        self.ends("known");
        let engine = Engine {
            menu: &self.menu,
            limit: self.limit,
        };
        let offered = engine.offer(&mut self.session, &dropped, &CATALOGUE);
        offered.map(|screen| screen.text)
    }
}

#[test]
fn a_dropped_session_goes_on_where_it_stood_if_its_person_wants() {
    let mut phone = Phone::at_home();
    let question = phone.types("1");
    let offer = "Go on?\n1. Yes\n2. No";
    assert_eq!(phone.dials_again().as_deref(), Some(offer));
    assert_eq!(phone.types("9"), format!("Wrong choice.\n{offer}"));
    assert_eq!(phone.types("1"), question);
    assert!(phone.types("0").starts_with("Welcome\n"));
    for answer in ["2", "00"] {
        let mut phone = Phone::at_home();
        phone.types("1");
        phone.dials_again();
        assert_eq!(phone.types(answer), "run recognise");
        assert!(phone.ends("known").starts_with("Welcome\n"));
    }
}

#[test]
fn nobody_comes_back_to_a_confirmation() {
    let mut phone = Phone::at_home();
    let question = phone.types("1");
    phone.types("0700000002");
    assert!(phone.dials_again().is_some());
    assert_eq!(phone.types("1"), question);
    assert!(phone.session.fields.contains_key("line"));
}

#[test]
fn a_list_is_fetched_anew_on_the_page_where_it_was() {
    let mut phone = Phone::at_home();
    phone.types("2");
    phone.lists(&["A", "B", "C"]);
    phone.types("99");
    phone.lists(&["C"]);
    assert!(phone.dials_again().is_some());
    assert_eq!(phone.types("1"), "run list from 2");
    assert!(phone.lists(&["D"]).starts_with("Which?\n1. D\n"));
}

#[test]
fn there_is_nothing_to_go_on_with_at_the_start_after_a_change_or_after_the_end() {
    let mut phone = Phone::at_home();
    assert_eq!(phone.dials_again(), None, "the start");
    phone.types("1");
    assert!(phone.dials_again().is_some());
    assert_eq!(phone.dials_again(), None, "it is asked once");
    phone.types("1");
    phone.types("0700000002");
    phone.types("1");
    let saved = Outcome::of("saved").having_changed();
    assert!(phone.takes(Input::Ended(saved)).starts_with("Saved."));
    assert_eq!(phone.dials_again(), None, "a change");
    phone.types("0");
    assert_eq!(phone.dials_again(), None, "the end");
}

#[test]
fn a_line_that_is_received_elsewhere_is_not_asked() {
    let mut phone = Phone::at_home();
    phone.types("1");
    let dropped = std::mem::replace(&mut phone.session, Session::new(Language::En));
    phone.takes(Input::Dial);
    phone.ends("stranger");
    let engine = Engine {
        menu: &phone.menu,
        limit: 160,
    };
    assert_eq!(engine.offer(&mut phone.session, &dropped, &CATALOGUE), None);
}

#[test]
fn an_action_that_needs_more_is_tried_again_after_it() {
    let mut phone = Phone::at_home();
    assert_eq!(phone.types("5"), "run raise");
    let needs_pin = Outcome::of("needs_pin").to_try_again();
    assert_eq!(phone.takes(Input::Ended(needs_pin)), "PIN?\n0:Back 00:Home");
    assert_eq!(phone.types("1111"), "run prove");
    assert_eq!(phone.ends("wrong"), "PIN?\n0:Back 00:Home");
    assert_eq!(phone.types("1234"), "run prove");
    let proven = Proofs {
        pin: true,
        ..Proofs::default()
    };
    let step = phone.step(Input::Ended(Outcome::of("proven").having_proven(proven)));
    let Step::Run(call) = step else {
        panic!("the action is not tried again")
    };
    let session = &phone.session;
    assert_eq!((call.action.as_str(), session.proofs), ("raise", proven));
    assert!(!session.fields.contains_key("pin"), "the PIN is forgotten");
    assert!(phone.ends("raised").starts_with("Saved."));
    assert!(
        phone.types("0").starts_with("Welcome"),
        "back skips the PIN"
    );
}

#[test]
fn going_back_out_of_a_sub_menu_forgets_that_it_was_called() {
    let mut phone = Phone::at_home();
    phone.types("5");
    phone.takes(Input::Ended(Outcome::of("needs_pin").to_try_again()));
    assert!(phone.types("0").starts_with("Welcome"));
    assert_eq!(phone.types("6"), "run places from 0");
    phone.lists(&["Nyeri"]);
    assert!(phone.types("1").starts_with("Nyeri?"));
}

#[test]
fn a_call_goes_on_where_it_said_and_back_leads_into_it() {
    let mut phone = Phone::at_home();
    assert_eq!(phone.types("6"), "run places from 0");
    phone.lists(&["Nyeri", "Kisii"]);
    assert!(phone.types("2").starts_with("Kisii?"));
    assert_eq!(phone.types("0"), "run places from 0");
    phone.lists(&["Nyeri", "Kisii"]);
    assert!(phone.types("1").starts_with("Nyeri?"));
    assert!(phone.types("00").starts_with("run recognise"));
}

#[test]
fn an_option_is_there_for_whom_its_condition_holds() {
    let mut phone = Phone::at_home();
    let boss = |is| Outcome::of("known").with("boss", Value::Flag(is));
    phone.types("00");
    let home = phone.takes(Input::Ended(boss(true)));
    assert!(home.contains("7. Boss"), "{home}");
    phone.types("00");
    let home = phone.takes(Input::Ended(boss(false)));
    assert!(!home.contains("7. Boss"), "{home}");
    assert!(phone.types("7").starts_with("Wrong choice."));
}

#[test]
fn nobody_comes_back_past_a_proof_or_into_the_question_for_one() {
    let mut phone = Phone::at_home();
    phone.types("5");
    phone.takes(Input::Ended(Outcome::of("needs_pin").to_try_again()));
    assert_eq!(phone.dials_again(), None, "the question for a PIN");
    phone.types("5");
    phone.takes(Input::Ended(Outcome::of("needs_pin").to_try_again()));
    phone.types("1234");
    let pin = Proofs {
        pin: true,
        ..Proofs::default()
    };
    phone.takes(Input::Ended(Outcome::of("proven").having_proven(pin)));
    phone.ends("raised");
    phone.types("0");
    phone.types("1");
    assert_eq!(phone.dials_again(), None, "a proof");
}

#[test]
fn a_sub_menu_is_come_back_to_and_returns_as_before() {
    let mut phone = Phone::at_home();
    phone.types("6");
    phone.lists(&["Nyeri"]);
    let asked = phone.types("1");
    assert!(asked.starts_with("Nyeri?"), "{asked}");
    phone.types("0");
    phone.lists(&["Nyeri", "Kisii"]);
    assert!(phone.dials_again().is_some());
    assert_eq!(phone.types("1"), "run places from 0");
    phone.lists(&["Nyeri", "Kisii"]);
    assert!(phone.types("2").starts_with("Kisii?"));
}

#[test]
fn a_session_is_stored_with_all_it_knows_and_a_closed_one_knows_nothing() {
    let mut phone = Phone::at_home();
    phone.types("6");
    phone.lists(&["Nyeri", "Kisii"]);
    phone.types("2");
    let stored = |session: &Session| serde_json::to_string(session).unwrap();
    let whole = stored(&phone.session);
    assert!(whole.contains("Kisii"), "{whole}");
    let read: Session = serde_json::from_str(&whole).unwrap();
    assert!(read == phone.session, "{whole}");
    phone.session.close();
    assert!(phone.session.has_ended());
    let rest = stored(&phone.session);
    assert_eq!(rest, r#"{"l":"en","s":"confirm_place","e":true}"#);
    assert_eq!(phone.types("1"), "Over.");
}
