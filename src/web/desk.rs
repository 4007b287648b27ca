//! Where somebody who is logged in is served: their errands, and what stands between them
//! and these.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};

use crate::actions::{ActionError, Deed, Errands, Visitor};
use crate::domain::Language;
use crate::menus::{Fields, Format, Value, Values};
use crate::ussd::{Outcome, Page};

use super::app::App;
use super::pages::{ErrorPage, Frame, LanguageWish, Notice, NoticePage, Problem};
use super::proof::{self, Wanted};
use super::visit::SettledVisit;
use crate::intake::{Failed, to_the_end};

/// A visitor with a password of their own, and the page they are on.
pub(super) struct Desk {
    pub(super) app: App,
    pub(super) visitor: Arc<Visitor>,
    pub(super) language: Language,
    wish: LanguageWish,
    path: String,
}

/// What an action ended with.
pub(super) struct Told {
    pub(super) name: &'static str,
    pub(super) items: Vec<Facts>,
    facts: Facts,
}

/// What it told, to be read by name in the language of the page.
pub(super) struct Facts {
    fields: Fields,
    language: Language,
}

impl FromRequestParts<App> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let SettledVisit(visitor) = SettledVisit::from_request_parts(parts, app).await?;
        let Ok(wish) = LanguageWish::from_request_parts(parts, app).await;
        let Ok(OriginalUri(uri)) = OriginalUri::from_request_parts(parts, app).await;
        let path = uri.path_and_query().map_or("/me", |path| path.as_str());
        Ok(Self {
            app: app.clone(),
            visitor: Arc::new(visitor),
            language: wish.settle(None),
            wish,
            path: path.to_owned(),
        })
    }
}

impl Desk {
    pub(super) fn frame(&self) -> Frame<'_> {
        let query = self.path.split_once('?').map_or("", |(_, query)| query);
        self.app.look.frame(self.language).asked(query)
    }

    /// Runs an action; what refuses it is a page of its own.
    pub(super) async fn run(&self, action: &'static str, fields: Fields) -> Result<Told, Response> {
        self.list(action, fields, Page::default()).await
    }

    /// The same for an action that lists.
    pub(super) async fn list(
        &self,
        action: &'static str,
        fields: Fields,
        page: Page,
    ) -> Result<Told, Response> {
        let (app, visitor, language) = self.parts();
        let ended = to_the_end(async move {
            let errands = errands(&app, &visitor, language)?;
            errands.run(action, &fields, page).await
        });
        let told = self.read(ended.await.map_err(|Failed| self.unavailable())?);
        match self.refused(&told) {
            Some(page) => Err(page),
            None => Ok(told),
        }
    }

    /// Asks for whatever is missing before a form is shown.
    pub(super) async fn admit(&self, deed: Deed) -> Result<(), Response> {
        let (app, visitor, language) = self.parts();
        let refusal =
            to_the_end(async move { errands(&app, &visitor, language)?.refusal(deed).await });
        let refusal = refusal.await.map_err(|Failed| self.unavailable())?;
        let told = refusal.map(|outcome| self.read(outcome));
        match told.and_then(|told| self.refused(&told)) {
            Some(page) => Err(page),
            None => Ok(()),
        }
    }

    fn parts(&self) -> (App, Arc<Visitor>, Language) {
        (self.app.clone(), Arc::clone(&self.visitor), self.language)
    }

    fn read(&self, outcome: Outcome) -> Told {
        let facts = |fields: Vec<(&'static str, Value)>| {
            let fields = fields.into_iter();
            Facts {
                fields: fields
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect(),
                language: self.language,
            }
        };
        Told {
            name: outcome.name,
            items: outcome.items.into_iter().map(facts).collect(),
            facts: facts(outcome.fields),
        }
    }

    fn refused(&self, told: &Told) -> Option<Response> {
        Some(match told.name {
            "needs_pin" => proof::ask(self, Wanted::Pin, &self.path, None),
            "needs_id" => proof::ask(self, Wanted::NationalId, &self.path, None),
            "needs_set_up" => self.say(&Notice::SetPin, "/me"),
            "locked" => self.say(&Notice::Locked(told.text("minutes")), "/me"),
            "waits" => self.say(
                &Notice::Waits(told.moment("until_day", "until_hour")),
                "/me",
            ),
            "checking" => self.say(&Notice::Checking, "/me"),
            "stranger" => self.problem(Problem::ByPhone),
            "not_manager" => self.problem(Problem::Refused),
            _ => return None,
        })
    }

    pub(super) fn say(&self, notice: &Notice, back: &str) -> Response {
        let frame = self.frame();
        NoticePage {
            frame,
            notice,
            back,
        }
        .into_response()
    }

    pub(super) fn problem(&self, problem: Problem) -> Response {
        let frame = self.frame();
        ErrorPage { frame, problem }.into_response()
    }

    pub(super) fn unavailable(&self) -> Response {
        self.problem(Problem::Unavailable)
    }

    /// Sends the browser on, in the same language.
    pub(super) fn goto(&self, path: &str) -> Response {
        Redirect::to(&self.wish.keep(path)).into_response()
    }
}

/// The errands of a visitor.
pub(super) fn errands<'a>(
    app: &'a App,
    visitor: &'a Visitor,
    language: Language,
) -> Result<Errands<'a>, ActionError> {
    let channel = app
        .channels
        .iter()
        .next()
        .ok_or(ActionError::NoSuchAction)?;
    Ok(Errands {
        store: &app.store,
        tools: &app.tools,
        channel: channel.name.as_str(),
        visitor,
        language,
        now: app.clock.now(),
    })
}

impl std::ops::Deref for Told {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl Facts {
    /// A value as the page shows it.
    pub(super) fn text(&self, name: &str) -> String {
        self.shown(name, Format::Plain)
    }

    pub(super) fn shown(&self, name: &str, format: Format) -> String {
        let shown = self.fields.shown(name, format, self.language);
        shown.map_or_else(String::new, |shown| shown.text)
    }

    /// A day and its hour.
    pub(super) fn moment(&self, day: &str, hour: &str) -> String {
        format!("{}, {}", self.shown(day, Format::Long), self.text(hour))
    }

    /// A first day and a last one.
    pub(super) fn days(&self) -> String {
        let to = match self.language {
            Language::En => "to",
            Language::Sw => "hadi",
        };
        let starts = self.shown("starts", Format::Long);
        let ends = self.shown("ends", Format::Long);
        format!("{starts} {to} {ends}")
    }

    pub(super) fn is(&self, flag: &str) -> bool {
        self.fields.flag(flag).unwrap_or_default()
    }

    /// What is carried along and never shown.
    pub(super) fn hidden(&self, name: &str) -> String {
        match self.value(name) {
            Some(Value::Hidden(id)) => id.clone(),
            _ => String::new(),
        }
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }
}

/// What forms send, by name.
pub(super) fn fields<const N: usize>(values: [(&str, Value); N]) -> Fields {
    values.map(|(name, value)| (name.to_owned(), value)).into()
}
