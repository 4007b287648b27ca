//! A person with a phone: dials, reads, presses.

use super::TestService;

/// A phone in one USSD session. What it shows begins with `CON ` or `END `.
pub(crate) struct Phone<'a> {
    service: &'a TestService,
    msisdn: String,
    network: &'static str,
    session: String,
    transcript: Vec<String>,
}

impl<'a> Phone<'a> {
    pub(crate) fn new(service: &'a TestService, msisdn: &str) -> Self {
        Self {
            service,
            msisdn: msisdn.to_owned(),
            network: "63902",
            session: format!("ATUid_{}", uuid::Uuid::now_v7().simple()),
            transcript: Vec::new(),
        }
    }

    pub(crate) fn on_network(self, network: &'static str) -> Self {
        Self { network, ..self }
    }

    pub(crate) async fn dial(&mut self) -> String {
        self.send().await
    }

    pub(crate) async fn press(&mut self, answer: &str) -> String {
        self.transcript.push(answer.to_owned());
        self.send().await
    }

    /// Dials, presses each key, and gives the last screen.
    pub(crate) async fn walk(&mut self, answers: &[&str]) -> String {
        let mut screen = self.dial().await;
        for answer in answers {
            screen = self.press(answer).await;
        }
        screen
    }

    /// Asks for a new number, types the PIN of the demo and the code that arrives there.
    pub(crate) async fn change_number(&mut self, new: &str) -> String {
        let asked = self.walk(&["5", new, "1", "1234"]).await;
        assert!(asked.starts_with("CON Type the 6-digit code"), "{asked}");
        let canonical = format!("254{}", new.trim_start_matches('0'));
        let sms = self.service.sms_of(&canonical, 1).await;
        let code = sms[0].text.split(' ').next().unwrap().to_owned();
        self.press(&code).await
    }

    /// The last hop once more, as a nervous aggregator sends it.
    pub(crate) async fn repeat(&self) -> String {
        self.send().await
    }

    async fn send(&self) -> String {
        let text = self.transcript.join("*");
        self.service
            .hop(&self.session, &self.msisdn, &text, self.network)
            .await
    }
}
