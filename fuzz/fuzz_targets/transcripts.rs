//! Bytes as a transcript: it is read, or refused with the line that is wrong.
#![no_main]

use cp2::rehearsal::Script;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines = text.lines().count();
    match Script::parse("fuzz.txt", text) {
        Ok(script) => assert!(script.steps.iter().all(|step| step.line <= lines)),
        Err(error) => assert!((1..=lines).contains(&error.line)),
    }
});
