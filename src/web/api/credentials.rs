//! Whether a user name and password belong together: the portal's log-in asks here.

use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::actions::{self, Credential as Found};
use crate::domain::{PersonId, UserName};
use crate::intake::to_the_end;
use crate::web::app::App;

use super::endpoint::{Call, Endpoint, Json, Nothing};
use super::paging::SOME_ID;
use super::problem::Refusal;

/// What somebody has typed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Credential {
    /// Their line, or what begins with the code of a centre, whose manager is meant.
    user_name: String,
    /// Their password.
    #[schemars(with = "String")]
    password: SecretString,
}

/// What it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::web) enum Verdict {
    /// They belong together.
    Yes,
    /// They do, and the password came by SMS: nothing may be opened before it is replaced.
    MustChange,
    /// They do not, or there is nobody of that name: which of both is not told.
    No,
    /// This name was tried too often, here or on the site; nothing was compared.
    Locked,
}

/// The answer, and whose it is.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CredentialVerdict")]
pub(in crate::web) struct Told {
    /// The answer.
    verdict: Verdict,
    /// Who has logged in; nothing unless they have.
    person: Option<String>,
    /// Seconds until it is worth trying this name again; nothing unless it is locked.
    retry_after_s: Option<u64>,
}

impl Told {
    fn only(verdict: Verdict) -> Self {
        Self {
            verdict,
            person: None,
            retry_after_s: None,
        }
    }
}

pub(in crate::web) struct VerifyCredential;

impl Endpoint for VerifyCredential {
    const SUMMARY: &'static str = "Ask whether a user name and password belong together";
    const MORE: &'static str = "Tries are counted with those on the site. An unknown name takes as long as a wrong password.";
    type Wanted = Nothing;
    type Sent = Json<Credential>;
    type Given = Json<Told>;

    fn example_sent() -> Value {
        json!({ "user_name": "254700000001", "password": "karibu2026" })
    }

    fn example_given() -> Value {
        json!({ "verdict": "yes", "person": SOME_ID, "retry_after_s": null })
    }

    async fn run(
        call: &mut Call,
        _: Nothing,
        Json(sent): Json<Credential>,
    ) -> Result<Json<Told>, Refusal> {
        let (app, now) = (&call.app, call.now);
        let user = UserName::parse(&sent.user_name);
        if let Some(user) = &user
            && let Some(wait) = actions::count_log_in(&app.store, &app.tools, user, now).await?
        {
            return Ok(Json(Told {
                retry_after_s: Some(wait.seconds()),
                ..Told::only(Verdict::Locked)
            }));
        }
        let password = Zeroizing::new(sent.password.expose_secret().to_owned());
        let by = call.caller.actor();
        let asked = (user, password);
        let found = actions::verify_credential(&app.store, &app.tools, asked, &by, now).await?;
        Ok(Json(match found {
            Found::Right {
                person,
                must_change,
            } => Told {
                person: Some(person.to_string()),
                ..Told::only(if must_change {
                    Verdict::MustChange
                } else {
                    Verdict::Yes
                })
            },
            Found::Wrong(known) => {
                if let Some(person) = known {
                    app.later.spawn(refused(app.clone(), person, by));
                }
                Told::only(Verdict::No)
            }
        }))
    }
}

/// Written down after the answer: only of a known name is there anything to write, and the
/// time must not tell.
async fn refused(app: App, person: PersonId, by: String) {
    let now = app.clock.now();
    // A failure stands in the log.
    let written =
        to_the_end(
            async move { actions::log_in_failed(&app.store, &person, Some(&by), now).await },
        );
    let _ = written.await;
}
