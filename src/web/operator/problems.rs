//! Problems that people report, looked at and answered.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::actions::problem::{Answers, Step, Stepped, Waiting, step, waiting};
use crate::actions::staff::Member;
use crate::actions::{ActionError, has_read};
use crate::domain::{Answer, Language};
use crate::intake::{Failed, to_the_end};
use crate::web::app::App;
use crate::web::pages::Problem;

use super::filled::Filled;
use super::said::{Said, back};
use super::{Shell, problem, show, time_of};

const PATH: &str = "/operator/problems";

#[derive(Template)]
#[template(path = "operator/problems.html")]
struct ProblemsPage<'a> {
    shell: Shell<'a>,
    said: Option<&'static str>,
    waiting: &'a [Waiting],
}

/// All that wait for their answer.
pub(in crate::web) async fn page(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Query(said): Query<Said>,
) -> Response {
    let (inner, who) = (app.clone(), member.clone());
    let found = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        let waiting = waiting(&mut tx, &inner.tools).await?;
        let people: Vec<_> = waiting.iter().map(|one| &one.person.id).collect();
        let (by, what) = (who.name.actor(), ("problems.read", None));
        has_read(&mut tx, &by, what, &people, inner.clock.now()).await?;
        tx.commit().await?;
        Ok::<_, ActionError>(waiting)
    });
    let Ok(waiting) = found.await else {
        return problem(&app, Problem::Unavailable);
    };
    let page = ProblemsPage {
        shell: app.shell(Some(&member)),
        said: said.line(),
        waiting: &waiting,
    };
    show(&app, &page)
}

#[derive(Deserialize)]
pub(in crate::web) struct Reply {
    reference: String,
    step: String,
    #[serde(default)]
    text_en: String,
    #[serde(default)]
    text_sw: String,
}

impl Reply {
    /// None where an answer says nothing, or too much.
    fn read(&self) -> Option<Step> {
        if self.step == "take" {
            return Some(Step::Take);
        }
        let read = |text: &str| match text.trim() {
            "" => Some(None),
            text => Answer::parse(text).ok().map(Some),
        };
        let (en, sw) = (read(&self.text_en)?, read(&self.text_sw)?);
        (en.is_some() || sw.is_some()).then_some(Step::Answer(Answers { en, sw }))
    }
}

/// Takes one on, or answers it.
pub(in crate::web) async fn reply(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(reply): Filled<Reply>,
) -> Response {
    let Some(wanted) = reply.read() else {
        return back(PATH, "too_long");
    };
    let inner = app.clone();
    let stepped = to_the_end(async move {
        let actor = member.name.actor();
        let (by, now) = (inner.decider(&actor), inner.clock.now());
        let mut tx = inner.store.begin().await?;
        let wanted = (reply.reference.as_str(), &wanted);
        let stepped = step(&mut tx, &inner.tools, by, wanted, now).await?;
        // What came to nothing has changed nothing.
        if stepped != Stepped::NotWaiting {
            tx.commit().await?;
        }
        Ok::<_, ActionError>(stepped)
    });
    let word = match stepped.await {
        Ok(Stepped::Done) => "done",
        Ok(Stepped::DoneUntold) => "no_line",
        Ok(Stepped::NotWaiting) => "not_waiting",
        Err(Failed) => return problem(&app, Problem::Unavailable),
    };
    app.ring();
    back(PATH, word)
}
