//! What the pages of one council have in common.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};

use super::secure;
use crate::domain::{Accent, Crest, Language};

const STYLE: &str = include_str!("../../../assets/site.css");
const CONSOLE: &str = include_str!("../../../assets/operator.css");

/// What all pages of one council share: its name, crest and colour, the code to dial.
#[derive(Clone, Debug)]
pub struct Look {
    council: String,
    service_code: String,
    crest: Picture,
    site: Sheet,
    console: Sheet,
    https: bool,
}

/// A stylesheet, and the header that allows it and no other.
#[derive(Clone, Debug)]
struct Sheet {
    style: String,
    /// Where browsers fetch it; one without an address stands in each page.
    address: Option<String>,
    policy: HeaderValue,
}

impl Sheet {
    fn new(style: &str, accent: Accent) -> Self {
        // Opera Mini knows no custom properties, so they are filled in here.
        let style = tight(&style.replace("var(--accent)", &accent.to_string()));
        Self {
            policy: policy_for(&format!("'{}'", mark(&style))),
            address: None,
            style,
        }
    }

    /// The same at an address of its own, for people who see many pages a day.
    fn apart(style: &str, accent: Accent) -> Self {
        let sheet = Self::new(style, accent);
        Self {
            address: Some(format!("/console.css?{}", edition(&sheet.style))),
            policy: policy_for("'self'"),
            ..sheet
        }
    }
}

/// By what browsers know a stylesheet.
fn mark(style: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(style)))
}

/// Says of what a browser keeps that it is another one now.
fn edition(content: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(content)[..4])
}

/// The crest in a browser: at the head of each page, and in its tab.
#[derive(Clone, Debug)]
struct Picture {
    svg: String,
    /// Another one has another address, so browsers may keep each for good.
    address: String,
    width: u16,
}

impl Picture {
    const HEIGHT: u16 = 35;

    fn of(crest: &Crest) -> Self {
        let edition = edition(crest.svg());
        Self {
            svg: crest.svg().to_owned(),
            address: format!("/crest.svg?{edition}"),
            width: crest.width_at(Self::HEIGHT),
        }
    }
}

impl Look {
    /// The council's name, crest and colour; `service_code` as people dial it, such as `*384*2026#`; `https` as in [`secure`].
    #[must_use]
    pub fn new(
        (council, crest, accent): (&str, &Crest, Accent),
        service_code: &str,
        https: bool,
    ) -> Self {
        Self {
            council: council.to_owned(),
            service_code: service_code.to_owned(),
            crest: Picture::of(crest),
            site: Sheet::new(STYLE, accent),
            console: Sheet::apart(&[STYLE, CONSOLE].concat(), accent),
            https,
        }
    }

    /// The crest, as browsers get it.
    #[must_use]
    pub fn crest(&self) -> &str {
        &self.crest.svg
    }

    /// The stylesheet of the console, as browsers get it.
    #[must_use]
    pub fn console_sheet(&self) -> &str {
        &self.console.style
    }

    /// The frame of a page in this language.
    #[must_use]
    pub fn frame(&self, language: Language) -> Frame<'_> {
        Frame {
            look: self,
            sheet: &self.site,
            language,
            query: "",
        }
    }

    /// The frame of a page of the console, which is in English.
    #[must_use]
    pub fn console(&self) -> Frame<'_> {
        Frame {
            look: self,
            sheet: &self.console,
            language: Language::En,
            query: "",
        }
    }
}

/// A stylesheet without its comments and the space that is there for us alone.
fn tight(style: &str) -> String {
    const ROOM: [(&str, &str); 7] = [
        (" {", "{"),
        ("{ ", "{"),
        (" }", "}"),
        (": ", ":"),
        ("; ", ";"),
        (", ", ","),
        ("\n", ""),
    ];
    let mut parts = style.split("/*");
    let mut tight = parts.next().unwrap_or_default().to_owned();
    tight.extend(
        parts
            .filter_map(|part| part.split_once("*/"))
            .map(|(_, rest)| rest),
    );
    for (wide, narrow) in ROOM {
        tight = tight.replace(wide, narrow);
    }
    tight
}

/// Allows this one stylesheet, the crest, and forms to ourselves.
fn policy_for(style: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; style-src {style}; img-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    // Base64 always fits a header; should that ever end, nothing is allowed.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// What stands around every page: whose it is, and in which language.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    look: &'a Look,
    sheet: &'a Sheet,
    language: Language,
    query: &'a str,
}

impl<'a> Frame<'a> {
    /// The same for a page whose address asks for something, which the other language is asked
    /// for too.
    #[must_use]
    pub(in crate::web) fn asked(self, query: &'a str) -> Self {
        Self { query, ..self }
    }

    /// What the link to this page in the other language asks for.
    pub(in crate::web) fn in_other_language(&self) -> String {
        let pairs = self.query.split('&');
        let others = pairs.filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
        let language = format!("lang={}", self.language.other().code());
        let mut all: Vec<_> = others.collect();
        all.push(&language);
        all.join("&")
    }

    /// The answer that carries this page and all its headers.
    pub(in crate::web) fn respond(self, status: StatusCode, page: &impl Template) -> Response {
        let mut response = match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "page not rendered"
                );
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, self.sheet.policy.clone());
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(self.language.code()),
        );
        secure(headers, self.look.https);
        response
    }

    pub(in crate::web) fn language(&self) -> Language {
        self.language
    }

    /// The words of its language.
    pub fn pick<T>(&self, english: T, kiswahili: T) -> T {
        match self.language {
            Language::En => english,
            Language::Sw => kiswahili,
        }
    }

    pub(in crate::web) fn council(&self) -> &'a str {
        &self.look.council
    }

    /// Where its stylesheet is and by what browsers know it, unless it stands in the page.
    pub(in crate::web) fn sheet(&self) -> Option<(&'a str, String)> {
        let address = self.sheet.address.as_deref()?;
        Some((address, mark(&self.sheet.style)))
    }

    pub(in crate::web) fn style(&self) -> &'a str {
        &self.sheet.style
    }

    /// The address of the crest.
    pub(in crate::web) fn crest(&self) -> &'a str {
        &self.look.crest.address
    }

    /// How wide and high it stands on a page.
    pub(in crate::web) fn crest_size(&self) -> (u16, u16) {
        (self.look.crest.width, Picture::HEIGHT)
    }

    pub(in crate::web) fn service_code(&self) -> &'a str {
        &self.look.service_code
    }

    /// The link that puts the service code into a phone's dialler.
    pub(in crate::web) fn dial(&self) -> String {
        format!("tel:{}", self.look.service_code.replace('#', "%23"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_loses_nothing_but_room() {
        let sheet = "/* a { b } */\na, b:not(.c) > d { x: calc(1% - 2px); y: e, f }\n/* g */@media print {\nh { i: j }\n}\n";
        let tight = tight(sheet);
        assert_eq!(
            tight,
            "a,b:not(.c) > d{x:calc(1% - 2px);y:e,f}@media print{h{i:j}}"
        );
    }
}
