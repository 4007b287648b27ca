//! The shipped menus against the actions they name.

use crate::menus::{embedded, prove};

use super::CATALOGUE;

#[test]
fn the_shipped_menus_are_proven() {
    if let Err(findings) = prove(&embedded(), &CATALOGUE) {
        panic!("{findings}");
    }
}
