//! One's own pages on the site: an invitation answered, details and the number changed.

use reqwest::StatusCode;

use crate::harness::service::{happens, person};
use crate::harness::{Surfer, TestService, on_each_database};
use crate::site::{DEMO_PASSWORD, leads_to, logged_in};

on_each_database!(
    an_invitation_is_accepted_once_the_id_is_proven,
    an_invitation_is_declined_with_a_reason_and_accepted_still,
    details_are_changed_by_whoever_knows_the_pin,
    a_pin_is_guessed_at_no_oftener_than_on_the_phone,
    a_number_is_changed_by_a_code_to_the_new_one,
);

/// Where wrong and right proofs are typed.
pub(crate) async fn prove(
    surfer: &mut Surfer<'_>,
    what: &str,
    proof: &str,
    then: &str,
) -> reqwest::Response {
    let fields = [("what", what), ("proof", proof), ("then", then)];
    surfer.post("/me/proof", &fields).await
}

/// The text of a page that is there.
pub(crate) async fn shown(surfer: &mut Surfer<'_>, path: &str) -> String {
    let answer = surfer.get(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

/// What a form carries unseen under that name.
fn carried(page: &str, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&field).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

async fn at_the_invitation(service: &TestService) -> (Surfer<'_>, String) {
    let mut surfer = logged_in(service, 6, DEMO_PASSWORD).await;
    assert!(shown(&mut surfer, "/me").await.contains("/me/invitation"));
    assert!(
        shown(&mut surfer, "/me/invitation")
            .await
            .contains("Answer by")
    );
    let asked = shown(&mut surfer, "/me/invitation/accept").await;
    assert!(asked.contains("National ID number"), "{asked}");
    let then = carried(&asked, "then");
    let wrong = prove(&mut surfer, "national_id", "90000007", &then).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let right = prove(&mut surfer, "national_id", "90000006", &then).await;
    assert_eq!(leads_to(&right), "/me/invitation/accept");
    let sure = shown(&mut surfer, "/me/invitation/accept").await;
    let deployment = carried(&sure, "deployment");
    (surfer, deployment)
}

async fn an_invitation_is_accepted_once_the_id_is_proven(service: &TestService) {
    let (mut surfer, deployment) = at_the_invitation(service).await;
    // Nobody answers for somebody else.
    let mut other = logged_in(service, 1, DEMO_PASSWORD).await;
    prove(&mut other, "national_id", "90000001", "/me").await;
    let fields = [("deployment", deployment.as_str())];
    assert_eq!(
        other.post("/me/invitation/accept", &fields).await.status(),
        404
    );
    let accepted = surfer.post("/me/invitation/accept", &fields).await;
    assert_eq!(accepted.status(), 200);
    assert!(accepted.text().await.unwrap().contains("Thank you."));
    let again = surfer.post("/me/invitation/accept", &fields).await;
    assert_eq!(again.status(), 404);
    let me = shown(&mut surfer, "/me").await;
    assert!(me.contains("/me/letters/") && !me.contains("/me/invitation"));
    let sms = &service.sms_of(&person(6), 1).await[0].text;
    assert!(sms.starts_with("You accepted"), "{sms}");
}

async fn an_invitation_is_declined_with_a_reason_and_accepted_still(service: &TestService) {
    let (mut surfer, deployment) = at_the_invitation(service).await;
    let mut decline = async |reason: &str, words: &str| {
        let fields = [
            ("deployment", deployment.as_str()),
            ("reason", reason),
            ("words", words),
        ];
        surfer
            .post("/me/invitation/decline", &fields)
            .await
            .status()
    };
    for (reason, words) in [
        ("", ""),
        ("boredom", ""),
        ("words", ""),
        ("words", &"W".repeat(61)),
    ] {
        assert_eq!(decline(reason, words).await, 422);
    }
    assert_eq!(decline("words", "I am a candidate myself").await, 200);
    let kept = "SELECT COUNT(*) FROM deployments WHERE state = 'declined' \
                AND answer_reason = 'I am a candidate myself'";
    assert_eq!(service.count(kept).await, 1);
    let page = shown(&mut surfer, "/me/invitation").await;
    assert!(page.contains("You may still accept") && !page.contains("/decline"));
}

async fn details_are_changed_by_whoever_knows_the_pin(service: &TestService) {
    let mut surfer = logged_in(service, 1, DEMO_PASSWORD).await;
    let page = shown(&mut surfer, "/me/details").await;
    assert!(
        page.contains("A0*****001Z") && !page.contains("A000000001Z"),
        "{page}"
    );
    let form = shown(&mut surfer, "/me/details/email").await;
    assert!(form.contains("CP2 PIN"), "{form}");
    // Not past the question either.
    let address = [("email", "mbuzi@mfano.co.ke")];
    let unproven = surfer.post("/me/details/email", &address).await;
    assert!(unproven.text().await.unwrap().contains("CP2 PIN"));
    assert_eq!(service.count("SELECT COUNT(*) FROM changes").await, 0);
    let right = prove(&mut surfer, "pin", "1234", "/me/details/email").await;
    assert_eq!(leads_to(&right), "/me/details/email");
    for (path, wrong, right) in [
        ("email", &[("email", "mbuzi")][..], &address[..]),
        (
            "kra_pin",
            &[("kra_pin", "P051234567K")],
            &[("kra_pin", "a001234567k")],
        ),
        (
            "workstation",
            &[("workstation", " ")],
            &[("workstation", "Mfano School")],
        ),
        (
            "qualification",
            &[("qualification", "wizard")],
            &[("qualification", "masters")],
        ),
        (
            "place",
            &[("county", "Nairobi"), ("sub_county", "Likoni")],
            &[("county", "Mombasa"), ("sub_county", "Likoni")],
        ),
    ] {
        let path = format!("/me/details/{path}");
        assert!(
            !shown(&mut surfer, &path).await.contains("CP2 PIN"),
            "{path}"
        );
        assert_eq!(surfer.post(&path, wrong).await.status(), 422, "{path}");
        assert_eq!(surfer.post(&path, right).await.status(), 200, "{path}");
    }
    let second = shown(&mut surfer, "/me/details/place?county=Mombasa").await;
    assert!(second.contains("<option value=\"Likoni\">"), "{second}");
    let page = shown(&mut surfer, "/me/details").await;
    for value in [
        "m***@mfano.co.ke",
        "Mfano School",
        "Masters",
        "Likoni, Mombasa",
    ] {
        assert!(page.contains(value), "{value} in {page}");
    }
    let own = "SELECT COUNT(*) FROM changes WHERE actor = person_id AND way = 'web'";
    assert_eq!(service.count(own).await, 5);
    service.sms_of(&person(1), 5).await;
    assert_eq!(surfer.get("/me/details/name").await.status(), 404);
    // A proof counts as long as a visit may idle, and in its own browser.
    let mut other = logged_in(service, 1, DEMO_PASSWORD).await;
    assert!(
        shown(&mut other, "/me/details/email")
            .await
            .contains("CP2 PIN")
    );
    for _ in 0..2 {
        service.clock.advance(std::time::Duration::from_mins(8));
        shown(&mut surfer, "/me").await;
    }
    assert!(
        shown(&mut surfer, "/me/details/email")
            .await
            .contains("CP2 PIN")
    );
}

async fn a_pin_is_guessed_at_no_oftener_than_on_the_phone(service: &TestService) {
    let mut surfer = logged_in(service, 1, DEMO_PASSWORD).await;
    for left in ["Tries left: 2.", "Tries left: 1."] {
        let wrong = prove(&mut surfer, "pin", "4321", "/me/number").await;
        assert!(wrong.text().await.unwrap().contains(left));
    }
    assert_eq!(
        prove(&mut surfer, "pin", "4321", "/me/number")
            .await
            .status(),
        429
    );
    assert_eq!(
        prove(&mut surfer, "pin", "1234", "/me/number")
            .await
            .status(),
        429
    );
    assert_eq!(surfer.get("/me/number").await.status(), 429);
    let keys = ["4", "1", "A001234567K", "1"];
    let phone = service.phone(1).walk(&keys).await;
    assert!(phone.starts_with("END Too many wrong tries."), "{phone}");
}

async fn a_number_is_changed_by_a_code_to_the_new_one(service: &TestService) {
    let mut surfer = logged_in(service, 1, DEMO_PASSWORD).await;
    prove(&mut surfer, "pin", "1234", "/me/number").await;
    assert_eq!(surfer.get("/me/number/code").await.status(), 409);
    for wrong in ["12", "254700000001"] {
        let answer = surfer.post("/me/number", &[("number", wrong)]).await;
        assert_eq!(answer.status(), 422);
    }
    let sent = surfer
        .post("/me/number", &[("number", "0700 000 777")])
        .await;
    assert_eq!(leads_to(&sent), "/me/number/code");
    let sms = service.sms_of(&person(777), 1).await[0].text.clone();
    let digits: Vec<_> = sms.split(|c: char| !c.is_ascii_digit()).collect();
    let code = digits.iter().find(|digits| digits.len() == 6).unwrap();
    let wrong = if *code == "000000" {
        "000001"
    } else {
        "000000"
    };
    let wrong = surfer.post("/me/number/code", &[("code", wrong)]).await;
    assert!(wrong.text().await.unwrap().contains("Tries left: 2."));
    let taken = surfer.post("/me/number/code", &[("code", code)]).await;
    assert!(taken.text().await.unwrap().contains("254700000777"));
    assert_eq!(leads_to(&surfer.get("/me").await), "/login");
    assert!(!service.can_log_in(&person(1), DEMO_PASSWORD).await);
    assert!(happens(async || service.can_log_in(&person(777), DEMO_PASSWORD).await).await);
}
