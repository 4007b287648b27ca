//! How long the engine thinks: one input to one screen, without any I/O. Run it by
//! `cargo bench --bench engine`.

use std::hint::black_box;

use cp2::actions::{self, CATALOGUE};
use cp2::domain::Language;
use cp2::menus::{FieldSpec, Menu, SCREEN, Value, embedded, prove};
use cp2::ussd::{Engine, Input, Outcome, Session, Step};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// The longest values of some fields.
fn longest(fields: &[FieldSpec]) -> Vec<(&'static str, Value)> {
    let sample = |field: &FieldSpec| Some((field.name, field.kind.samples().pop()?));
    fields.iter().filter_map(sample).collect()
}

/// A session that was dialled and stands where these answers lead, every action ending in
/// its first outcome.
fn session_at(engine: Engine<'_>, answers: &[&str]) -> Session {
    let mut session = Session::new(Language::Sw);
    let answers = answers.iter().map(|answer| Input::Answer(answer));
    for input in std::iter::once(Input::Dial).chain(answers) {
        let mut step = engine.step(&mut session, input);
        while let Step::Run(call) = step {
            step = engine.step(&mut session, Input::Ended(first_outcome(&call.action)));
        }
    }
    session
}

fn first_outcome(action: &str) -> Outcome {
    let outcome = actions::spec(action).and_then(|spec| spec.outcomes.first());
    let outcome = outcome.expect("every action has an outcome");
    Outcome {
        fields: longest(outcome.fields),
        ..Outcome::of(outcome.name)
    }
}

fn step(criterion: &mut Criterion, name: &str, session: &Session, menu: &Menu, answer: &str) {
    let engine = Engine {
        menu,
        limit: SCREEN,
    };
    criterion.bench_function(name, |bencher| {
        bencher.iter_batched_ref(
            || session.clone(),
            |session| black_box(engine.step(session, Input::Answer(black_box(answer)))),
            BatchSize::SmallInput,
        );
    });
}

fn steps(criterion: &mut Criterion) {
    let menu = prove(&embedded(), &CATALOGUE).expect("the shipped menus are in order");
    let engine = Engine {
        menu: &menu,
        limit: SCREEN,
    };
    let home = session_at(engine, &[]);
    step(criterion, "menu to question", &home, &menu, "5");
    step(criterion, "menu to action", &home, &menu, "1");
    step(criterion, "wrong choice", &home, &menu, "9");
    let deployment = session_at(engine, &["1"]);
    step(
        criterion,
        "two pages with names to cut",
        &deployment,
        &menu,
        "99",
    );
}

fn check(criterion: &mut Criterion) {
    let files = embedded();
    criterion.bench_function("check of the shipped menus", |bencher| {
        bencher.iter(|| prove(black_box(&files), &CATALOGUE).is_ok());
    });
}

criterion_group!(benches, steps, check);
criterion_main!(benches);
