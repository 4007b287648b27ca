//! The council's own systems, for managers: their keys of the API, and the addresses that events
//! are posted to.

use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::actions::ActionError;
use crate::actions::api::{
    self, Endpoint, LONGEST_LIFE_DAYS, remove_any_webhook, rotate_any_webhook,
};
use crate::actions::staff::Member;
use crate::domain::{ClientName, HookUrl, Scope, Timestamp, WebhookId};
use crate::intake::{Failed, to_the_end};
use crate::store::Tx;
use crate::store::api_keys::{self, KeyRecord};
use crate::web::app::App;
use crate::web::pages::Problem;

use super::filled::Filled;
use super::said::{Said, back};
use super::{Shell, problem, show, time_of};

const PATH: &str = "/operator/systems";

/// How long the secret before signs beside a new one that staff ask for.
const OVERLAP: Duration = Duration::from_hours(24);

#[derive(Template)]
#[template(path = "operator/systems.html")]
struct SystemsPage<'a> {
    shell: Shell<'a>,
    said: Option<&'static str>,
    /// What it is, and the secret itself; shown once.
    fresh: Option<(String, &'a str)>,
    keys: &'a [KeyRecord],
    addresses: &'a [Endpoint],
    now: Timestamp,
}

/// Every key and every address.
pub(in crate::web) async fn page(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Query(said): Query<Said>,
) -> Response {
    list(&app, &member, said.line(), None).await
}

async fn list(
    app: &App,
    member: &Member,
    said: Option<&'static str>,
    fresh: Option<(String, &str)>,
) -> Response {
    let inner = app.clone();
    let found = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        let keys = api_keys::all(&mut tx).await?;
        Ok::<_, ActionError>((keys, api::all_webhooks(&mut tx).await?))
    });
    let Ok((keys, addresses)) = found.await else {
        return problem(app, Problem::Unavailable);
    };
    let page = SystemsPage {
        shell: app.shell(Some(member)),
        said,
        fresh,
        keys: &keys,
        addresses: &addresses,
        now: app.clock.now(),
    };
    show(app, &page)
}

/// Makes a key, and shows it once. A browser sends each box that is ticked.
pub(in crate::web) async fn add_key(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(fields): Filled<Vec<(String, String)>>,
) -> Response {
    let (client, scopes, life) = match read(&fields) {
        Ok(wanted) => wanted,
        Err(word) => return back(PATH, word),
    };
    let (inner, by) = (app.clone(), member.name.actor());
    let whose = format!("key of {}", client.as_str());
    let made = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        let now = inner.clock.now();
        let key = api::add_key(&mut tx, (&client, &scopes), life, &by, now).await?;
        tx.commit().await?;
        Ok::<_, ActionError>(key.reveal())
    });
    match made.await {
        // It is shown by the answer itself: an address would be kept.
        Ok(key) => list(&app, &member, None, Some((whose, key.as_str()))).await,
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

/// Whose key, what it opens and for how long; or the word that says what is wrong.
fn read(fields: &[(String, String)]) -> Result<(ClientName, Vec<Scope>, Duration), &'static str> {
    let all = |name: &'static str| {
        let named = fields.iter().filter(move |(field, _)| field == name);
        named.map(|(_, value)| value.as_str())
    };
    let client = all("client").next().unwrap_or_default();
    let client = ClientName::parse(client).map_err(|_| "no_client")?;
    let scopes: Result<Vec<_>, _> = all("scope").map(Scope::parse).collect();
    let mut scopes = scopes.map_err(|_| "no_scope")?;
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err("no_scope");
    }
    let days = all("days").next().unwrap_or_default().trim();
    let days = days.parse::<u64>().map_err(|_| "no_days")?;
    if !(1..=LONGEST_LIFE_DAYS).contains(&days) {
        return Err("no_days");
    }
    Ok((client, scopes, Duration::from_hours(24 * days)))
}

#[derive(Deserialize)]
pub(in crate::web) struct Wanted {
    deed: String,
    id: String,
}

/// Takes a key back, removes an address, or gives one a new secret.
pub(in crate::web) async fn change(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(wanted): Filled<Wanted>,
) -> Response {
    let (inner, by) = (app.clone(), member.name.actor());
    let done = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        let done = carry_out(&mut tx, &inner, &by, &wanted).await?;
        tx.commit().await?;
        Ok::<_, ActionError>(done)
    });
    match done.await {
        Ok(Done::Secret(secret)) => {
            let fresh = ("new secret".to_owned(), secret.as_str());
            list(&app, &member, None, Some(fresh)).await
        }
        Ok(Done::Yes) => back(PATH, "done"),
        Ok(Done::Nothing) => back(PATH, "nothing"),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

enum Done {
    Yes,
    Nothing,
    Secret(zeroize::Zeroizing<String>),
}

async fn carry_out(tx: &mut Tx, app: &App, by: &str, wanted: &Wanted) -> Result<Done, ActionError> {
    let now = app.clock.now();
    if wanted.deed == "revoke" {
        let revoked = api::revoke_key(tx, &wanted.id, by, now).await?;
        return Ok(if revoked { Done::Yes } else { Done::Nothing });
    }
    let Ok(id) = WebhookId::parse(&wanted.id) else {
        return Ok(Done::Nothing);
    };
    match wanted.deed.as_str() {
        "rotate" => {
            let secret = rotate_any_webhook(tx, &app.tools, by, (&id, OVERLAP), now).await?;
            Ok(secret.map_or(Done::Nothing, |secret| Done::Secret(secret.reveal())))
        }
        "remove" => {
            let removed = remove_any_webhook(tx, by, &id, now).await?;
            Ok(if removed { Done::Yes } else { Done::Nothing })
        }
        _ => Ok(Done::Nothing),
    }
}

/// Where an address is. The rest of it may be a secret of its owner.
fn host(url: &str) -> String {
    let url = HookUrl::parse(url, true);
    url.map(|url| url.host().to_owned()).unwrap_or_default()
}

fn scopes(key: &KeyRecord) -> String {
    let names: Vec<_> = key.scopes.iter().map(|scope| scope.name()).collect();
    names.join(", ")
}

fn kinds(endpoint: &Endpoint) -> String {
    let names: Vec<_> = endpoint.kinds.iter().map(|kind| kind.name()).collect();
    names.join(", ")
}

fn day(at: Timestamp) -> String {
    at.date_in_kenya().to_string()
}
