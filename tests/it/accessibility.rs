//! Every page held to an established checker, axe-core, on a screen of 360 by 640 and in
//! both languages. One browser for all of them.

use fantoccini::error::CmdError;
use serde_json::Value;

use crate::harness::Browser;
use crate::harness::program::demo;

const AXE: &str = include_str!("assets/axe.min.js");

/// Hands what axe finds to the last argument, a line each.
const CHECK: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document).then(found => done(found.violations.map(
        it => it.id + ': ' + it.nodes.map(node => node.html).join(' | '))));";

/// What anybody sees.
const OPEN: &[&str] = &[
    "/",
    "/login",
    "/forgot",
    "/v",
    "/v/99208105",
    "/l/none",
    "/nowhere",
];

/// What somebody who is invited sees; the last asks for a proof.
const INVITED: &[&str] = &[
    "/me",
    "/me/password",
    "/me/details",
    "/me/invitation",
    "/me/invitation/accept",
];

/// The same with the PIN or the ID number proven.
const PROVEN: &[&str] = &["/me/invitation/accept", "/me/invitation/decline"];

/// What a manager sees behind the address of the centre.
const CENTRE: &[&str] = &[
    "",
    "/distance",
    "/roster",
    "/roster?print=yes",
    "/attendance",
];

struct Walk {
    base: String,
    browser: Browser,
    found: Vec<String>,
}

impl Walk {
    async fn goto(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.base)).await;
    }

    /// Fills the form of the page that is shown, and sends it.
    async fn fill(&self, answers: &[(&str, &str)]) {
        for (field, answer) in answers {
            let field = self.browser.find(field, "").await;
            field.clear().await.unwrap();
            field.send_keys(answer).await.unwrap();
        }
        let button = self.browser.find("main form button", "").await;
        button.click().await.unwrap();
    }

    async fn log_in(&self, user_name: &str) {
        self.browser.client.delete_all_cookies().await.unwrap();
        self.goto("/login").await;
        let password = ("#password", "karibu2026");
        self.fill(&[("#user_name", user_name), password]).await;
        self.browser.find("a", "").await;
    }

    async fn check(&mut self, paths: &[&str]) {
        for path in paths {
            for language in ["en", "sw"] {
                let joint = if path.contains('?') { '&' } else { '?' };
                let path = format!("{path}{joint}lang={language}");
                self.goto(&path).await;
                self.look_at(&path).await.unwrap();
            }
        }
    }

    async fn look_at(&mut self, path: &str) -> Result<(), CmdError> {
        let client = &self.browser.client;
        client.execute(AXE, Vec::new()).await?;
        let found = client.execute_async(CHECK, Vec::new()).await?;
        let Value::Array(found) = found else {
            panic!("axe did not look at {path}: {found}");
        };
        self.found
            .extend(found.iter().map(|line| format!("{path} {line}")));
        Ok(())
    }

    async fn path(&self) -> String {
        let url = self.browser.client.current_url().await.unwrap();
        url.path().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_shuts_anybody_out() {
    let (_demo, base) = demo(&[]);
    let browser = Browser::open(360, 640).await;
    let mut walk = Walk {
        base,
        browser,
        found: Vec::new(),
    };
    walk.check(OPEN).await;
    walk.log_in("254700000006").await;
    walk.check(INVITED).await;
    walk.fill(&[("#proof", "90000006")]).await;
    walk.browser.find("main dl", "").await;
    walk.check(PROVEN).await;
    walk.log_in("99208105").await;
    walk.goto("/centre").await;
    walk.fill(&[("#proof", "1234")]).await;
    walk.browser.find("#km", "").await;
    walk.fill(&[("#km", "12")]).await;
    walk.browser.find("main dl", "12 km").await;
    let centre = walk.path().await;
    let paths: Vec<_> = CENTRE
        .iter()
        .map(|rest| format!("{centre}{rest}"))
        .collect();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    walk.check(&paths).await;
    let day = walk.browser.find("main .button", "").await;
    let day = day.attr("href").await.unwrap().unwrap();
    let (day, _) = day.split_once('?').unwrap();
    let sign = format!("{day}/sign");
    walk.check(&[
        day,
        &sign,
        "/me/details/place",
        "/me/details/email",
        "/me/number",
    ])
    .await;
    assert!(walk.found.is_empty(), "{:#?}", walk.found);
}
