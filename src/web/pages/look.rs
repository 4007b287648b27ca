//! What the pages of one council have in common.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::secure;
use crate::domain::{Accent, Language};

const STYLE: &str = include_str!("../../../assets/site.css");

/// What all pages of one council share: its name, the code to dial, its colour.
#[derive(Clone, Debug)]
pub struct Look {
    council: String,
    service_code: String,
    accent: Accent,
    style: String,
    policy: HeaderValue,
    https: bool,
}

impl Look {
    /// `service_code` as people dial it, such as `*384*2026#`; `https` as in [`secure`].
    #[must_use]
    pub fn new(council: &str, service_code: &str, accent: Accent, https: bool) -> Self {
        // Opera Mini knows no custom properties, so they are filled in here.
        let style = STYLE.replace("var(--accent)", &accent.to_string());
        Self {
            council: council.to_owned(),
            service_code: service_code.to_owned(),
            accent,
            policy: policy_for(&style),
            style,
            https,
        }
    }

    /// The frame of a page in this language.
    #[must_use]
    pub fn frame(&self, language: Language) -> Frame<'_> {
        Frame {
            look: self,
            language,
        }
    }
}

/// Allows this one stylesheet, the icon inside the page, and forms to ourselves.
fn policy_for(style: &str) -> HeaderValue {
    let hash = BASE64.encode(&Sha256::digest(style));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    // Base64 always fits a header; should that ever end, nothing is allowed.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// What stands around every page: whose it is, and in which language.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    look: &'a Look,
    language: Language,
}

impl<'a> Frame<'a> {
    /// The answer that carries this page and all its headers.
    pub(super) fn respond(self, status: StatusCode, page: &impl Template) -> Response {
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
        headers.insert(header::CONTENT_SECURITY_POLICY, self.look.policy.clone());
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(self.language.code()),
        );
        secure(headers, self.look.https);
        response
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// The words of its language.
    pub fn pick<T>(&self, english: T, kiswahili: T) -> T {
        match self.language {
            Language::En => english,
            Language::Sw => kiswahili,
        }
    }

    pub(super) fn council(&self) -> &'a str {
        &self.look.council
    }

    pub(super) fn style(&self) -> &'a str {
        &self.look.style
    }

    /// A sheet of paper with two lines, in the council's colour.
    pub(super) fn icon(&self) -> String {
        let accent = self.look.accent;
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>\
             <path fill='{accent}' d='M3 0h7l4 4v12H3z'/>\
             <path stroke='#fff' d='M6 7.5h5M6 10.5h5'/></svg>"
        )
    }

    pub(super) fn service_code(&self) -> &'a str {
        &self.look.service_code
    }

    /// The link that puts the service code into a phone's dialler.
    pub(super) fn dial(&self) -> String {
        format!("tel:{}", self.look.service_code.replace('#', "%23"))
    }
}
