//! Checking a printed letter: by the square on it, by its code, by phone.

use std::process::{Command, Stdio};

use crate::harness::service::{link_in, person};
use crate::harness::{TestService, on_each_database};

on_each_database!(
    the_square_on_a_letter_leads_to_what_it_must_say,
    a_code_is_typed_as_it_is_printed,
    a_letter_that_was_taken_back_says_so,
    no_forged_code_gets_an_answer,
);

/// The letter of a person of the demo, as a PDF.
async fn letter(service: &TestService, number: u32) -> Vec<u8> {
    service.phone(number).walk(&["2"]).await;
    let link = link_in(&service.sms_of(&person(number), 1).await[0].text);
    let answer = service.post(&link, &[]).await;
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

/// What the square on the last page of a letter holds, as a phone's camera sees it.
fn scanned(pdf: &[u8]) -> String {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("letter.pdf");
    std::fs::write(&file, pdf).unwrap();
    let page = folder.path().join("page");
    let mut draw = Command::new("pdftoppm");
    draw.args(["-png", "-r", "150"]).arg(&file).arg(&page);
    assert!(draw.status().unwrap().success());
    let mut pages: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "png"))
        .collect();
    pages.sort();
    let mut scan = Command::new("zbarimg");
    scan.args(["--quiet", "--raw"]).arg(pages.last().unwrap());
    let seen = scan.stderr(Stdio::null()).output().unwrap().stdout;
    String::from_utf8(seen).unwrap().trim().to_owned()
}

/// The check code of a letter, from its square.
async fn code_of(service: &TestService, number: u32) -> String {
    let address = scanned(&letter(service, number).await);
    let place = format!("{}/v/", service.base);
    address.strip_prefix(&place).unwrap().to_owned()
}

async fn page(service: &TestService, path: &str) -> (u16, String) {
    let answer = service.get(path).await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn the_square_on_a_letter_leads_to_what_it_must_say(service: &TestService) {
    let code = code_of(service, 1).await;
    let (status, said) = page(service, &format!("/v/{code}")).await;
    assert_eq!(status, 200);
    for part in [
        "This letter is genuine.",
        "KCSE 2026",
        "Invigilator (INV)",
        "99208105 Mfano Secondary School",
        "19 October 2026 – 20 November 2026",
        "<dd>001</dd>",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    // Nothing else of whoever holds it.
    for private in ["Achieng", "90000001", "254700000001"] {
        assert!(!said.contains(private), "{private} is in {said}");
    }
    let (_, said) = page(service, &format!("/v/{code}?lang=sw")).await;
    assert!(said.contains("Barua hii ni halali."), "{said}");
}

async fn a_code_is_typed_as_it_is_printed(service: &TestService) {
    let code = code_of(service, 1).await;
    let (serial, mark) = code.split_at(7);
    let (one, two) = mark.split_at(4);
    let typed = format!("/v?lang=en&code={serial}+{one}-{two}");
    let answer = service.get(&typed).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], format!("/v/{code}?lang=en"));
    let screen = service.phone(99).walk(&["4", &code]).await;
    assert!(screen.starts_with("END Genuine."), "{screen}");
    assert!(screen.ends_with("ID ends in 001"), "{screen}");
    for path in ["/v?code=12", "/v/12", "/v/%00"] {
        let (status, said) = page(service, path).await;
        assert_eq!(status, 422, "{path}");
        assert!(
            said.contains("A check code has 15 digits."),
            "{path}: {said}"
        );
    }
    let (status, said) = page(service, "/v").await;
    assert!(status == 200 && said.contains("name=\"code\""), "{said}");
    assert!(said.len() < 14_000);
}

async fn a_letter_that_was_taken_back_says_so(service: &TestService) {
    let code = code_of(service, 1).await;
    service
        .execute("UPDATE deployments SET state = 'cancelled' WHERE serial = 9900001")
        .await;
    let (status, said) = page(service, &format!("/v/{code}")).await;
    assert_eq!(status, 410);
    assert!(said.contains("taken it back"), "{said}");
    service.execute("DELETE FROM links").await;
    service
        .execute("DELETE FROM deployments WHERE serial = 9900001")
        .await;
    let (status, _) = page(service, &format!("/v/{code}")).await;
    assert_eq!(status, 410);
    let screen = service.phone(99).walk(&["4", &code]).await;
    assert!(screen.contains("has taken it back"), "{screen}");
}

async fn no_forged_code_gets_an_answer(service: &TestService) {
    let code = code_of(service, 1).await;
    let (serial, mark) = code.split_at(7);
    let mark: u32 = mark.parse().unwrap();
    let next = format!("{serial}{:08}", (mark + 1) % 100_000_000);
    let other = format!("{}{mark:08}", "9900002");
    for forged in [next, other] {
        let (status, said) = page(service, &format!("/v/{forged}")).await;
        assert_eq!(status, 404);
        assert!(
            said.contains("has not written a letter with this code"),
            "{said}"
        );
    }
}
