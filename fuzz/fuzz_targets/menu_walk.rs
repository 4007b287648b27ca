//! Bytes as keys and outcomes: no walk through the shipped menus may panic, show a screen
//! that is too long, or end where no key leads on.
#![no_main]

use std::sync::LazyLock;

use cp2::actions::CATALOGUE;
use cp2::menus::{Menu, SCREEN, embedded, prove};
use cp2::rehearsal::Walker;
use libfuzzer_sys::fuzz_target;

static MENU: LazyLock<Menu> =
    LazyLock::new(|| prove(&embedded(), &CATALOGUE).expect("the shipped menus are in order"));
static WALKER: LazyLock<Walker<'_>> = LazyLock::new(|| Walker::new(&MENU));

fuzz_target!(|bytes: &[u8]| {
    let Some((wide, bytes)) = bytes.split_first() else {
        return;
    };
    let limit = if wide % 2 == 0 { SCREEN } else { 184 };
    if let Err(fault) = WALKER.walk(limit, bytes) {
        panic!("{fault}");
    }
});
