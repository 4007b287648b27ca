//! The transcripts of the shipped menus, and that they leave no way unwalked.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cp2::actions::CATALOGUE;
use cp2::menus;
use cp2::rehearsal::{Script, play};

#[tokio::test]
async fn the_shipped_menus_go_as_their_transcripts_say_on_every_way() {
    let menu = menus::prove(&menus::embedded(), &CATALOGUE).unwrap();
    let stage = tempfile::tempdir().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ussd_menus/transcripts");
    let mut differences = Vec::new();
    let mut walked = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let script = Script::parse(&path.display().to_string(), &text).unwrap();
        let played = play(&script, &menu, stage.path()).await.unwrap();
        differences.extend(played.differences.iter().map(ToString::to_string));
        walked.extend(played.walked);
    }
    assert_eq!(differences, Vec::<String>::new());
    let missed: Vec<_> = menu
        .edges()
        .into_iter()
        .filter(|edge| !walked.contains(edge))
        .collect();
    assert_eq!(missed, Vec::new());
}
