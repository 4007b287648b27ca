//! The shipped menus against the actions they name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::domain::Language;
use crate::menus::{Body, FieldSpec, Fields, Kind, Menu, SCREEN, Value, embedded, prove, schema};
use crate::text::septets;
use crate::ussd::{Call, Engine, Input, Outcome, Screen, Session, Step};

use super::{CATALOGUE, spec};

/// As many actions as a dialogue runs in one turn.
const ACTIONS: usize = 16;

static SHIPPED: LazyLock<Menu> = LazyLock::new(|| {
    prove(&embedded(), &CATALOGUE).unwrap_or_else(|findings| panic!("{findings}"))
});

#[test]
fn the_shipped_menus_are_proven() {
    assert!(SHIPPED.screens.contains_key(&SHIPPED.start));
}

#[test]
fn a_field_is_of_one_kind_in_every_action() {
    let mut kinds: BTreeMap<&str, Kind> = BTreeMap::new();
    for action in CATALOGUE.actions {
        let outcomes = action.outcomes.iter().flat_map(|outcome| outcome.fields);
        for FieldSpec { name, kind } in outcomes.chain(action.item).chain(action.inputs) {
            let known = kinds.entry(name).or_insert(*kind);
            assert!(known.is_like(*kind), "`{name}` of {}", action.name);
        }
    }
}

#[test]
fn the_schema_for_editors_is_the_one_of_these_actions() {
    let kept = include_str!("../../ussd_menus/schema.json");
    assert!(
        kept == format!("{:#}\n", schema(&CATALOGUE)),
        "write it anew: cargo run -- menus schema > ussd_menus/schema.json"
    );
}

/// What one turn brings: an answer, and dice for the outcomes of the actions it causes.
type Turn = (String, u32);

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let answer = prop_oneof![
        6 => "[0-7]",
        2 => prop::sample::select(vec!["00", "98", "99"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["0700000002", "A123456789Z", "12345678"]).prop_map(str::to_owned),
        1 => ".{0,12}",
    ];
    prop::collection::vec((answer, any::<u32>()), 0..60)
}

/// Rolls once more.
fn roll(dice: &mut u32, sides: usize) -> usize {
    *dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    (*dice >> 8) as usize % sides
}

/// Any outcome that the action declares, with values as long as it declares.
fn any_outcome(session: &Session, call: &Call, dice: &mut u32) -> Outcome {
    let spec = spec(&call.action).expect("the action is there");
    for input in spec.inputs {
        assert!(
            session.fields().contains_key(input.name),
            "{} needs {}",
            call.action,
            input.name
        );
    }
    let outcome = &spec.outcomes[roll(dice, spec.outcomes.len())];
    let items = if outcome.name == "listed" {
        1 + roll(dice, call.page.size + 1)
    } else {
        0
    };
    let language = (call.action == "language.switch").then(|| Language::ALL[roll(dice, 2)]);
    Outcome {
        fields: values(outcome.fields, dice),
        items: (0..items).map(|_| values(spec.item, dice)).collect(),
        language,
        changed: spec.writes && roll(dice, 2) == 0,
        ..Outcome::of(outcome.name)
    }
}

fn values(fields: &[FieldSpec], dice: &mut u32) -> Vec<(&'static str, Value)> {
    let value = |field: &FieldSpec| {
        let mut samples = field.kind.samples();
        let sample = roll(dice, samples.len());
        (field.name, samples.swap_remove(sample))
    };
    fields.iter().map(value).collect()
}

/// Runs actions to any of their outcomes until there is a screen.
fn shown(engine: Engine<'_>, session: &mut Session, input: Input<'_>, dice: &mut u32) -> Screen {
    let mut step = engine.step(session, input);
    for _ in 0..ACTIONS {
        match step {
            Step::Show(screen) => return screen,
            Step::Run(call) => {
                let outcome = any_outcome(session, &call, dice);
                step = engine.step(session, Input::Ended(outcome));
            }
        }
    }
    panic!(
        "`{}` shows nothing after {ACTIONS} actions",
        session.screen()
    );
}

/// Loses the session and dials again; what is shown then.
fn dialled_again(engine: Engine<'_>, session: &mut Session, dice: &mut u32) -> Screen {
    let dropped = std::mem::replace(session, Session::new(session.language));
    let screen = shown(engine, session, Input::Dial, dice);
    let offer = engine.offer(session, &dropped, &CATALOGUE);
    offer.unwrap_or(screen)
}

/// Types that, and sees that no action that writes is asked for.
fn unchanging(engine: Engine<'_>, session: &mut Session, answer: &str, dice: &mut u32) {
    let mut step = engine.step(session, Input::Answer(answer));
    while let Step::Run(call) = step {
        let name = &call.action;
        assert!(spec(name).is_some_and(|spec| !spec.writes), "{name}");
        let outcome = any_outcome(session, &call, dice);
        step = engine.step(session, Input::Ended(outcome));
    }
}

/// Whether a screen says that the last answer did not fit.
fn complains(screen: &Screen, language: Language) -> bool {
    let questions = SHIPPED
        .screens
        .values()
        .filter_map(|screen| match &screen.body {
            Body::Question { invalid, .. } => Some(invalid),
            _ => None,
        });
    let mut complaints = questions.chain([&SHIPPED.words.wrong_choice]);
    complaints.any(|texts| {
        let complaint = texts
            .it
            .of(language)
            .fill(&Fields::new(), language, usize::MAX);
        screen.text.starts_with(&format!("{complaint}\n"))
    })
}

proptest! {
    #[test]
    fn no_walk_through_the_shipped_menus_gets_stuck_or_too_long(
        turns in turns(),
        mut dice in any::<u32>(),
        kiswahili in any::<bool>(),
        limit in SCREEN..185,
    ) {
        let engine = Engine { menu: &SHIPPED, limit };
        let mut session = Session::new(if kiswahili { Language::Sw } else { Language::En });
        let mut screen = shown(engine, &mut session, Input::Dial, &mut dice);
        for (answer, more_dice) in turns {
            let size = septets(&screen.text);
            prop_assert!(size.is_some_and(|size| (1..=limit).contains(&size)), "{}", screen.text);
            prop_assert_eq!(screen.end, session.has_ended());
            if !complains(&screen, session.language) {
                prop_assert_eq!(engine.show(&session).text, &*screen.text);
            }
            if session.has_ended() {
                break;
            }
            dice ^= more_dice;
            screen = match roll(&mut dice, 10) {
                0 => dialled_again(engine, &mut session, &mut dice),
                _ => shown(engine, &mut session, Input::Answer(&answer), &mut dice),
            };
        }
    }

    #[test]
    fn whoever_comes_back_changes_nothing_by_one_key(turns in turns(), mut dice in any::<u32>()) {
        let engine = Engine { menu: &SHIPPED, limit: SCREEN };
        let mut session = Session::new(Language::En);
        shown(engine, &mut session, Input::Dial, &mut dice);
        for (answer, more_dice) in turns {
            dice ^= more_dice;
            shown(engine, &mut session, Input::Answer(&answer), &mut dice);
            let mut again = session.clone();
            dialled_again(engine, &mut again, &mut dice);
            if !again.is_offered() {
                continue;
            }
            prop_assert!(!session.has_ended());
            unchanging(engine, &mut again, "1", &mut dice);
            // A list that has come to nothing may lead to the start.
            if SHIPPED.is_top(again.screen()) {
                continue;
            }
            for key in 0..10 {
                unchanging(engine, &mut again.clone(), &key.to_string(), &mut dice);
            }
        }
    }
}
