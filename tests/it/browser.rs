//! The demo in a real browser, on a screen of 240 by 640.
//!
//! One database is enough here: the pages do not know which one there is.

use crate::harness::Browser;
use crate::harness::program::{Program, demo};
use crate::harness::service::password_in;

/// The demo, and a person in front of a small screen.
struct Visit {
    _demo: Program,
    base: String,
    browser: Browser,
}

impl Visit {
    async fn begin() -> Self {
        let (demo, base) = demo(&[]);
        Self {
            _demo: demo,
            base,
            browser: Browser::open(240, 640).await,
        }
    }

    async fn goto(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.base)).await;
    }

    /// Takes up the phone of a number, dials the code and presses each key, all on the
    /// keyboard; waits for each screen.
    async fn dial(&self, number: u32, steps: &[(&str, &str)]) {
        // Another address first: one that differs by its fragment alone loads nothing.
        self.browser.goto("about:blank").await;
        self.goto(&format!("/phone#25470000000{number}")).await;
        self.browser
            .find("#screen", &format!("+25470000000{number}"))
            .await;
        self.browser.keys("*384*2026#\n").await;
        self.browser.find("#screen", "KNEC CP2").await;
        for (key, screen) in steps {
            self.browser.keys(&format!("{key}\n")).await;
            self.browser.find("#screen", screen).await;
        }
    }

    async fn log_in(&self, user_name: &str, password: &str) {
        self.browser.find("label", "").await;
        for (field, value) in [("#user_name", user_name), ("#password", password)] {
            let field = self.browser.find(field, "").await;
            field.clear().await.unwrap();
            field.send_keys(value).await.unwrap();
        }
        self.press("button").await;
    }

    async fn choose_password(&self, new: &str, again: &str) {
        for (field, value) in [("#new", new), ("#again", again)] {
            let field = self.browser.find(field, "").await;
            field.send_keys(value).await.unwrap();
        }
        self.press("button").await;
    }

    async fn press(&self, selector: &str) {
        self.browser.find(selector, "").await.click().await.unwrap();
    }

    async fn path(&self) -> String {
        self.browser
            .client
            .current_url()
            .await
            .unwrap()
            .path()
            .to_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_is_dialled_for_and_downloaded_by_one_browser() {
    let visit = Visit::begin().await;
    visit
        .dial(
            1,
            &[("2", "A link to your KCSE 2026 letter is on its way by SMS.")],
        )
        .await;
    let link = visit.browser.find("#messages a", "/l/").await;
    let address = link.text().await.unwrap();
    link.click().await.unwrap();
    visit.browser.go_on_in_new_window().await;
    visit.browser.find("h1", "Your letter is ready").await;
    visit.press("form button").await;
    let letter = visit.browser.download_named("appointment-letter.pdf").await;
    assert!(letter.starts_with(b"%PDF-") && letter.trim_ascii_end().ends_with(b"%%EOF"));
    // The page stands there still, and gives the letter to this browser again.
    visit.press("form button").await;
    assert_eq!(
        visit
            .browser
            .download_named("appointment-letter (1).pdf")
            .await,
        letter
    );
    // To a browser that has not pressed the button the link is used up.
    visit.browser.client.delete_all_cookies().await.unwrap();
    visit.browser.goto(&address).await;
    visit.browser.find("h1", "This link does not work").await;
    visit.browser.find("h2", "How to get another").await;
    visit
        .browser
        .find("li a[href='tel:*384*2026%23']", "*384*2026#")
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_from_the_phone_opens_the_site() {
    let visit = Visit::begin().await;
    let steps = [
        ("3", "A new CP2 password will come by SMS"),
        ("1", "Your new password is on its way"),
    ];
    visit.dial(1, &steps).await;
    let sms = visit
        .browser
        .find("#messages p", "new password")
        .await
        .text()
        .await
        .unwrap();
    visit.goto("/login").await;
    visit.log_in("254700000001", "karibu2026").await;
    visit
        .browser
        .find(".error", "The user name or the password is not correct.")
        .await;
    visit.log_in("0700 000 001", password_in(&sms)).await;
    visit.browser.find("h1", "Choose a password").await;
    visit.choose_password("mbuzi tatu", "kisimani leo").await;
    visit.browser.find(".error", "are not the same").await;
    visit.choose_password("mbuzi tatu", "mbuzi tatu").await;
    visit.browser.find(".who", "Achieng Mercy Odhiambo").await;
    visit
        .browser
        .find("section", "Mfano Secondary School")
        .await;
    assert_eq!(visit.path().await, "/me");
    visit.press("form button").await;
    visit.browser.find("h1", "Log in").await;
    visit.goto("/me").await;
    assert_eq!(visit.path().await, "/login");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sms_from_the_phone_is_answered_in_its_inbox() {
    let visit = Visit::begin().await;
    visit.goto("/phone#254700000001").await;
    visit.browser.find("#screen", "+254700000001").await;
    visit.press("#text").await;
    // What is typed there is not dialled.
    visit.browser.keys("details 90000001\n").await;
    visit.browser.find("#sms-note", "Sent.").await;
    visit.browser.find("#messages p", "Achieng").await;
    // The form does the same by itself, as where there is no script.
    let unaided = "const form = document.getElementById('sms');
                   form.elements.text.value = 'help';
                   form.submit();";
    visit.browser.ask::<()>(unaided).await;
    visit.browser.find("body", "OK").await;
    assert_eq!(visit.path().await, "/callbacks/at/demo/sms");
    visit.goto("/phone#254700000001").await;
    visit.browser.find("#messages p", "LETTER").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_fits_the_smallest_screen_whole_and_without_scripts() {
    let visit = Visit::begin().await;
    // The longest names of all, in Kiswahili.
    visit.dial(7, &[("2", "Kiungo cha barua yako")]).await;
    let link = visit
        .browser
        .find("#messages a", "/l/")
        .await
        .text()
        .await
        .unwrap();
    let link = link.strip_prefix(&visit.base).unwrap().to_owned();
    visit.goto("/login").await;
    visit.log_in("254700000007", "wrong").await;
    visit.browser.find(".error", "").await;
    visit.browser.fits(240, "a failed login").await;
    // The language that was pressed stays, in and out.
    visit.goto("/login?lang=sw").await;
    visit.log_in("254700000007", "karibu2026").await;
    visit.browser.find("h1", "Nilikopangiwa").await;
    visit.press("form button").await;
    visit.browser.find("h1", "Ingia").await;
    visit.log_in("254700000007", "karibu2026").await;
    visit.browser.find(".who", "Khadija").await;
    for path in [
        "/",
        "/login",
        "/me",
        "/me/password",
        &link,
        "/l/0",
        "/nothing-here",
    ] {
        for language in ["en", "sw"] {
            let path = format!("{path}?lang={language}");
            visit.goto(&path).await;
            assert_eq!(
                visit
                    .browser
                    .ask::<String>("return document.documentElement.lang")
                    .await,
                language
            );
            visit.browser.fits(240, &path).await;
        }
    }
    visit.goto("/phone").await;
    let widths = "const { clientWidth, scrollWidth } = document.documentElement;
                  return [clientWidth, scrollWidth];";
    assert_eq!(
        visit.browser.ask::<[u64; 2]>(widths).await,
        [240, 240],
        "the phone fits too"
    );
}
