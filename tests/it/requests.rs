//! Invitations, reported problems and requests to be registered, where transcripts can't
//! look: in the database, at both databases, with everything at once.

use cp2::actions::registration::{Decided, Decision, decide, waiting};
use cp2::actions::{Decider, Way};
use cp2::domain::{Clock, Msisdn};
use cp2::service::load_tools;
use cp2::store::registrations;

use crate::harness::service::{config, link_in, person};
use crate::harness::{TestService, on_each_database};
use crate::letters::words;

on_each_database!(
    only_an_accepted_invitation_yields_a_letter,
    what_is_told_of_a_problem_is_sealed,
    a_registered_id_number_is_never_told,
    a_request_is_approved_once,
    a_line_asks_once_at_a_time,
    the_owner_of_an_id_number_stays_the_owner,
);

const OPERATOR: Decider<'_> = Decider {
    name: "operator:test",
    way: Way::Operator,
    channel: "at",
};

/// The answers of a stranger, up to the key that sends them.
fn answers<'a>(name: &'a str, id: &'a str) -> [&'a str; 11] {
    [
        "3", "1", name, id, "3", "500123", "1985", "1", "kisumu", "1", "1",
    ]
}

/// Asks to be registered from a line of that number; the last screen.
async fn ask(service: &TestService, line: u32, name: &str, id: &str) -> String {
    let mut phone = service.phone(line);
    phone.walk(&answers(name, id)).await;
    phone.press("1").await
}

/// An operator decides the request of a line.
async fn decided(service: &TestService, line: u32, decision: Decision<'_>) -> Decided {
    let tools = load_tools(&config(
        "sqlite:none",
        &service.base,
        &service.sandbox.base_url(),
    ))
    .unwrap();
    let line = Msisdn::parse(&person(line)).unwrap();
    let mut tx = service.store.begin().await.unwrap();
    let open = registrations::open_of_line(&mut tx, &line).await.unwrap();
    let Some(open) = open else {
        return Decided::NotWaiting;
    };
    let wanted = (open.reference.as_str(), decision);
    let now = service.clock.now();
    let decided = decide(&mut tx, &tools, OPERATOR, wanted, now).await;
    tx.commit().await.unwrap();
    decided.unwrap()
}

/// A text without its reference.
fn without_reference(text: &str) -> String {
    let words = text.split(' ');
    let kept = words.filter(|word| !word.contains("R-"));
    kept.collect::<Vec<_>>().join(" ")
}

async fn only_an_accepted_invitation_yields_a_letter(service: &TestService) {
    let none = "END You have no deployment yet.";
    assert!(service.phone(6).walk(&["2"]).await.starts_with(none));
    let declined = ["10", "2", "5", "Ill", "1", "90000006"];
    let screen = service.phone(6).walk(&declined).await;
    assert!(screen.starts_with("END You have declined."), "{screen}");
    let kept = "SELECT COUNT(*) FROM deployments WHERE state = 'declined' AND answer_reason = 'Ill' \
                AND answered_at IS NOT NULL";
    assert_eq!(service.count(kept).await, 1);
    assert!(service.phone(6).walk(&["2"]).await.starts_with(none));
    let accepted = ["10", "1", "1", "90000006"];
    let mut phone = service.phone(6);
    let screen = phone.walk(&accepted).await;
    assert!(screen.starts_with("END Thank you."), "{screen}");
    assert_eq!(phone.repeat().await, screen);
    let screen = service.phone(6).walk(&["2"]).await;
    assert!(
        screen.starts_with("END A link to your KCSE 2026 letter"),
        "{screen}"
    );
    let link = link_in(&service.sms_of(&person(6), 3).await[0].text);
    let letter = service.post(&link, &[]).await.bytes().await.unwrap();
    let letter = words(&letter);
    for said in [
        "REF: KNEC/CONF/EA/FA/SE/EXMS/KCSE/2026/99",
        "RE: INVITATION TO MARK THE YEAR 2026 KCSE EXAMINATION",
        "Examiner No. 99",
        "Paper 565/2",
        "Marking centre 99900001 Mfano Marking Centre",
        "Accept or decline by",
        "Accepted on 5 October 2026",
    ] {
        assert!(letter.contains(said), "{said} is not in {letter}");
    }
    let left = "SELECT COUNT(*) FROM deployments WHERE state IN ('invited', 'declined')";
    assert_eq!(service.count(left).await, 0);
}

async fn what_is_told_of_a_problem_is_sealed(service: &TestService) {
    let keys = ["6", "2", "My secret town is Maragua", "1"];
    let screen = service.phone(4).walk(&keys).await;
    assert!(
        screen.starts_with("END Your report is with the council: P-"),
        "{screen}"
    );
    let kept = "SELECT COUNT(*) FROM problems WHERE state = 'open' AND kind = 'wrong_details'";
    assert_eq!(service.count(kept).await, 1);
    let contents = format!("{:?}", service.contents().await).to_lowercase();
    // In clear, and as databases write bytes.
    assert!(!contents.contains("secret town"));
    assert!(!contents.contains("73656372657420746f776e"));
}

async fn a_registered_id_number_is_never_told(service: &TestService) {
    let known = ask(service, 98, "Barasa Joel Wekesa", "90000004").await;
    let unknown = ask(service, 97, "Barasa Joel Wekesa", "90000321").await;
    assert!(known.contains("R-"), "{known}");
    assert_eq!(without_reference(&known), without_reference(&unknown));
    let told = &service.sms_of(&person(98), 1).await[0].text;
    let other = &service.sms_of(&person(97), 1).await[0].text;
    assert_eq!(without_reference(told), without_reference(other));
    assert_eq!(
        decided(service, 98, Decision::Approve).await,
        Decided::IdIsKnown
    );
    assert_eq!(decided(service, 97, Decision::Approve).await, Decided::Done);
    let contents = format!("{:?}", service.contents().await);
    assert_eq!(contents.matches("Barasa Joel Wekesa").count(), 2);
}

async fn a_request_is_approved_once(service: &TestService) {
    ask(service, 99, "Otieno Juma", "90000321").await;
    assert_eq!(decided(service, 99, Decision::Approve).await, Decided::Done);
    assert_eq!(
        decided(service, 99, Decision::Approve).await,
        Decided::NotWaiting
    );
    assert!(
        service
            .phone(99)
            .dial()
            .await
            .starts_with("CON KNEC CP2\n1. My deployment")
    );
    let told = service.sms_of(&person(99), 2).await;
    assert_eq!(
        told[0].text,
        "You are registered in CP2. Dial *384*2026# for your details and deployments."
    );
    let person = "SELECT COUNT(*) FROM people WHERE national_id = '90000321' AND birth_year = 1985 \
                  AND gender = 'F' AND sub_county = 'Kisumu Central' AND tsc_number = '500123'";
    assert_eq!(service.count(person).await, 1);
}

async fn a_line_asks_once_at_a_time(service: &TestService) {
    let mut phones: Vec<_> = (0..4).map(|_| service.phone(99)).collect();
    // Dialled as an extension, since a plain dial would offer to go on with the one before.
    for phone in &mut phones {
        let extension = answers("Otieno Juma", "90000321").join("*");
        phone.press(&extension).await;
    }
    let sent = phones.iter_mut().map(|phone| phone.press("1"));
    let screens = futures_util::future::join_all(sent).await;
    assert!(
        screens.iter().all(|screen| *screen == screens[0]),
        "{screens:?}"
    );
    service.sms_of(&person(99), 1).await;
    assert_eq!(service.count("SELECT COUNT(*) FROM registrations").await, 1);
    assert_eq!(service.count("SELECT COUNT(*) FROM outbox").await, 1);
}

async fn the_owner_of_an_id_number_stays_the_owner(service: &TestService) {
    ask(service, 98, "Otieno Juma", "90000321").await;
    ask(service, 97, "Otieno Juma", "90000321").await;
    let tools = load_tools(&config(
        "sqlite:none",
        &service.base,
        &service.sandbox.base_url(),
    ))
    .unwrap();
    let mut tx = service.store.begin_read().await.unwrap();
    let list = waiting(&mut tx, &tools).await.unwrap();
    assert!(
        list.iter()
            .all(|one| one.same_id == 2 && !one.id_is_known())
    );
    drop(tx);
    assert_eq!(decided(service, 98, Decision::Approve).await, Decided::Done);
    assert_eq!(
        decided(service, 97, Decision::Approve).await,
        Decided::IdIsKnown
    );
    assert_eq!(
        decided(service, 97, Decision::Refuse("the ID is registered")).await,
        Decided::Done
    );
    let told = &service.sms_of(&person(97), 2).await[0].text;
    assert!(
        told.ends_with("see your TSC sub-county director."),
        "{told}"
    );
    assert!(!told.contains("the ID is registered"));
}
