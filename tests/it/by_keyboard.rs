//! The journeys of the site, in both languages, and of the console, with nothing but the
//! keyboard, in a browser that runs no scripts. Each page is looked at on three screens, and
//! the journey goes on on another one each time.

use std::time::Duration;

use cp2::crypto::{Hasher, TotpSecret};
use cp2::demo::office::{self, OPERATOR_PASSWORD};
use cp2::domain::Clock;
use reqwest::Client;
use serde_json::Value;

use crate::harness::program::{PATIENCE, Program, demo};
use crate::harness::service::{client, code_in, link_in, password_in, person};
use crate::harness::{Browser, Database, TestService};

/// The smallest phone, a phone, a desk.
const WIDTHS: [u32; 3] = [240, 360, 1280];

/// Somebody in front of a screen who has a phone too.
struct Visit {
    _demo: Program,
    base: String,
    client: Client,
    browser: Browser,
    /// How many pages were looked at.
    pages: usize,
    language: &'static str,
    /// How often the code was dialled.
    dialled: u32,
}

impl Visit {
    async fn begin() -> Self {
        let (demo, base) = demo(&[]);
        Self {
            _demo: demo,
            base,
            client: client(),
            browser: Browser::open_without_scripts(WIDTHS[0], 800).await,
            pages: 0,
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
    async fn at(&mut self, heading: &str) {
        self.browser.find("h1", heading).await;
        self.fits_each_screen(heading).await;
    }

    async fn fits_each_screen(&mut self, what: &str) {
        for width in WIDTHS {
            self.browser.turn_to(width).await;
            self.browser.fits(width.into(), what).await;
        }
        self.pages += 1;
        self.browser
            .turn_to(WIDTHS[self.pages % WIDTHS.len()])
            .await;
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
                tokio::time::sleep(Duration::from_millis(50)).await;
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

    async fn log_in(&mut self, user_name: &str, password: &str) {
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
        self.fits_each_screen("a genuine letter").await;
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

    async fn mend_a_detail(&mut self) {
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
    async fn answer_an_invitation(&mut self) {
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

    async fn manage_a_centre(&mut self) {
        self.log_in("99208105", "karibu2026").await;
        self.browser.find("#proof", "").await;
        self.fill(&[("#proof", "1234")]).await;
        if self.language == "en" {
            self.browser.find("#km", "").await;
            self.fits_each_screen("the distance").await;
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
        self.fits_each_screen("the register").await;
        if self.language == "en" {
            self.mark(1).await;
            self.browser.find("main p b", "1").await;
        } else {
            self.sign_off().await;
        }
    }

    /// Marks the first so many people as present.
    async fn mark(&self, people: usize) {
        for place in 1..=people {
            let present = format!("fieldset:nth-of-type({place}) input[value=P]");
            self.type_into(&present, " ").await;
        }
        self.press("main form button").await;
    }

    /// Marks everybody and signs the day off, as far as what cannot be changed any more.
    async fn sign_off(&mut self) {
        let people = "return document.querySelectorAll('fieldset').length";
        let people = self.browser.ask::<usize>(people).await;
        self.mark(people).await;
        self.browser.find("main p b", &people.to_string()).await;
        self.press("main a[href*='/sign']").await;
        self.at("Ufunge siku?").await;
        self.press("main form button").await;
        self.browser.find("main [role=status]", "").await;
        self.fits_each_screen("a signed register").await;
        self.browser.find("main table th", "").await;
    }

    /// The manager's own number, by a code that the new one gets.
    async fn change_the_number(&mut self) {
        let (old, new) = self.pick_number();
        self.log_in(&person(old), "karibu2026").await;
        self.press("main a[href^='/me/details']").await;
        self.at(self.pick("My details", "Maelezo yangu")).await;
        self.press("main a[href^='/me/number']").await;
        self.at(self.pick("Show that it is you", "Thibitisha ni wewe"))
            .await;
        self.fill(&[("#proof", "1234")]).await;
        self.at(self.pick("Change your number", "Badilisha nambari"))
            .await;
        let before = self.inbox(new).await.len();
        self.fill(&[("#number", &person(new))]).await;
        self.at(self.pick("Type the code", "Andika msimbo")).await;
        let sms = self.sms_beyond(new, before).await;
        let mut digits = sms.split(|c: char| !c.is_ascii_digit());
        let code = digits.find(|digits| digits.len() == 6).unwrap();
        self.fill(&[("#code", code)]).await;
        self.browser.find("main [role=status]", &person(new)).await;
        self.fits_each_screen("a new number").await;
    }

    /// Whose number the manager has, and which they change it to.
    fn pick_number(&self) -> (u32, u32) {
        match self.language {
            "en" => (3, 777),
            _ => (777, 778),
        }
    }

    /// Staff come in by a password and their telephone, find who calls, and decide who takes
    /// over from a lost line.
    async fn run_the_console(&mut self, service: &TestService) {
        self.base.clone_from(&service.base);
        self.language = "en";
        let telephone = self.teach_a_telephone(service).await;
        self.at("Find a person").await;
        self.fill(&[("main form input", "0700 000 002")]).await;
        self.press("main table a").await;
        self.at("Kamau Peter Njoroge").await;
        self.press("nav a[href='/operator/requests']").await;
        self.at("Requests").await;
        for decision in ["approve", "refuse"] {
            self.press(&format!("main button[value={decision}]")).await;
            self.browser.find(".done", "Done.").await;
            self.fits_each_screen(decision).await;
        }
        self.browser.find("main", "None waits.").await;
        self.press("nav form button").await;
        self.at("Log in to the console").await;
        // A code is taken once, so the next one is waited for.
        service.clock.advance(Duration::from_secs(30));
        self.knock().await;
        self.at("The code of your telephone").await;
        let code = telephone.code_at(service.clock.now().as_millis());
        self.fill(&[("#code", &code)]).await;
        self.at("Find a person").await;
    }

    async fn knock(&mut self) {
        self.goto("/operator/login").await;
        self.at("Log in to the console").await;
        let password = ("#password", OPERATOR_PASSWORD);
        self.fill(&[("#user_name", "operator"), password]).await;
    }

    /// The first log-in: the telephone learns the secret and shows that it did.
    async fn teach_a_telephone(&mut self, service: &TestService) -> TotpSecret {
        self.knock().await;
        self.at("Teach your telephone").await;
        let secret = self.browser.find("main code", "").await;
        let secret = secret.text().await.unwrap();
        let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes());
        let telephone = TotpSecret::from_bytes(&secret.unwrap()).unwrap();
        let code = telephone.code_at(service.clock.now().as_millis());
        self.fill(&[("#code", &code)]).await;
        self.at("Write these down").await;
        self.press("main a.button").await;
        telephone
    }
}

/// A service whose staff need a telephone, where two have lost their lines.
async fn office() -> TestService {
    let service = TestService::start(Database::sqlite()).await;
    let hasher = Hasher::new(1).unwrap();
    let staffed = office::staff(&service.store, &hasher, service.clock.now());
    staffed.await.unwrap();
    for (line, lost) in [(98, 1), (99, 2)] {
        let (id, tsc) = (format!("9000000{lost}"), format!("50000{lost}"));
        let screen = service
            .phone(line)
            .walk(&["2", "1", &id, &tsc, "1980"])
            .await;
        assert!(screen.contains("N-"), "{screen}");
    }
    service
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_journey_is_made_by_the_keyboard_on_every_screen() {
    let mut visit = Visit::begin().await;
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
        visit.change_the_number().await;
    }
    let service = office().await;
    visit.run_the_console(&service).await;
    service.stop().await;
}
