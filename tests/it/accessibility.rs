//! Every page of the site and of the console held to established checkers: axe-core, on a
//! screen of 360 by 640 and in both languages, and html-validate, which reads the bytes that
//! were sent. One browser for all of them.

use fantoccini::error::CmdError;
use reqwest::header::COOKIE;
use serde_json::{Value, json};

use crate::harness::Browser;
use crate::harness::program::demo;
use crate::harness::service::client;

const AXE: &str = include_str!("assets/axe.min.js");
const VALIDATOR: &str = concat!(
    include_str!("assets/html-validate.min.js"),
    "; window.htmlValidate = htmlValidate;"
);

/// Hands what axe finds to the last argument, a line each.
const CHECK: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document).then(found => done(found.violations.map(
        it => it.id + ': ' + it.nodes.map(node => node.html).join(' | '))));";

/// What it finds against the standard in the first argument, a line each.
const VALIDATE: &str = "
    const rules = { root: true, extends: ['html-validate:standard', 'html-validate:document'] };
    const report = new htmlValidate.HtmlValidate(rules).validateStringSync(arguments[0]);
    return report.results.flatMap(it => it.messages.map(
        found => found.line + ':' + found.column + ' ' + found.ruleId + ': ' + found.message));";

/// What anybody sees.
const OPEN: &[&str] = &[
    "/",
    "/l",
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

/// What staff see who may do everything but read the log.
const CONSOLE: &[&str] = &[
    "/operator/people",
    "/operator/problems",
    "/operator/requests",
    "/operator/imports",
    "/operator/exports",
    "/operator/staff",
    "/operator/systems",
    "/operator/board",
    "/operator/campaigns",
    "/operator/campaigns/new",
    "/operator/sessions",
];

struct Walk {
    base: String,
    browser: Browser,
    found: Vec<String>,
    /// Each page as it was sent.
    sent: Vec<(String, String)>,
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

    async fn log_in_as_staff(&self, user_name: &str) {
        self.browser.client.delete_all_cookies().await.unwrap();
        self.goto("/operator/login").await;
        let password = ("#password", "karibu-ofisini");
        self.fill(&[("#user_name", user_name), password]).await;
        self.browser.find("nav a", "").await;
    }

    /// Pages of the console, which has one language.
    async fn check_console(&mut self, paths: &[&str]) {
        for path in paths {
            self.goto(path).await;
            self.look_at(path).await.unwrap();
        }
    }

    /// Reads a page once more, as it is sent to this browser.
    async fn keep(&mut self, path: &str) {
        let cookies = self.browser.client.get_all_cookies().await.unwrap();
        let cookies = cookies
            .iter()
            .map(|one| format!("{}={}", one.name(), one.value()));
        let request = client().get(format!("{}{path}", self.base));
        let request = request.header(COOKIE, cookies.collect::<Vec<_>>().join("; "));
        let html = request.send().await.unwrap().text().await.unwrap();
        assert!(
            html.starts_with("<!doctype html>"),
            "{path} is no page: {html}"
        );
        self.sent.push((path.to_owned(), html));
    }

    /// Holds what was sent to the standard, on a page that forbids nothing.
    async fn validate(&mut self) -> Result<(), CmdError> {
        let client = &self.browser.client;
        client.goto("about:blank").await?;
        client.execute(VALIDATOR, Vec::new()).await?;
        for (path, html) in &self.sent {
            let found = client.execute(VALIDATE, vec![json!(html)]).await?;
            let Value::Array(found) = found else {
                panic!("html-validate did not look at {path}: {found}");
            };
            let found = found.iter().map(|line| format!("{path} {line}"));
            self.found.extend(found);
        }
        Ok(())
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
        self.browser.fits(360, path).await;
        let client = &self.browser.client;
        client.execute(AXE, Vec::new()).await?;
        let found = client.execute_async(CHECK, Vec::new()).await?;
        let Value::Array(found) = found else {
            panic!("axe did not look at {path}: {found}");
        };
        self.found
            .extend(found.iter().map(|line| format!("{path} {line}")));
        self.keep(path).await;
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
        sent: Vec::new(),
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
    walk.check_console(&["/operator/login"]).await;
    walk.log_in_as_staff("operator").await;
    walk.check_console(CONSOLE).await;
    walk.goto("/operator/people").await;
    walk.fill(&[("main form input:not([type=hidden])", "90000001")])
        .await;
    let person = walk
        .browser
        .find("main a[href*='/operator/people/']", "")
        .await;
    let person = person.attr("href").await.unwrap().unwrap();
    walk.check_console(&[&person]).await;
    walk.log_in_as_staff("auditor").await;
    walk.check_console(&["/operator/audit"]).await;
    walk.validate().await.unwrap();
    assert!(walk.found.is_empty(), "{:#?}", walk.found);
}
