//! The letters of a series as files.

use std::fs;
use std::path::Path;

use crate::harness::program::{cp2, run};
use crate::harness::{Office, TestService, on_each_database};
use crate::letters::{run_on, words};

on_each_database!(
    the_letters_of_a_centre_are_written,
    the_councils_own_texts_take_the_place_of_those_built_in,
    the_councils_own_crest_stands_on_its_letters,
);

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

async fn the_councils_own_texts_take_the_place_of_those_built_in(service: &TestService) {
    let office = Office::at(service);
    let (own, out) = (office.file("own"), office.file("out"));
    fs::create_dir(&own).unwrap();
    let text = own.join("invigilator.md");
    let render = || {
        let serial = ["--series", "KCSE 2026", "--serial", "9900001"];
        let out = ["--out", out.to_str().unwrap()];
        let mut command = office.command(&[&["letters", "render"][..], &serial, &out].concat());
        run(command.env("CP2__COUNCIL__LETTERS_FOLDER", &own))
    };
    fs::write(&text, "# Come\n\nDear {name}, be at **{centre_name}**.").unwrap();
    assert_eq!(render().code, Some(0));
    let letter = words(&fs::read(out.join("99208105-INV-9900001.pdf")).unwrap());
    let ours = "RE: COME Dear Achieng Mercy Odhiambo, be at Mfano Secondary School.";
    assert!(letter.contains(ours), "{letter}");

    fs::write(&text, "# Come\n\nDear {who},").unwrap();
    let fault = format!("{}:3: there is no placeholder {{who}}", text.display());
    let refused = render();
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains(&fault), "{}", refused.err);
    let check = |folder: &Path| run(&mut cp2(["letters", "check", folder.to_str().unwrap()]));
    let said = check(&own);
    assert_eq!(said.code, Some(1));
    assert!(said.err.starts_with(&fault), "{}", said.err);
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("letters");
    let said = check(&shipped);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.ends_with("7 letters, in order\n"), "{}", said.out);
}

/// Pixels of pure red on the first page of a letter, at 36 to the inch.
fn red_pixels(pdf: &[u8]) -> usize {
    let picture = run_on(pdf, "pdftoppm", &["-r", "36", "-l", "1"], &[]);
    let pixels = &picture[picture.len() - picture.len() / 3 * 3..];
    pixels
        .chunks(3)
        .filter(|pixel| *pixel == [255, 0, 0])
        .count()
}

async fn the_councils_own_crest_stands_on_its_letters(service: &TestService) {
    let office = Office::at(service);
    let (crest, out) = (office.file("crest.svg"), office.file("out"));
    // 56 points high, so 28 pixels of this picture, and as wide.
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'>\
               <rect width='8' height='8' fill='red'/></svg>";
    fs::write(&crest, svg).unwrap();
    let render = |set: bool| {
        let serial = ["--series", "KCSE 2026", "--serial", "9900001"];
        let to = ["--out", out.to_str().unwrap()];
        let mut command = office.command(&[&["letters", "render"][..], &serial, &to].concat());
        if set {
            command.env("CP2__COUNCIL__CREST", &crest);
        }
        assert_eq!(run(&mut command).code, Some(0));
        red_pixels(&fs::read(out.join("99208105-INV-9900001.pdf")).unwrap())
    };
    assert_eq!(render(false), 0);
    let red = render(true);
    assert!((27 * 27..=29 * 29).contains(&red), "{red}");
}
