//! Copies of a database, made while it is used, and the proof that one holds.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::harness::program::{Said, cp2, run};
use crate::harness::service::person;
use crate::harness::{Office, TestService, on_each_database};

on_each_database!(a_copy_is_made_beside_the_work_and_holds);

async fn a_copy_is_made_beside_the_work_and_holds(service: &TestService) {
    let office = Office::at(service);
    let copy = office.file("copy.db");
    let path = copy.to_str().unwrap().to_owned();
    service.phone(1).walk(&["3", "1"]).await;
    let made = run(&mut office.command(&["db", "backup", &path]));
    if service.database_url().starts_with("postgres") {
        assert_eq!(made.code, Some(1));
        assert!(made.err.contains("pg_dump"), "{}", made.err);
        assert!(!copy.exists());
        return;
    }
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert_eq!(
        fs::metadata(&copy).unwrap().permissions().mode() & 0o777,
        0o600
    );
    // What comes later is not in it.
    service.phone(2).walk(&["3", "1"]).await;
    service.sms_of(&person(2), 1).await;

    let people = service.count("SELECT COUNT(*) FROM people").await;
    let proven = verify(&path);
    assert_eq!(proven.code, Some(0), "{}", proven.err);
    assert!(
        proven.out.contains(&format!("{people} people\n")),
        "{}",
        proven.out
    );
    assert!(proven.out.contains(" 1 SMS\n"), "{}", proven.out);

    let again = run(&mut office.command(&["db", "backup", &path]));
    assert_eq!(again.code, Some(1), "a copy is never written over");

    // A page in the middle is lost.
    let mut bytes = fs::read(&copy).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    fs::write(&copy, bytes).unwrap();
    let broken = verify(&path);
    assert_eq!(broken.code, Some(1), "{}", broken.out);
    let folder = fs::read_dir(copy.parent().unwrap()).unwrap();
    let names: Vec<_> = folder.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(
        names.len(),
        2,
        "only the settings and the copy are left: {names:?}"
    );
}

fn verify(path: &str) -> Said {
    run(&mut cp2(["db", "verify", path]))
}
