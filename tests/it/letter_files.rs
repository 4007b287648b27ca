//! The letters of a series as files.

use std::fs;
use std::path::Path;

use crate::harness::program::run;
use crate::harness::{Office, TestService, on_each_database};

on_each_database!(the_letters_of_a_centre_are_written);

/// The names of the files in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let name = |file: fs::DirEntry| file.file_name().into_string().unwrap();
    let mut names: Vec<_> = files.map(|file| name(file.unwrap())).collect();
    names.sort();
    names
}

async fn the_letters_of_a_centre_are_written(service: &TestService) {
    let office = Office::at(service);
    let folder = office.file("out");
    let render = |more: &[&str]| {
        let out = folder.to_str().unwrap();
        let arguments = ["letters", "render", "--out", out];
        run(&mut office.command(&[&arguments, more].concat()))
    };
    let said = render(&["--series", "KCSE 2026", "--centre", "99208105"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert!(said.out.starts_with("6 letters in "), "{}", said.out);
    let all = names(&folder);
    assert_eq!(all.len(), 6);
    for name in &all {
        assert!(name.starts_with("99208105-"), "{name}");
        assert!(fs::read(folder.join(name)).unwrap().starts_with(b"%PDF-"));
    }
    fs::remove_dir_all(&folder).unwrap();
    let serial = all[0].rsplit_once('-').unwrap().1.trim_end_matches(".pdf");
    render(&["--series", "KCSE 2026", "--serial", serial]);
    assert_eq!(names(&folder), all[..1]);
    let said = render(&["--series", "KCSE 2019"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("there is no such letter"), "{}", said.err);
}
