//! See `file` in `parsers.rs`.
#![no_main]

#[path = "../parsers.rs"]
#[allow(dead_code, reason = "each target runs one of them")]
mod parsers;

libfuzzer_sys::fuzz_target!(|it: &str| parsers::file(it));
