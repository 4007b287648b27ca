//! What people do with their phones, from the first key to the last SMS.

use crate::harness::service::{link_in, password_in, person};
use crate::harness::{TestService, on_each_database};

on_each_database!(
    a_deployment_is_read_in_one_hop,
    someone_without_a_deployment_reads_who_decides,
    someone_with_two_deployments_chooses,
    the_longest_names_fit_in_kiswahili,
    an_unknown_line_reads_what_to_do,
    an_invitation_is_no_deployment,
    a_reset_sends_a_new_password_and_ends_the_old_one,
    resets_are_limited,
    a_link_opens_the_letter_once,
    a_link_ends_with_its_time,
    a_kra_pin_is_typed_checked_confirmed_and_saved,
    a_new_number_takes_everything_over,
    a_number_that_someone_holds_is_refused,
    the_language_of_a_line_is_remembered,
);

const HOME: &str = "CON KNEC CP2\n1. My deployment\n2. Get letter by SMS\n3. Reset password\n\
                    4. My details\n5. Change phone number\n6. Problem, help\n7. Kiswahili\n0. Exit";

async fn a_deployment_is_read_in_one_hop(service: &TestService) {
    let mut phone = service.phone(1);
    assert_eq!(phone.dial().await, HOME);
    assert_eq!(
        phone.press("1").await,
        "CON KCSE 2026 Invigilator\n99208105 Mfano Secondar.\nMurang'a South\n\
         Report 16 Oct 7:00am\n19 Oct-20 Nov KES 550/day\nPapers Murang'a South.\n\
         1. SMS letter\n0:Back 00:Home"
    );
    // There is no room for a complaint, so a key that is none shows the screen again.
    let again = phone.press("7").await;
    assert!(
        again.starts_with("CON KCSE 2026 Invigilator\n99208105"),
        "{again}"
    );
    assert!(again.ends_with("1. SMS letter\n0:Back 00:Home"), "{again}");
    assert_eq!(phone.press("0").await, HOME);
    assert_eq!(phone.press("0").await, "END Thank you. Goodbye.");
}

async fn someone_without_a_deployment_reads_who_decides(service: &TestService) {
    let screen = service.phone(4).walk(&["1"]).await;
    assert!(
        screen.starts_with("END You have no deployment yet. Your TSC sub-county director decides"),
        "{screen}"
    );
}

async fn someone_with_two_deployments_chooses(service: &TestService) {
    let mut phone = service.phone(5);
    let screen = phone.walk(&["1"]).await;
    assert_eq!(
        screen,
        "CON Which deployment?\n1. KCSE 2026 SUP 99208105\n2. KJSEA 2026 INV 99104012\n0:Back 00:Home"
    );
    assert!(
        phone
            .press("3")
            .await
            .starts_with("CON Wrong choice.\nWhich deployment?")
    );
    assert!(
        phone
            .press("2")
            .await
            .starts_with("CON KJSEA 2026 Invigilator\n99104012")
    );
    assert!(
        phone
            .press("0")
            .await
            .starts_with("CON Which deployment?\n1. KCSE")
    );
    assert!(
        phone
            .press("1")
            .await
            .starts_with("CON KCSE 2026 Supervisor\n99208105")
    );
}

async fn the_longest_names_fit_in_kiswahili(service: &TestService) {
    let mut phone = service.phone(7).on_network("63902");
    let first = phone.walk(&["1"]).await;
    assert!(
        first.starts_with("CON KCSE 2026 Msimamizi wa chumba (INV)\n99731222 Mtakatifu"),
        "{first}"
    );
    assert!(first.ends_with("99:Zaidi 0:Rudi 00:Menyu"), "{first}");
    let second = phone.press("99").await;
    assert!(
        second.ends_with("1. Barua kwa SMS\n0:Rudi 00:Menyu"),
        "{second}"
    );
    for screen in [&first, &second] {
        assert!(
            cp2::text::septets(&screen["CON ".len()..]).unwrap() <= 160,
            "{screen}"
        );
    }
}

async fn an_unknown_line_reads_what_to_do(service: &TestService) {
    let mut phone = service.phone(99);
    assert!(
        phone
            .dial()
            .await
            .starts_with("CON This line is not registered.")
    );
    assert!(
        phone
            .press("1")
            .await
            .starts_with("CON Laini hii haijasajiliwa.")
    );
    assert!(service.sandbox.messages().is_empty());
}

async fn an_invitation_is_no_deployment(service: &TestService) {
    assert!(
        service
            .phone(6)
            .walk(&["1"])
            .await
            .starts_with("END You have no deployment yet.")
    );
}

async fn a_reset_sends_a_new_password_and_ends_the_old_one(service: &TestService) {
    assert!(service.can_log_in(&person(1), "karibu2026").await);
    let mut phone = service.phone(1);
    let question = phone.walk(&["3"]).await;
    assert!(
        question.starts_with("CON A new CP2 password will come by SMS to 25470****001."),
        "{question}"
    );
    assert!(
        phone
            .press("1")
            .await
            .starts_with("END Your new password is on its way by SMS.")
    );
    let messages = service.sms_of(&person(1), 1).await;
    let text = &messages[0].text;
    assert!(
        text.starts_with("CP2 user name 254700000001, new password "),
        "{text}"
    );
    assert_eq!(messages[0].segments, 1);
    assert!(!service.can_log_in(&person(1), "karibu2026").await);
    assert!(service.can_log_in(&person(1), password_in(text)).await);
    service.outbox_comes_to(&[("delivered", 1)]).await;
}

async fn resets_are_limited(service: &TestService) {
    for done in 1..=3 {
        assert!(
            service
                .phone(1)
                .walk(&["3", "1"])
                .await
                .starts_with("END Your new password is on its way")
        );
        service.outbox_comes_to(&[("delivered", done)]).await;
    }
    assert!(
        service
            .phone(1)
            .walk(&["3", "1"])
            .await
            .starts_with("END Too many resets.")
    );
    service.clock.advance(std::time::Duration::from_mins(11));
    assert!(
        service
            .phone(1)
            .walk(&["3", "1"])
            .await
            .starts_with("END Your new password is on its way")
    );
    let passwords: std::collections::BTreeSet<_> = service
        .sms_of(&person(1), 4)
        .await
        .iter()
        .map(|sms| password_in(&sms.text).to_owned())
        .collect();
    assert_eq!(passwords.len(), 4, "each reset made a password of its own");
}

async fn a_link_opens_the_letter_once(service: &TestService) {
    let screen = service.phone(1).walk(&["2"]).await;
    assert!(
        screen.starts_with("END A link to your KCSE 2026 letter is on its way by SMS."),
        "{screen}"
    );
    let messages = service.sms_of(&person(1), 1).await;
    assert_eq!(messages[0].segments, 1);
    let link = link_in(&messages[0].text);
    // Robots look first, in every way they know.
    for _ in 0..3 {
        let page = service.get(&link).await;
        assert_eq!(page.status(), 200);
        let page = page.text().await.unwrap();
        assert!(
            page.contains("<button") && !page.contains("Achieng") && !page.contains("99208105"),
            "{page}"
        );
        let head = service
            .client
            .head(format!("{}{link}", service.base))
            .send()
            .await
            .unwrap();
        assert_eq!(head.status(), 200);
    }
    let letter = service.post(&link, &[]).await;
    assert_eq!(letter.status(), 200);
    assert_eq!(letter.headers()["content-type"], "application/pdf");
    assert_eq!(letter.headers()["cache-control"], "no-store");
    let pdf = letter.bytes().await.unwrap();
    assert!(
        pdf.starts_with(b"%PDF-") && pdf.len() < 40 * 1024,
        "{} bytes",
        pdf.len()
    );
    let again = service.post(&link, &[]).await;
    assert_eq!(again.status(), 404);
    let again = again.text().await.unwrap();
    assert!(
        again.contains("*384*2026#"),
        "the page says how to get another link"
    );
    assert_eq!(service.get(&link).await.text().await.unwrap(), again);
    let wrong = service.get("/l/00000000000000000000000000").await;
    assert_eq!(wrong.status(), 404);
    assert_eq!(
        wrong.text().await.unwrap(),
        again,
        "a wrong link tells nothing that a used one does not"
    );
}

async fn a_link_ends_with_its_time(service: &TestService) {
    service.phone(1).walk(&["2"]).await;
    let link = link_in(&service.sms_of(&person(1), 1).await[0].text);
    service.clock.advance(std::time::Duration::from_hours(72));
    assert_eq!(service.get(&link).await.status(), 404);
    assert_eq!(service.post(&link, &[]).await.status(), 404);
}

async fn a_kra_pin_is_typed_checked_confirmed_and_saved(service: &TestService) {
    let mut phone = service.phone(3);
    assert!(phone.walk(&["4"]).await.contains("KRA PIN -\n"));
    assert!(phone.press("1").await.starts_with("CON Type your KRA PIN"));
    assert!(
        phone
            .press("P051234567Q")
            .await
            .starts_with("CON That is not a personal KRA PIN.\nType your KRA PIN")
    );
    assert!(
        phone
            .press("oo1234567 k")
            .await
            .starts_with("CON KRA PIN A001234567K. Is this correct?")
    );
    assert!(phone.press("1").await.starts_with("CON Type your CP2 PIN"));
    assert_eq!(
        phone.press("1234").await,
        "END Saved. Your KRA PIN is A001234567K. You will receive an SMS."
    );
    assert!(
        service
            .phone(3)
            .walk(&["4"])
            .await
            .contains("KRA PIN A0*****567K\n")
    );
    let text = service.sms_of(&person(3), 1).await[0].text.clone();
    assert!(
        text.starts_with("Your KRA PIN in CP2 was changed on 5 Oct.") && !text.contains("1234567"),
        "{text}"
    );
}

async fn a_new_number_takes_everything_over(service: &TestService) {
    let mut phone = service.phone(3);
    let saved = phone.change_number("0700000777").await;
    assert!(
        saved.starts_with("END Saved. Your CP2 number is now 254700000777."),
        "{saved}"
    );
    let told = service.sms_of(&person(3), 1).await[0].text.clone();
    assert!(told.contains("was changed to 25470****777"), "{told}");
    let told = service.sms_of("254700000777", 2).await[0].text.clone();
    assert!(
        told.starts_with("This line is now your CP2 number"),
        "{told}"
    );
    let old = service.phone(3).dial().await;
    assert!(old.starts_with("CON This line is not registered"), "{old}");
    let new = service.phone_of("254700000777").walk(&["1"]).await;
    assert!(new.starts_with("CON KCSE 2026 Centre manager"), "{new}");
    assert!(
        service.can_log_in(&person(777), "karibu2026").await,
        "the user name follows the number"
    );
    assert!(!service.can_log_in(&person(3), "karibu2026").await);
}

async fn a_number_that_someone_holds_is_refused(service: &TestService) {
    let mut phone = service.phone(3);
    let refused = phone.change_number("0700000001").await;
    assert!(
        refused.starts_with("END This number can't be used."),
        "{refused}"
    );
    let same = service
        .phone(3)
        .walk(&["5", "0700000003", "1", "1234"])
        .await;
    assert!(
        same.starts_with("END That is your number already."),
        "{same}"
    );
    let holder = service.phone(1).walk(&["1"]).await;
    assert!(holder.starts_with("CON KCSE 2026 Invigilator"), "{holder}");
}

async fn the_language_of_a_line_is_remembered(service: &TestService) {
    assert!(
        service
            .phone(1)
            .walk(&["7"])
            .await
            .starts_with("CON KNEC CP2\n1. Nilikopangiwa")
    );
    assert!(
        service
            .phone(1)
            .dial()
            .await
            .starts_with("CON KNEC CP2\n1. Nilikopangiwa")
    );
    service.phone(1).walk(&["3", "1"]).await;
    let text = service.sms_of(&person(1), 1).await[0].text.clone();
    assert!(
        text.starts_with("CP2: jina la kuingia 254700000001, nenosiri jipya "),
        "{text}"
    );
}
