//! Requests that wait to be decided: who is registered, who takes a lost line over.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::actions::registration::{self, Waiting};
use crate::actions::staff::Member;
use crate::actions::{self, ActionError, Claim, Evidence};
use crate::domain::{Msisdn, Timestamp, TscNumber};
use crate::intake::{Failed, to_the_end};
use crate::web::app::App;
use crate::web::pages::Problem;

use super::filled::Filled;
use super::said::{Said, back};
use super::{Shell, problem, show, time_of};

const PATH: &str = "/operator/requests";

#[derive(Template)]
#[template(path = "operator/requests.html")]
struct RequestsPage<'a> {
    shell: Shell<'a>,
    said: Option<&'static str>,
    registrations: &'a [Waiting],
    claims: &'a [(Claim, Evidence)],
}

/// All that wait, with what speaks for and against each.
pub(in crate::web) async fn page(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Query(said): Query<Said>,
) -> Response {
    let (inner, who) = (app.clone(), member.clone());
    let found = to_the_end(async move {
        let now = inner.clock.now();
        let mut tx = inner.store.begin().await?;
        let registrations = registration::waiting(&mut tx, &inner.tools).await?;
        let mut claims = Vec::new();
        for claim in actions::claims(&mut tx, now).await? {
            let evidence = actions::evidence(&mut tx, &inner.tools.keys, &claim, now).await?;
            claims.push((claim, evidence));
        }
        let shown = claims.iter().map(|(claim, _)| &claim.person.id);
        let shown: Vec<_> = shown
            .chain(registrations.iter().flat_map(Waiting::people))
            .collect();
        let (by, what) = (who.name.actor(), ("requests.read", None));
        actions::has_read(&mut tx, &by, what, &shown, now).await?;
        tx.commit().await?;
        Ok::<_, ActionError>((registrations, claims))
    });
    let Ok((registrations, claims)) = found.await else {
        return problem(&app, Problem::Unavailable);
    };
    let page = RequestsPage {
        shell: app.shell(Some(&member)),
        said: said.line(),
        registrations: &registrations,
        claims: &claims,
    };
    show(&app, &page)
}

#[derive(Deserialize)]
pub(in crate::web) struct Ruling {
    reference: String,
    decision: String,
    #[serde(default)]
    reason: String,
}

/// Decides who is registered.
pub(in crate::web) async fn decide_registration(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(form): Filled<Ruling>,
) -> Response {
    use registration::{Decided, decide};
    let inner = app.clone();
    let decided = to_the_end(async move {
        let decision = match form.decision.as_str() {
            "approve" => registration::Decision::Approve,
            _ => registration::Decision::Refuse(&form.reason),
        };
        let actor = member.name.actor();
        let (by, now) = (inner.decider(&actor), inner.clock.now());
        let wanted = (form.reference.as_str(), decision);
        let mut tx = inner.store.begin().await?;
        let decided = decide(&mut tx, &inner.tools, by, wanted, now).await?;
        // What was not decided has changed nothing.
        if decided == Decided::Done {
            tx.commit().await?;
        }
        Ok::<_, ActionError>(decided)
    });
    let word = match decided.await {
        Ok(Decided::Done) => "done",
        Ok(Decided::NotWaiting) => "not_waiting",
        Ok(Decided::IdIsKnown) => "id_is_known",
        Ok(Decided::LineIsHeld) => "line_is_held",
        Err(Failed) => return problem(&app, Problem::Unavailable),
    };
    app.ring();
    back(PATH, word)
}

/// Decides who takes a lost line over.
pub(in crate::web) async fn decide_claim(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(form): Filled<Ruling>,
) -> Response {
    use actions::{Decided, Decision};
    let inner = app.clone();
    let decision = match form.decision.as_str() {
        "approve" => Decision::Approve,
        _ => Decision::Refuse,
    };
    let decided = to_the_end(async move {
        let actor = member.name.actor();
        let (by, now) = (inner.decider(&actor), inner.clock.now());
        let wanted = (form.reference.as_str(), decision);
        let mut tx = inner.store.begin().await?;
        let decided = actions::decide_claim(&mut tx, &inner.tools, by, wanted, now).await?;
        if decided != Decided::NotWaiting {
            tx.commit().await?;
        }
        Ok::<_, ActionError>(decided)
    });
    let word = match (decided.await, decision) {
        (Ok(Decided::NotWaiting), _) => "not_waiting",
        (Ok(Decided::NeedsAnother), _) => "first",
        (Ok(Decided::Refused), Decision::Approve) => "line_is_held",
        (Ok(_), _) => "done",
        (Err(Failed), _) => return problem(&app, Problem::Unavailable),
    };
    app.ring();
    back(PATH, word)
}

fn tsc(number: Option<&TscNumber>) -> &str {
    number.map_or("–", TscNumber::as_str)
}

fn moment(at: Option<&Timestamp>) -> String {
    at.map_or_else(|| "not known".to_owned(), time_of)
}

fn line(number: Option<&Msisdn>) -> &str {
    number.map_or("–", Msisdn::as_str)
}
