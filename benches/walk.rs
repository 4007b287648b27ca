//! A million random inputs on each width of screen, and how long they take: the long form
//! of a test in `rehearsal::walk`. Run it by `cargo bench --bench walk`.

use std::process::ExitCode;
use std::time::Instant;

use cp2::actions::CATALOGUE;
use cp2::menus::{SCREEN, embedded, prove};
use cp2::rehearsal::Walker;

const INPUTS: usize = 1_000_000;

fn main() -> ExitCode {
    let menu = prove(&embedded(), &CATALOGUE).expect("the shipped menus are in order");
    let walker = Walker::new(&menu);
    for limit in [SCREEN, 184] {
        let begun = Instant::now();
        if let Err(found) = walker.wander(limit, INPUTS) {
            eprintln!("on {limit} septets: {found}");
            return ExitCode::FAILURE;
        }
        println!(
            "{INPUTS} inputs on {limit} septets in {:.1?}",
            begun.elapsed()
        );
    }
    ExitCode::SUCCESS
}
