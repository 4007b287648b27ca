//! The journeys of the site on three screens and in both languages, with nothing but the
//! keyboard, in a browser that runs no scripts.

use reqwest::Client;
use serde_json::Value;

use crate::harness::Browser;
use crate::harness::program::{PATIENCE, Program, demo};
use crate::harness::service::{client, code_in, link_in, password_in, person};

/// Somebody in front of a screen who has a phone too.
struct Visit {
    _demo: Program,
    base: String,
    client: Client,
    browser: Browser,
    width: u32,
    language: &'static str,
    /// How often the code was dialled.
    dialled: u32,
}

impl Visit {
    async fn begin(width: u32) -> Self {
        let (demo, base) = demo(&[]);
        Self {
            _demo: demo,
            base,
            client: client(),
            browser: Browser::open_without_scripts(width, 800).await,
            width,
            language: "en",
            dialled: 0,
        }
    }

    /// The words of the language.
    fn pick(&self, english: &'static str, kiswahili: &'static str) -> &'static str {
        match self.language {
            "en" => english,
            _ => kiswahili,
        }
    }

    async fn goto(&self, path: &str) {
        let url = format!("{}{path}?lang={}", self.base, self.language);
        self.browser.goto(&url).await;
    }

    /// Waits for the page with this in its heading, and holds it to what each page must be.
    async fn at(&self, heading: &str) {
        self.browser.find("h1", heading).await;
        self.browser.fits(self.width.into(), heading).await;
    }

    async fn type_into(&self, selector: &str, text: &str) {
        self.browser.tab_to(selector).await;
        self.browser.keys(text).await;
    }

    /// Goes to something to press, and presses it.
    async fn press(&self, selector: &str) {
        self.browser.tab_to(selector).await;
        self.browser.keys("\n").await;
    }

    /// Fills the form of the page, and sends it.
    async fn fill(&self, answers: &[(&str, &str)]) {
        for (field, text) in answers {
            self.type_into(field, text).await;
        }
        self.press("main form button").await;
    }

    /// Dials and presses these keys; the SMS that comes of it.
    async fn sms_after(&mut self, number: u32, keys: &[&str]) -> String {
        let before = self.inbox(number).await.len();
        self.dial(number, keys).await;
        self.sms_beyond(number, before).await
    }

    async fn dial(&mut self, number: u32, keys: &[&str]) {
        self.dialled += 1;
        for so_far in 0..=keys.len() {
            let session = format!("ATUid_keyboard_{}", self.dialled);
            let typed = keys[..so_far].join("*");
            let form = [
                ("sessionId", session.as_str()),
                ("serviceCode", "*384*2026#"),
                ("phoneNumber", &format!("+{}", person(number))),
                ("networkCode", "63902"),
                ("text", &typed),
            ];
            let body = serde_urlencoded::to_string(form).unwrap();
            let hop = self
                .client
                .post(format!("{}/callbacks/at/demo/ussd", self.base));
            let hop = hop.header("content-type", "application/x-www-form-urlencoded");
            let answer = hop.body(body).send().await.unwrap();
            assert_eq!(answer.status(), 200);
        }
    }

    /// The newest SMS of a number, once it has more than so many.
    async fn sms_beyond(&self, number: u32, before: usize) -> String {
        let arrived = async {
            loop {
                let all = self.inbox(number).await;
                if all.len() > before {
                    return all[0].clone();
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        };
        let sms = tokio::time::timeout(PATIENCE, arrived).await;
        sms.expect("an SMS arrives in time")
    }

    async fn inbox(&self, number: u32) -> Vec<String> {
        let url = format!("{}/phone/inbox.json?msisdn={}", self.base, person(number));
        let answer = self.client.get(url).send().await.unwrap();
        let all: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let all = all.as_array().unwrap().iter();
        all.map(|sms| sms["text"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn log_in(&self, user_name: &str, password: &str) {
        self.browser.client.delete_all_cookies().await.unwrap();
        self.goto("/login").await;
        self.at(self.pick("Log in", "Ingia")).await;
        self.fill(&[("#user_name", user_name), ("#password", password)])
            .await;
    }

    /// A letter by the link of the SMS, and again by a code on a computer that others use.
    async fn get_a_letter(&mut self) {
        let sms = self.sms_after(1, &["2"]).await;
        self.goto(&link_in(&sms)).await;
        self.at(self.pick("Your letter is ready", "Barua yako iko tayari"))
            .await;
        self.press("main form button").await;
        let letter = self.browser.download_named("appointment-letter.pdf").await;
        assert!(letter.starts_with(b"%PDF-"));

        let sms = self.sms_after(1, &["2"]).await;
        self.goto("/").await;
        self.press("main a[href^='/l?']").await;
        self.at(self.pick("Your letter by code", "Barua yako kwa msimbo"))
            .await;
        let code = code_in(&sms).to_lowercase();
        self.fill(&[("#code", &code), ("#id_end", "0009")]).await;
        self.browser.find(".error", "").await;
        self.fill(&[("#code", &code), ("#id_end", "0001")]).await;
        self.at(self.pick("Your letter is open", "Barua yako imefunguliwa"))
            .await;
        self.press("main a.button").await;
        let again = "appointment-letter (1).pdf";
        assert_eq!(self.browser.download_named(again).await, letter);
        self.press("main form button").await;
        self.at(self.pick("Your letter by code", "Barua yako kwa msimbo"))
            .await;
        self.goto("/l/open").await;
        self.at(self.pick("Your letter by code", "Barua yako kwa msimbo"))
            .await;
        self.browser.forget_downloads();
    }

    async fn check_a_letter(&mut self) {
        let notice = self.sms_after(1, &["6", "6"]).await;
        let words = self.pick("Check code ", "Uhakiki ");
        let (_, code) = notice.split_once(words).unwrap();
        let (code, _) = code.split_once(':').unwrap();
        self.goto("/v").await;
        self.at(self.pick("genuine?", "halali?")).await;
        self.fill(&[("#code", code)]).await;
        self.browser
            .find("main [role=status]", self.pick("genuine", "halali"))
            .await;
        self.browser
            .fits(self.width.into(), "a genuine letter")
            .await;
    }

    async fn forget_the_password(&mut self) {
        self.goto("/login").await;
        self.press("a[href^='/forgot']").await;
        self.at(self.pick("Forgot your password?", "Umesahau nenosiri?"))
            .await;
        let before = self.inbox(2).await.len();
        self.fill(&[("#user_name", "0700 000 002")]).await;
        self.browser.find("main [role=status]", "").await;
        let sms = self.sms_beyond(2, before).await;
        self.log_in("0700000002", password_in(&sms)).await;
        self.at(self.pick("Choose a password", "Chagua nenosiri"))
            .await;
        let own = self.pick("mbuzi tatu kisimani", "kisima cha mbuzi tatu");
        self.fill(&[("#new", own), ("#again", own)]).await;
        self.browser.find(".who", "Kamau Peter Njoroge").await;
        self.press("button[name=everywhere]").await;
        self.at(self.pick("Log in", "Ingia")).await;
    }

    async fn mend_a_detail(&self) {
        self.log_in("254700000001", "karibu2026").await;
        self.at(self.pick("My deployment", "Nilikopangiwa")).await;
        self.press("a[href^='/me/details']").await;
        self.at(self.pick("My details", "Maelezo yangu")).await;
        self.press("a[href^='/me/details/email']").await;
        self.at(self.pick("Show that it is you", "Thibitisha ni wewe"))
            .await;
        self.fill(&[("#proof", "1234")]).await;
        self.browser.find("label[for=email]", "").await;
        let address = self.pick("achieng@mfano.co.ke", "mercy@mfano.co.ke");
        self.fill(&[("#email", address)]).await;
        self.at(self.pick("Saved", "Imehifadhiwa")).await;
        self.goto("/me/details").await;
        let masked = self.pick("a***@mfano.co.ke", "m***@mfano.co.ke");
        self.browser.find("dd", masked).await;
    }

    /// Declines in English; who has declined may accept still, and does in Kiswahili.
    async fn answer_an_invitation(&self) {
        self.log_in("254700000006", "karibu2026").await;
        self.press("a[href^='/me/invitation']").await;
        self.at(self.pick("Invitation", "Mwaliko")).await;
        let way = self.pick("decline", "accept");
        self.press(&format!("a[href^='/me/invitation/{way}']"))
            .await;
        self.at(self.pick("Show that it is you", "Thibitisha ni wewe"))
            .await;
        self.fill(&[("#proof", "90000006")]).await;
        self.browser.find("main form dl, main dl", "").await;
        if self.language == "en" {
            // The first reason of the list.
            self.type_into("select", "\u{e015}").await;
        }
        self.press("main form button").await;
        self.at(self.pick("Declined", "Umekubali")).await;
    }

    async fn manage_a_centre(&self) {
        self.log_in("99208105", "karibu2026").await;
        self.browser.find("#proof", "").await;
        self.fill(&[("#proof", "1234")]).await;
        if self.language == "en" {
            self.browser.find("#km", "").await;
            self.browser.fits(self.width.into(), "the distance").await;
            self.fill(&[("#km", "12")]).await;
        }
        self.browser.find("main dl", "12 km").await;
        self.press("main a[href*='/roster']").await;
        self.at(self.pick("People here", "Walio hapa")).await;
        self.fill(&[("#name", "achieng")]).await;
        self.at("(1)").await;
        self.press("main a[href*='roster.csv']").await;
        let file = self.browser.download_named("roster.csv").await;
        assert!(file.starts_with(b"name,role"));
        self.browser.forget_downloads();
        // The other language asks for the same people.
        self.press("a.tongue").await;
        self.browser
            .find("h1", self.pick("Walio hapa (1)", "People here (1)"))
            .await;
        self.press("a.tongue").await;
        self.at(self.pick("People here (1)", "Walio hapa (1)"))
            .await;
        self.press("main a[href*='print=yes']").await;
        self.at("(1)").await;
        self.press("main a").await;
        self.browser.find("main dl", "12 km").await;
        self.press("main a[href*='/attendance']").await;
        self.at(self.pick("Attendance: which day?", "Mahudhurio"))
            .await;
        self.press("main a.button").await;
        self.browser.find("fieldset", "").await;
        self.browser.fits(self.width.into(), "the register").await;
        self.type_into("fieldset input", " ").await;
        self.press("main form button").await;
        self.browser.find("main p b", "1").await;
    }
}

async fn every_journey(width: u32) {
    let mut visit = Visit::begin(width).await;
    for language in ["en", "sw"] {
        visit.language = language;
        if language == "sw" {
            // The phones speak it too: the seventh key of the menu.
            for number in [1, 2] {
                visit.dial(number, &["7"]).await;
            }
        }
        visit.get_a_letter().await;
        visit.check_a_letter().await;
        visit.forget_the_password().await;
        visit.mend_a_detail().await;
        visit.answer_an_invitation().await;
        visit.manage_a_centre().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_journey_on_the_smallest_screen() {
    every_journey(240).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_journey_on_a_phone() {
    every_journey(360).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_journey_on_a_desk() {
    every_journey(1280).await;
}
