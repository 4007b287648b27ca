//! What the guide to menus promises is what the program does.

use cp2::actions::CATALOGUE;
use cp2::menus::{self, MenuFile};

const GUIDE: &str = include_str!("../../docs/menus.md");

#[test]
fn the_menu_in_the_guide_is_proven() {
    let blocks = GUIDE.split("```toml\n").skip(1);
    let text = blocks
        .filter_map(|block| block.split("```").next())
        .find(|block| block.contains("\nstart = "));
    let file = MenuFile {
        name: "docs/menus.md".to_owned(),
        text: text.unwrap().to_owned(),
    };
    let proven = menus::prove(&[file], &CATALOGUE).map(|menu| menu.screens.len());
    assert_eq!(proven.map_err(|findings| findings.to_string()), Ok(9));
}

#[test]
fn the_page_of_actions_is_what_the_program_would_write() {
    let page = include_str!("../../docs/actions.md");
    assert!(
        page == menus::guide(&CATALOGUE),
        "docs/actions.md is old: cp2 menus actions > docs/actions.md"
    );
}
