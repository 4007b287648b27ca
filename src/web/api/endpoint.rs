//! How every call goes: who calls, how often, what they may, what they ask for; then the
//! endpoint's own work, once.
//!
//! An endpoint is a type that says what it takes and gives. The same types write the
//! document at `/api/v1/openapi.json`, so that it can't promise anything else.

use axum::body::Bytes;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequest, RawPathParams, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use crate::actions::api::{self, Answer, Caller, Repeat, Unwelcome, keep_answer, look_for_repeat};
use crate::actions::{ActionError, Tools};
use crate::crypto::ApiKey;
use crate::domain::{Scope, Timestamp};
use crate::intake::{Failed, to_the_end};
use crate::store::{StoreError, Tx};
use crate::web::app::App;

use super::problem::{Kind, Problem, Refusal};

/// The largest body: a thousand rows of everything there is to say.
pub(super) const LARGEST_BODY: usize = 1024 * 1024;

/// The header by which a request is known when it is repeated.
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The longest name of a request.
pub(super) const LONGEST_KEY: usize = 255;

/// Something that systems can ask for.
pub(in crate::web) trait Endpoint: Send + 'static {
    /// What it does, in a line.
    const SUMMARY: &'static str;
    /// What else there is to know.
    const MORE: &'static str = "";
    /// What it answers with when it has done so.
    const STATUS: StatusCode = StatusCode::OK;
    /// Whether it takes an `Idempotency-Key`.
    const ONCE: bool = false;
    /// The problems that it has of its own.
    const PROBLEMS: &'static [Kind] = &[];
    /// What stands in its path and query.
    type Wanted: DeserializeOwned + JsonSchema + Send;
    /// What it is sent.
    type Sent: Takes;
    /// What it gives.
    type Given: Gives;

    /// A body that it takes; nothing where it takes none.
    fn example_sent() -> Value {
        Value::Null
    }

    /// An answer.
    fn example_given() -> Value {
        Value::Null
    }

    /// Does it. What it writes is kept together, and only when this ends well.
    fn run(
        call: &mut Call,
        wanted: Self::Wanted,
        sent: Self::Sent,
    ) -> impl Future<Output = Result<Self::Given, Refusal>> + Send;
}

/// What can be sent to an endpoint.
pub(in crate::web) trait Takes: Sized + Send + 'static {
    /// Reads it.
    fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, Problem>;

    /// What it looks like; nothing where there is no body.
    fn taken(generator: &mut SchemaGenerator) -> Option<Schema>;
}

/// What an endpoint can give.
pub(in crate::web) trait Gives: Send + 'static {
    /// Writes it.
    fn write(&self) -> Result<String, serde_json::Error>;

    /// What it looks like; nothing where there is no body.
    fn given(generator: &mut SchemaGenerator) -> Option<Schema>;
}

/// No body, no parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Nothing {}

impl Takes for Nothing {
    fn read(_: &HeaderMap, _: &[u8]) -> Result<Self, Problem> {
        Ok(Self {})
    }

    fn taken(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

impl Gives for Nothing {
    fn write(&self) -> Result<String, serde_json::Error> {
        Ok(String::new())
    }

    fn given(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

/// A body of JSON.
pub(in crate::web) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Takes for Json<T> {
    fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, Problem> {
        if !is_json(headers) {
            let detail = "send the header Content-Type: application/json";
            return Err(Problem::new(Kind::NotJson, detail));
        }
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let read = serde_path_to_error::deserialize(&mut reader);
        let read = read.map_err(|error| {
            // What serde says of a value may hold it; the place is enough.
            let (place, inner) = (error.path().to_string(), error.inner());
            let (line, column) = (inner.line(), inner.column());
            let fault = if inner.is_data() {
                format!("`{place}` is not what the schema says")
            } else {
                "this is no JSON".to_owned()
            };
            let detail = format!("line {line}, column {column}: {fault}");
            Problem::new(Kind::Unreadable, detail)
        })?;
        let end = reader.end();
        end.map_err(|_| Problem::new(Kind::Unreadable, "something stands behind the JSON"))?;
        Ok(Self(read))
    }

    fn taken(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<T>())
    }
}

impl<T: Serialize + JsonSchema + Send + 'static> Gives for Json<T> {
    fn write(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.0)
    }

    fn given(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<T>())
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let said = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = said.and_then(|kind| kind.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// One call of a system that may do what it asks for.
pub(in crate::web) struct Call {
    pub(super) app: App,
    pub(super) caller: Caller,
    pub(super) now: Timestamp,
    tx: Option<Tx>,
}

/// What the work of a call is done with.
pub(super) struct Unit<'a> {
    pub(super) tx: &'a mut Tx,
    pub(super) tools: &'a Tools,
    pub(super) caller: &'a Caller,
    /// The channel that SMS leave by where no route says otherwise.
    pub(super) channel: &'a str,
    pub(super) now: Timestamp,
}

impl Call {
    /// The call's unit of work, begun when it is first needed.
    pub(super) async fn unit(&mut self) -> Result<Unit<'_>, StoreError> {
        let begun = match self.tx.take() {
            Some(begun) => begun,
            None => self.app.store.begin().await?,
        };
        let tx = self.tx.insert(begun);
        let channel = self.app.channels.iter().next();
        Ok(Unit {
            tx,
            tools: &self.app.tools,
            caller: &self.caller,
            channel: channel.map_or("", |channel| channel.name.as_str()),
            now: self.now,
        })
    }
}

/// Answers one request for an endpoint.
pub(super) async fn serve<E: Endpoint>(
    app: App,
    scope: Scope,
    path: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Response {
    let Ok(path) = path else {
        return Problem::new(Kind::Unreadable, "the path is no text").into_response();
    };
    match answer::<E>(app, scope, &path, request).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn answer<E: Endpoint>(
    app: App,
    scope: Scope,
    path: &RawPathParams,
    request: Request,
) -> Result<Response, Problem> {
    let caller = welcome(&app, request.headers()).await?;
    app.guard().may_call(&caller).map_err(|wait| {
        Problem::new(Kind::TooMany, "this key asks too often; slow down").after(wait.as_secs() + 1)
    })?;
    if !caller.may(scope) {
        let detail = format!("this key does not have the scope {}", scope.name());
        return Err(Problem::new(Kind::Scope, detail));
    }
    let wanted = wanted(path, request.uri().query().unwrap_or_default())?;
    let repeat = repeatable::<E>(request.headers())?;
    let (headers, uri) = (request.headers().clone(), request.uri().to_string());
    let bytes = whole(request).await?;
    let sent = E::Sent::read(&headers, &bytes)?;
    let asked = repeat.map(|name| {
        let hash = Sha256::new().chain_update(uri).chain_update([0]);
        let hash = hash.chain_update(&bytes).finalize();
        (name, HEXLOWER.encode(&hash))
    });
    let now = app.clock.now();
    let call = Call {
        app: app.clone(),
        caller,
        now,
        tx: None,
    };
    let done = to_the_end(async move {
        match do_once::<E>(call, asked, wanted, sent).await {
            Ok(answer) => Ok(Ok(answer)),
            Err(Refusal::Problem(problem)) => Ok(Err(problem)),
            Err(Refusal::Failed(error)) => Err(error),
        }
    });
    let answer = done.await.map_err(|Failed| Problem::unavailable())??;
    // There may be something to send.
    app.ring();
    Ok(written(answer))
}

/// Does what is asked for, or finds what was answered when it was done.
async fn do_once<E: Endpoint>(
    mut call: Call,
    asked: Option<(String, String)>,
    wanted: E::Wanted,
    sent: E::Sent,
) -> Result<Answer, Refusal> {
    if let Some((name, hash)) = &asked {
        let Unit {
            tx,
            tools,
            caller,
            now,
            ..
        } = call.unit().await?;
        match look_for_repeat(tx, tools, caller, (name, hash), now).await? {
            Repeat::First => {}
            Repeat::Again(answer) => return Ok(answer),
            Repeat::Other => {
                let detail = "a key is for one request and its repeats; take a new one";
                return Err(Problem::new(Kind::OtherRequest, detail).into());
            }
        }
    }
    let given = E::run(&mut call, wanted, sent).await?;
    let answer = Answer {
        status: E::STATUS.as_u16(),
        body: given.write().map_err(ActionError::from)?,
    };
    if let Some((name, hash)) = &asked {
        let Unit {
            tx, tools, caller, ..
        } = call.unit().await?;
        keep_answer(tx, tools, caller, (name, hash), &answer).await?;
    }
    if let Some(tx) = call.tx {
        tx.commit().await?;
    }
    Ok(answer)
}

fn written(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let has_body = !answer.body.is_empty();
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.remove(CONTENT_TYPE);
    if has_body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}

/// Who calls.
async fn welcome(app: &App, headers: &HeaderMap) -> Result<Caller, Problem> {
    let no_key = |detail: &str| Problem::new(Kind::NoKey, detail);
    let said = headers
        .get(AUTHORIZATION)
        .and_then(|said| said.to_str().ok());
    let key = said.and_then(|said| {
        let (scheme, key) = said.split_once(' ')?;
        let is_bearer = scheme.eq_ignore_ascii_case("bearer");
        is_bearer.then(|| ApiKey::parse(key.trim())).flatten()
    });
    let Some(key) = key else {
        return Err(no_key("send the header Authorization: Bearer cp2_…"));
    };
    let (inner, now) = (app.clone(), app.clock.now());
    let known = to_the_end(async move { api::caller(&inner.store, &key, now).await });
    let known = known.await.map_err(|Failed| Problem::unavailable())?;
    known.map_err(|unwelcome| {
        no_key(match unwelcome {
            Unwelcome::Unknown => "there is no such key",
            Unwelcome::Expired => "this key has expired; ask for a new one",
            Unwelcome::Revoked => "this key was taken back; ask for a new one",
        })
    })
}

/// The parameters of the path and those of the query, read as one.
fn wanted<T: DeserializeOwned>(path: &RawPathParams, query: &str) -> Result<T, Problem> {
    let in_path: Vec<_> = path.iter().collect();
    let mut all = serde_urlencoded::to_string(&in_path).unwrap_or_default();
    if !all.is_empty() && !query.is_empty() {
        all.push('&');
    }
    all.push_str(query);
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(all.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let place = error.path().to_string();
        let detail = match place.as_str() {
            "." | "?" => "a parameter is missing, stands twice or is not known".to_owned(),
            place => format!("the parameter `{place}` is not what it should be"),
        };
        Problem::new(Kind::Unreadable, detail)
    })
}

/// The name that a system gives to a request which it may repeat.
fn repeatable<E: Endpoint>(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(name) = headers.get(IDEMPOTENCY_KEY).filter(|_| E::ONCE) else {
        return Ok(None);
    };
    let name = name.to_str().unwrap_or_default();
    let is_plain = name.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_plain || !(1..=LONGEST_KEY).contains(&name.len()) {
        let detail = format!("an Idempotency-Key has 1 to {LONGEST_KEY} letters, digits and signs");
        return Err(Problem::new(Kind::Unreadable, detail));
    }
    Ok(Some(name.to_owned()))
}

async fn whole(request: Request) -> Result<Bytes, Problem> {
    let bytes = Bytes::from_request(request, &()).await;
    bytes.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("a body has at most {LARGEST_BODY} bytes; send fewer rows");
            Problem::new(Kind::TooLarge, detail)
        }
        _ => Problem::new(Kind::Unreadable, "the body broke off"),
    })
}
