//! A form that asks for little, with what it is about above it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;

/// A page with one form. It posts, or asks for the same page anew where it only searches.
#[derive(Template)]
#[template(path = "form.html")]
pub struct FormPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// What it is for.
    pub title: &'a str,
    /// A sentence before anything else.
    pub lead: Option<String>,
    /// What it is about, by name.
    pub facts: Vec<(&'a str, String)>,
    /// Why the last try failed.
    pub error: Option<String>,
    /// Where it goes.
    pub action: &'a str,
    /// Whether it changes nothing.
    pub is_search: bool,
    /// What goes along unseen.
    pub carried: Vec<(&'a str, String)>,
    /// What it asks.
    pub questions: Vec<Question<'a>>,
    /// What its button says.
    pub button: &'a str,
    /// The page to return to.
    pub back: &'a str,
}

/// One question of a form.
pub struct Question<'a> {
    /// The field that the answer comes in.
    pub name: &'a str,
    /// The question.
    pub label: &'a str,
    /// How to answer it.
    pub hint: Option<&'a str>,
    /// Whether it must be answered.
    pub is_needed: bool,
    /// What an answer is.
    pub answer: Answer<'a>,
}

/// What an answer is.
pub enum Answer<'a> {
    /// One of these: what is sent and what is shown.
    Choice(Vec<(&'a str, &'a str)>),
    /// What is typed, and what stands there already.
    Typed(Typing, &'a str),
}

/// What is typed into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// A few words.
    Words,
    /// A code of letters and digits.
    Letters,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A number that anybody may see.
    Number,
    /// A code that came by SMS.
    Code,
    /// Digits that nobody may see.
    Secret,
}

impl Typing {
    fn kind(self) -> &'static str {
        match self {
            Self::Words | Self::Letters | Self::Number | Self::Code => "text",
            Self::Email => "email",
            Self::Phone => "tel",
            Self::Secret => "password",
        }
    }

    fn keys(self) -> &'static str {
        match self {
            Self::Words | Self::Letters => "text",
            Self::Email => "email",
            Self::Phone => "tel",
            Self::Number | Self::Code | Self::Secret => "numeric",
        }
    }

    fn memory(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "tel",
            Self::Code => "one-time-code",
            Self::Words | Self::Letters | Self::Number | Self::Secret => "off",
        }
    }

    fn most(self) -> usize {
        match self {
            Self::Words | Self::Email => 60,
            Self::Letters | Self::Phone => 20,
            Self::Number | Self::Code | Self::Secret => 12,
        }
    }
}

impl<'a> FormPage<'a> {
    /// A form with nothing on it yet.
    #[must_use]
    pub fn new(frame: Frame<'a>, title: &'a str, action: &'a str, back: &'a str) -> Self {
        Self {
            frame,
            title,
            lead: None,
            facts: Vec::new(),
            error: None,
            action,
            is_search: false,
            carried: Vec::new(),
            questions: Vec::new(),
            button: frame.pick("Save", "Hifadhi"),
            back,
        }
    }
}

impl<'a> Question<'a> {
    /// A question that must be answered by typing.
    #[must_use]
    pub fn typed(name: &'a str, label: &'a str, typing: Typing, value: &'a str) -> Self {
        Self {
            name,
            label,
            hint: None,
            is_needed: true,
            answer: Answer::Typed(typing, value),
        }
    }

    /// A question that must be answered by one of these.
    #[must_use]
    pub fn choice(name: &'a str, label: &'a str, choices: Vec<(&'a str, &'a str)>) -> Self {
        Self {
            name,
            label,
            hint: None,
            is_needed: true,
            answer: Answer::Choice(choices),
        }
    }
}

impl IntoResponse for FormPage<'_> {
    fn into_response(self) -> Response {
        let status = match self.error {
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
        };
        self.frame.respond(status, &self)
    }
}
