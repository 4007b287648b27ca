//! A real browser on a screen as small as the smallest phone's.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use super::program::{PATIENCE, Program};

/// Chromium, driven through chromedriver. Both are gone when the test is over.
pub(crate) struct Browser {
    pub(crate) client: Client,
    _driver: Driver,
    home: TempDir,
}

impl Browser {
    /// Opens a window of so many CSS pixels. A browser that is missing is a fault, not
    /// a reason to skip.
    pub(crate) async fn open(width: u32, height: u32) -> Self {
        Self::start(width, height, Scripts::On).await
    }

    /// The same for a browser that runs no script of any page.
    pub(crate) async fn open_without_scripts(width: u32, height: u32) -> Self {
        Self::start(width, height, Scripts::Off).await
    }

    async fn start(width: u32, height: u32, scripts: Scripts) -> Self {
        let driver = Driver::start();
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("downloads")).unwrap();
        let Value::Object(wishes) = wishes(home.path(), (width, height), scripts) else {
            unreachable!()
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wishes)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .expect("chromedriver can't start chromium; `scripts/test` installs both");
        Self {
            client,
            _driver: driver,
            home,
        }
    }

    /// Types on the keyboard, wherever the focus is. `\n` is the Enter key, `\t` is Tab.
    pub(crate) async fn keys(&self, text: &str) {
        let mut keys = KeyActions::new("keyboard".into());
        let key = |c| match c {
            '\n' => '\u{e007}',
            '\t' => '\u{e004}',
            other => other,
        };
        for value in text.chars().map(key) {
            keys = keys
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
        }
        self.client.perform_actions(keys).await.unwrap();
    }

    /// The element of that CSS selector with this in its text, once there is one.
    pub(crate) async fn find(&self, selector: &str, text: &str) -> Element {
        let seen = async {
            loop {
                for element in self.client.find_all(Locator::Css(selector)).await.unwrap() {
                    // The page may have changed since it was found.
                    if element.text().await.is_ok_and(|found| found.contains(text)) {
                        return element;
                    }
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if let Ok(element) = tokio::time::timeout(PATIENCE, seen).await {
            return element;
        }
        let page: String = self.ask("return document.body.innerText").await;
        panic!("no {selector} with {text:?} on {page}");
    }

    /// Goes on in the window that a link has opened, once there is one.
    pub(crate) async fn go_on_in_new_window(&self) {
        let before = self.client.window().await.unwrap();
        let opened = async {
            loop {
                let windows = self.client.windows().await.unwrap();
                if let Some(new) = windows.into_iter().find(|window| *window != before) {
                    return new;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let opened = tokio::time::timeout(PATIENCE, opened).await;
        let opened = opened.expect("the link opens a window in time");
        self.client.switch_to_window(opened).await.unwrap();
    }

    /// Shows the page on a screen of another width, as it is.
    pub(crate) async fn turn_to(&self, width: u32) {
        let screen =
            json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": true });
        let turn = DevTools("Emulation.setDeviceMetricsOverride", screen);
        self.client.issue_cmd(turn).await.unwrap();
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Moves the focus by the Tab key until it is on the element of that CSS selector: whoever
    /// has no pointer gets there too.
    pub(crate) async fn tab_to(&self, selector: &str) {
        let steps = format!("const wanted = {}; {STEPS}", json!(selector));
        for _ in 0..MOST_TABS {
            // As many presses as it seems to take go together: each trip to the browser costs
            // time. What counts is where the focus is then.
            match self.ask::<usize>(&steps).await {
                0 => return,
                presses => self.keys(&"\t".repeat(presses)).await,
            }
        }
        panic!("{MOST_TABS} times Tab never come to {selector}");
    }

    /// Holds the page that is shown to what each must be: no wider than the screen, whole in
    /// less than 14 KB but for what browsers keep, and without scripts.
    pub(crate) async fn fits(&self, width: u64, what: &str) {
        let page: Measured = self.ask(MEASURE).await;
        assert_eq!(page.width, width, "{what}: {page:?}");
        assert!(
            page.content_width <= page.width,
            "{what} scrolls sideways: {page:?}"
        );
        assert!(
            (500..14 * 1024).contains(&page.bytes),
            "{what} weighs too much: {page:?}"
        );
        assert_eq!((page.fetched, page.scripts), (0, 0), "{what}: {page:?}");
    }

    /// Runs a script of the test's, which no page could, and gives what it returns.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, script: &str) -> T {
        let answer = self.client.execute(script, Vec::new()).await.unwrap();
        serde_json::from_value(answer).unwrap()
    }

    /// Removes what was downloaded, so that the next file has its own name.
    pub(crate) fn forget_downloads(&self) {
        let folder = self.home.path().join("downloads");
        for file in std::fs::read_dir(folder).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
    }

    /// The bytes of a file that is downloaded, once all of them are there: until then it
    /// has another name, and an empty one keeps its place.
    pub(crate) async fn download_named(&self, name: &str) -> Vec<u8> {
        let path = self.home.path().join("downloads").join(name);
        let arrived = async {
            loop {
                if let Ok(bytes) = std::fs::read(&path)
                    && !bytes.is_empty()
                {
                    return bytes;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, arrived)
            .await
            .expect("the download arrives in time")
    }
}

/// What the browser knows about the page it shows.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    width: u64,
    content_width: u64,
    bytes: u64,
    fetched: u64,
    scripts: u64,
}

const MEASURE: &str = "
    const { clientWidth, scrollWidth } = document.documentElement;
    return {
        width: clientWidth,
        contentWidth: scrollWidth,
        bytes: performance.getEntriesByType('navigation')[0].transferSize,
        fetched: performance.getEntriesByType('resource').filter(
            it => !['/crest.svg', '/console.css'].includes(new URL(it.name).pathname)).length,
        scripts: document.scripts.length,
    };";

/// More than there are places for the focus on any page.
const MOST_TABS: usize = 100;

/// How many presses of Tab lead to what is wanted; one, where that is behind the focus.
const STEPS: &str = "
    if (document.activeElement.matches(wanted)) return 0;
    const group = it => [...document.querySelectorAll('input[type=radio]')].filter(other => other.name === it.name);
    const stands_for_its_group = it => it.checked || !group(it).some(other => other.checked) && group(it)[0] === it;
    const stops = [...document.querySelectorAll(
        'a[href], button, input:not([type=hidden]), select, textarea, [tabindex]')].filter(
        it => it.checkVisibility() && (it.type !== 'radio' || stands_for_its_group(it)));
    const from = stops.indexOf(document.activeElement);
    const to = stops.findIndex((it, place) => place > from && it.matches(wanted));
    return to < 0 ? 1 : to - from;";

/// A command of Chromium's own.
#[derive(Debug)]
struct DevTools(&'static str, Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.0, "params": self.1 });
        (Method::POST, Some(body.to_string()))
    }
}

/// Whether pages may run scripts; those of the test always run.
#[derive(Clone, Copy)]
enum Scripts {
    On,
    Off,
}

fn wishes(home: &Path, (width, height): (u32, u32), scripts: Scripts) -> Value {
    let profile = format!("--user-data-dir={}", home.join("profile").display());
    let window = format!("--window-size={width},{height}");
    // 1 lets them run, 2 does not.
    let scripts = match scripts {
        Scripts::On => 1,
        Scripts::Off => 2,
    };
    json!({
        "goog:chromeOptions": {
            "args": [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-breakpad",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                profile,
                window,
            ],
            // No window is narrower than 500 px; the screen of a phone is.
            "mobileEmulation": {
                "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0, "mobile": true, "touch": false },
            },
            "prefs": {
                "download.default_directory": home.join("downloads"),
                "profile.managed_default_content_settings.javascript": scripts,
            },
        },
    })
}

/// chromedriver, on a port of its own choice.
struct Driver {
    port: u16,
    program: Program,
}

impl Driver {
    fn start() -> Self {
        let mut program = Program::start(Command::new("chromedriver").arg("--port=0"));
        let line = program.line_with("started successfully on port ");
        let (_, port) = line.trim_end_matches('.').rsplit_once(' ').unwrap();
        let port = port.parse().unwrap();
        Self { port, program }
    }
}

impl Drop for Driver {
    /// A chromedriver that is killed leaves its browsers behind, so it is asked to go.
    fn drop(&mut self) {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else {
            return;
        };
        let asked = stream.write_all(b"GET /shutdown HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
        if asked.is_ok() && stream.read(&mut [0; 64]).is_ok() {
            self.program.ends_in_time();
        }
    }
}
