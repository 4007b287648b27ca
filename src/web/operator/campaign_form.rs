//! Making a campaign: a form, and what was wrong with it.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::campaign::{
    Asked, LONGEST_NAME, MOST_SEGMENTS, Plan, PlanError, make as make_campaign, placeholders,
};
use crate::actions::staff::Member;
use crate::domain::{County, Role};
use crate::intake::{Failed, to_the_end};
use crate::store::deployments::State as Progress;
use crate::web::app::App;
use crate::web::pages::Problem;

use super::filled::Filled;
use super::said::back;
use super::{Shell, problem};

/// The fields of the form, as a browser sends them: a box that is ticked, each time anew.
type Fields = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "operator/campaign_form.html")]
struct FormPage<'a> {
    shell: Shell<'a>,
    faults: &'a [String],
    typed: Typed<'a>,
    channels: Vec<&'a str>,
}

/// What stands in the form.
struct Typed<'a>(&'a [(String, String)]);

impl Typed<'_> {
    /// Every filled field of that name.
    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let fields = self.0.iter().filter(move |(field, _)| field == name);
        fields
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The first one, or nothing.
    fn one(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|found| found == value)
    }

    fn owned(&self, name: &str) -> Vec<String> {
        self.all(name).map(str::to_owned).collect()
    }

    fn asked(&self) -> Result<Asked, String> {
        let number = |name: &str, label: &str| match self.one(name) {
            "" => Ok(None),
            typed => match typed.parse::<usize>() {
                Ok(number) if number > 0 => Ok(Some(number)),
                _ => Err(format!("{label}: a whole number above 0")),
            },
        };
        Ok(Asked {
            name: self.one("name").to_owned(),
            text_en: self.one("text_en").to_owned(),
            text_sw: self.one("text_sw").to_owned(),
            series: self.one("series").to_owned(),
            roles: self.owned("role"),
            counties: self.owned("county"),
            state: Progress::named(self.one("state")),
            promotion: self.has("promotion", "yes"),
            segments: number("segments", "SMS a text")?.unwrap_or(1),
            county_pace: number("county_pace", "messages a minute")?,
            channel: self.one("channel").to_owned(),
        })
    }
}

impl<'a> FormPage<'a> {
    fn new(app: &'a App, member: &'a Member, fields: &'a Fields, faults: &'a [String]) -> Self {
        Self {
            shell: app.shell(Some(member)),
            faults,
            typed: Typed(fields),
            channels: channels(app).collect(),
        }
    }

    fn respond(&self, app: &App) -> Response {
        let status = if self.faults.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        app.look.console().respond(status, self)
    }
}

fn channels(app: &App) -> impl Iterator<Item = &str> {
    app.channels.iter().map(|channel| channel.name.as_str())
}

/// An empty form.
pub(in crate::web) async fn form(
    State(app): State<App>,
    Extension(member): Extension<Member>,
) -> Response {
    FormPage::new(&app, &member, &Vec::new(), &[]).respond(&app)
}

/// Makes what was asked for; or the form again, with what is wrong.
pub(in crate::web) async fn make(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(fields): Filled<Fields>,
) -> Response {
    let made = match plan(&app, &fields) {
        Ok(plan) => keep(&app, &member, plan).await,
        Err(faults) => Ok(Err(faults)),
    };
    match made {
        Ok(Ok(reference)) => back(&format!("/operator/campaigns/{reference}"), "made"),
        Ok(Err(faults)) => FormPage::new(&app, &member, &fields, &faults).respond(&app),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

fn plan(app: &App, fields: &Fields) -> Result<Plan, Vec<String>> {
    let asked = Typed(fields).asked().map_err(|fault| vec![fault])?;
    asked.plan(channels(app)).map_err(|error| match error {
        PlanError::Wrong(faults) => faults,
        PlanError::Action(error) => vec![error.to_string()],
    })
}

/// Its reference, or what is wrong with its texts.
async fn keep(
    app: &App,
    member: &Member,
    plan: Plan,
) -> Result<Result<String, Vec<String>>, Failed> {
    let (inner, by) = (app.clone(), member.name.actor());
    to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        match make_campaign(&mut tx, plan, &by, inner.clock.now()).await {
            Ok(campaign) => {
                tx.commit().await?;
                Ok(Ok(campaign.reference))
            }
            Err(PlanError::Wrong(faults)) => Ok(Err(faults)),
            Err(PlanError::Action(error)) => Err(error),
        }
    })
    .await
}
