//! Bytes as a menu file: whatever an author writes, the check answers with findings. A
//! menu that it lets through can be walked.
#![no_main]

use cp2::actions::CATALOGUE;
use cp2::menus::{MenuFile, SCREEN, prove};
use cp2::rehearsal::Walker;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let file = MenuFile {
        name: "fuzz.toml".to_owned(),
        text: text.to_owned(),
    };
    match prove(&[file], &CATALOGUE) {
        Ok(menu) => {
            if let Err(found) = Walker::new(&menu).wander(SCREEN, 500) {
                panic!("the check let this through: {found}");
            }
        }
        Err(findings) => assert!(!findings.to_string().is_empty()),
    }
});
