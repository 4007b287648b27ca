//! Lost lines that the manager of a centre decides: who may, and what two at once come to.

use cp2::actions::{Decided, Decider, Decision, Way, decide_claim};
use cp2::domain::Clock;
use cp2::service::load_tools;
use cp2::store::number_changes;

use crate::harness::service::{config, person};
use crate::harness::{Database, Phone, TestService, on_each_database};

on_each_database!(
    a_manager_decides_for_their_own_centre_alone,
    a_manager_never_decides_about_themselves,
    the_manager_and_an_operator_at_once_decide_once,
);

const LOST_LINES: &str = "4. Lost lines";
const MADE: &str = "SELECT COUNT(*) FROM audit WHERE what = 'line.made'";

/// A new line asks for the place of a person of the demo.
async fn claim(service: &TestService, new_line: u32, of: u32) {
    let (id, tsc) = (format!("9000000{of}"), format!("50000{of}"));
    let answers = ["2", "1", &id, &tsc, "1980"];
    let screen = service.phone(new_line).walk(&answers).await;
    assert!(screen.contains("N-"), "{screen}");
}

/// The manager's phone before the key that approves the first lost line.
async fn before_approval(service: &TestService) -> Phone<'_> {
    let mut phone = service.phone(3);
    let screen = phone.walk(&["8", "4", "1234", "1", "1"]).await;
    assert!(screen.contains("1. Yes, approve"), "{screen}");
    phone
}

/// An operator approves the one request that waits.
async fn operator_approves(service: &TestService) -> Decided {
    let tools = load_tools(&config("sqlite:none", &service.base, &service.sandbox)).unwrap();
    let now = service.clock.now();
    let mut tx = service.store.begin().await.unwrap();
    let way = number_changes::Way::LostLine;
    let waiting = number_changes::waiting(&mut tx, way, now).await.unwrap();
    let Some(first) = waiting.first() else {
        return Decided::NotWaiting;
    };
    let by = Decider {
        name: "operator:test",
        way: Way::Operator,
        channel: "at",
    };
    let wanted = (first.reference.as_str(), Decision::Approve);
    let decided = decide_claim(&mut tx, &tools, by, wanted, now).await;
    tx.commit().await.unwrap();
    decided.unwrap()
}

async fn a_manager_decides_for_their_own_centre_alone(service: &TestService) {
    claim(service, 99, 1).await;
    for centre in ["1", "2"] {
        let other = service.phone(8).walk(&["8", centre]).await;
        assert!(!other.contains(LOST_LINES), "{other}");
    }
    let mut phone = before_approval(service).await;
    let done = phone.press("1").await;
    assert!(done.starts_with("END Done. Achieng Mercy"), "{done}");
    assert_eq!(phone.repeat().await, done);
    let by_manager = "SELECT COUNT(*) FROM number_changes n JOIN people p ON p.id = n.decided_by \
                      WHERE n.state = 'made' AND p.national_id = '90000003'";
    assert_eq!(service.count(by_manager).await, 1);
    let logged = "SELECT COUNT(*) FROM audit a JOIN people p ON p.id = a.actor \
                  WHERE a.what = 'line.made' AND a.way = 'ussd' AND p.national_id = '90000003' \
                  AND a.subject <> a.actor";
    assert_eq!(service.count(logged).await, 1);
    let old = &service.sms_of(&person(1), 2).await[0].text;
    assert!(old.contains("was changed to 25470****099"), "{old}");
    let new = &service.sms_of(&person(99), 1).await[0].text;
    assert!(new.contains("is now your CP2 number"), "{new}");
    // As after an operator's decision, what opens doors waits.
    let waits = service.phone(99).walk(&["3", "1"]).await;
    assert!(waits.contains("must wait until"), "{waits}");
}

async fn a_manager_never_decides_about_themselves(service: &TestService) {
    claim(service, 99, 3).await;
    let screen = service.phone(3).walk(&["8"]).await;
    assert!(!screen.contains(LOST_LINES), "{screen}");
    assert_eq!(operator_approves(service).await, Decided::Made);
}

async fn the_manager_and_an_operator_at_once_decide_once(service: &TestService) {
    claim(service, 99, 1).await;
    let mut phone = before_approval(service).await;
    let (screen, decided) = tokio::join!(phone.press("1"), operator_approves(service));
    if decided == Decided::Made {
        assert!(screen.starts_with("CON No such request waits"), "{screen}");
    } else {
        assert_eq!(decided, Decided::NotWaiting);
        assert!(screen.starts_with("END Done."), "{screen}");
    }
    assert_eq!(service.count(MADE).await, 1);
    assert_eq!(service.sms_of(&person(99), 1).await.len(), 1);
}

#[tokio::test]
async fn operators_alone_decide_where_the_council_says_so() {
    let keeps = |config: &mut cp2::config::Config| config.policy.managers_decide_claims = false;
    let service = TestService::start_with(Database::sqlite(), keeps).await;
    claim(&service, 99, 1).await;
    let screen = service.phone(3).walk(&["8"]).await;
    assert!(!screen.contains(LOST_LINES), "{screen}");
    assert_eq!(operator_approves(&service).await, Decided::Made);
    service.stop().await;
}
