//! The service over HTTP: callbacks, one-time links, the thin site, health.
//!
//! A handler translates and nothing more: the aggregator reads the bytes, the
//! dialogue or an action does the work in a spawned task, a page or the aggregator
//! writes the answer. All routes stand on this page.

mod api;
mod app;
mod callbacks;
mod centre;
mod check;
mod client;
mod cookie;
mod desk;
mod details;
mod download;
mod forgot;
mod guard;
mod health;
mod invitation;
mod layers;
mod letter;
mod letter_code;
mod links;
mod me;
mod metrics;
mod number;
mod operator;
pub mod pages;
mod password;
mod proof;
mod respond;
mod serve;
mod site;
mod visit;

pub use api::Routes as ApiRoutes;
pub use app::{App, AppParts};
pub use serve::{Patience, serve};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};

use crate::domain::{Duty, Scope};

use operator::Door;

/// Every route of the service, and those that only some ways of starting have.
pub fn router(app: &App, extra: Router) -> Router {
    let callbacks = Router::new()
        // Aggregators: one hop, the end of a session, SMS, reports, opt-outs, SIM cards. Any method:
        // what a stranger gets must not tell that there is something to POST to.
        .route("/callbacks/{channel}/{secret}/ussd", any(callbacks::ussd))
        .route(
            "/callbacks/{channel}/{secret}/ussd/{*rest}",
            any(callbacks::ussd),
        )
        .route(
            "/callbacks/{channel}/{secret}/ussd-end",
            any(callbacks::ussd_end),
        )
        .route("/callbacks/{channel}/{secret}/sms", any(callbacks::sms))
        .route(
            "/callbacks/{channel}/{secret}/delivery",
            any(callbacks::delivery),
        )
        .route(
            "/callbacks/{channel}/{secret}/opt-out",
            any(callbacks::opt_out),
        )
        .route(
            "/callbacks/{channel}/{secret}/sim-swap",
            any(callbacks::sim_swap),
        );
    let people = Router::new()
        // A person opens the link received by SMS; only the POST redeems it.
        .route("/l/{token}", get(links::look).post(links::redeem))
        // Or types the code that came beside it, on a computer that others use too.
        .route("/l", get(letter_code::form).post(letter_code::open))
        .route("/l/", get(letter_code::form))
        .route("/l/open", get(letter_code::opened).post(letter_code::close))
        .route("/l/open/letter", get(letter_code::letter))
        // Anyone checks that a printed letter is genuine.
        .route("/v", get(check::form))
        .route("/v/{code}", get(check::verdict))
        // What browsers keep: the council's crest, and how the console looks.
        .route("/crest.svg", get(site::crest))
        .route("/console.css", get(site::console_sheet))
        // The thin site.
        .route("/", get(site::home))
        .route("/login", get(site::login_form).post(site::log_in))
        .route("/forgot", get(forgot::form).post(forgot::ask))
        .route("/logout", post(site::log_out))
        .route("/me", get(me::page))
        .route("/me/letters/{deployment}", get(me::letter))
        .route("/me/details", get(details::page))
        .route(
            "/me/details/{detail}",
            get(details::form).post(details::change),
        )
        .route("/me/invitation", get(invitation::page))
        .route(
            "/me/invitation/accept",
            get(invitation::accept_form).post(invitation::accept),
        )
        .route(
            "/me/invitation/decline",
            get(invitation::decline_form).post(invitation::decline),
        )
        .route("/me/number", get(number::form).post(number::send))
        .route("/me/number/code", get(number::code_form).post(number::take))
        .route("/me/proof", get(proof::begun).post(proof::prove))
        .route("/me/password", get(password::form).post(password::choose))
        // The pages of centre managers.
        .route("/centre", get(centre::describe::centres))
        .route("/centre/{managed}", get(centre::describe::page))
        .route(
            "/centre/{managed}/distance",
            get(centre::describe::distance_form).post(centre::describe::set_distance),
        )
        .route("/centre/{managed}/roster", get(centre::roster::page))
        .route("/centre/{managed}/roster.csv", get(centre::roster::file))
        .route(
            "/centre/{managed}/attendance",
            get(centre::attendance::days),
        )
        .route(
            "/centre/{managed}/attendance/{day}",
            get(centre::attendance::register).post(centre::attendance::mark),
        )
        .route(
            "/centre/{managed}/attendance/{day}/sign",
            get(centre::attendance::sign_form).post(centre::attendance::sign),
        )
        .route_layer(from_fn_with_state(app.clone(), respond::no_foreign_forms));
    let router = callbacks
        .merge(people)
        .merge(staff(app))
        .merge(platform())
        .fallback(respond::no_such_page)
        .method_not_allowed_fallback(respond::wrong_method)
        .with_state(app.clone())
        .merge(extra);
    let systems = api().into_router().with_state(app.clone());
    let all = layers::forms(router)
        .merge(layers::systems(systems))
        .merge(layers::files(uploads(app), app));
    layers::around(all, app)
}

/// The one route that takes more than a form.
fn uploads(app: &App) -> Router {
    let door = (app.clone(), Door::To(Duty::Files));
    Router::new()
        .route("/operator/imports/file", post(operator::upload_import))
        .method_not_allowed_fallback(respond::wrong_method)
        .route_layer(from_fn_with_state(door, operator::door))
        .route_layer(from_fn_with_state(app.clone(), respond::no_foreign_forms))
        .with_state(app.clone())
}

/// The console, by what each route demands of a role.
#[expect(clippy::too_many_lines, reason = "all routes stand on one page")]
fn staff(app: &App) -> Router<App> {
    let behind = |door: Door, routes: Router<App>| {
        routes.route_layer(from_fn_with_state((app.clone(), door), operator::door))
    };
    let login = Router::new().route(
        "/operator/login",
        get(operator::login_form).post(operator::log_in),
    );
    let begun = Router::new()
        .route(
            "/operator/code",
            get(operator::code_form).post(operator::show_code),
        )
        .route(
            "/operator/enrol",
            get(operator::enrol_form).post(operator::enrol),
        )
        .route(
            "/operator/password",
            get(operator::password_form).post(operator::choose_password),
        )
        .route("/operator/logout", post(operator::log_out));
    let all = Router::new()
        .route("/operator", get(operator::home))
        .route("/operator/board", get(operator::board))
        .route("/operator/menus.svg", get(operator::menu_map))
        .route("/operator/campaigns", get(operator::campaigns))
        .route("/operator/campaigns/{reference}", get(operator::campaign))
        .route(
            "/operator/sessions",
            get(operator::sessions).post(operator::end_session),
        );
    let people = Router::new()
        .route(
            "/operator/people",
            get(operator::search_form).post(operator::search),
        )
        .route("/operator/people/{id}", get(operator::person));
    let help = Router::new()
        .route("/operator/people/{id}/help", post(operator::help))
        .route(
            "/operator/problems",
            get(operator::problems).post(operator::reply),
        );
    let requests = Router::new()
        .route(
            "/operator/people/{id}/data.json",
            get(operator::export_person),
        )
        .route("/operator/people/{id}/erase", post(operator::erase_person))
        .route("/operator/requests", get(operator::requests))
        .route("/operator/requests/lines", post(operator::decide_claim))
        .route(
            "/operator/requests/registrations",
            post(operator::decide_registration),
        );
    let files = Router::new()
        .route("/operator/imports", get(operator::imports))
        .route("/operator/imports/{id}", get(operator::import))
        .route(
            "/operator/imports/{id}/decide",
            post(operator::decide_import),
        )
        .route(
            "/operator/imports/{id}/rejected.csv",
            get(operator::import_rejected),
        )
        .route("/operator/exports", get(operator::exports))
        .route("/operator/exports/{table}", get(operator::export_file));
    let steering = Router::new()
        .route("/operator/board/resume", post(operator::resume_channel))
        .route(
            "/operator/campaigns/new",
            get(operator::campaign_form).post(operator::make_campaign),
        )
        .route(
            "/operator/campaigns/{reference}/trial",
            post(operator::try_campaign),
        )
        .route(
            "/operator/campaigns/{reference}/steps",
            post(operator::steer_campaign),
        )
        .route(
            "/operator/campaigns/{reference}/results.csv",
            get(operator::campaign_results),
        );
    let accounts = Router::new()
        .route(
            "/operator/staff",
            get(operator::staff_accounts).post(operator::change_staff),
        )
        .route("/operator/staff/new", post(operator::add_staff));
    let systems = Router::new()
        .route(
            "/operator/systems",
            get(operator::systems).post(operator::change_system),
        )
        .route("/operator/systems/keys", post(operator::add_api_key));
    let log = Router::new()
        .route("/operator/audit", get(operator::audit))
        .route("/operator/audit.csv", get(operator::audit_file));
    login
        .merge(behind(Door::Begun, begun))
        .merge(behind(Door::To(Duty::SeePeople), people))
        .merge(behind(Door::To(Duty::Help), help))
        .merge(behind(Door::To(Duty::Decide), requests))
        .merge(behind(Door::To(Duty::Files), files))
        .merge(behind(Door::To(Duty::Steer), steering))
        .merge(behind(Door::To(Duty::Accounts), accounts))
        .merge(behind(Door::To(Duty::Systems), systems))
        .merge(behind(Door::To(Duty::Audit), log))
        .merge(behind(Door::To(Duty::Look), all))
        .route_layer(from_fn_with_state(app.clone(), respond::no_foreign_forms))
}

/// The API for the council's own systems, under `/api/v1`, by what each route demands of a key.
#[must_use]
pub fn api() -> ApiRoutes {
    use Scope::{
        CentresRead, CentresWrite, CredentialsVerify, DeploymentsRead, DeploymentsWrite,
        MessagesRead, NoticesSend, PeopleRead, PeopleWrite, WebhooksManage,
    };
    use api::{
        EnableWebhook, ListCentres, ListChangedDeployments, ListChangedPeople, ListDeployments,
        ListMessages, ListPeople, ListWebhooks, MakeWebhook, PingWebhook, PutCentres,
        PutDeployments, PutPeople, ReadCentre, ReadDeployment, ReadMessage, ReadPerson,
        ReadWebhook, RemoveWebhook, RotateWebhook, SearchPeople, SendNotice, VerifyCredential,
    };
    ApiRoutes::default()
        .get::<ListPeople>("/people", PeopleRead)
        .post::<PutPeople>("/people", PeopleWrite)
        .post::<SearchPeople>("/people/search", PeopleRead)
        .get::<ListChangedPeople>("/people/changed", PeopleRead)
        .get::<ReadPerson>("/people/{id}", PeopleRead)
        .get::<ListMessages>("/people/{id}/messages", MessagesRead)
        .get::<ListCentres>("/centres", CentresRead)
        .post::<PutCentres>("/centres", CentresWrite)
        .get::<ReadCentre>("/centres/{code}", CentresRead)
        .get::<ListDeployments>("/deployments", DeploymentsRead)
        .post::<PutDeployments>("/deployments", DeploymentsWrite)
        .get::<ListChangedDeployments>("/deployments/changed", DeploymentsRead)
        .get::<ReadDeployment>("/deployments/{id}", DeploymentsRead)
        .post::<VerifyCredential>("/credentials/verify", CredentialsVerify)
        .post::<SendNotice>("/notices", NoticesSend)
        .get::<ReadMessage>("/messages/{id}", MessagesRead)
        .get::<ListWebhooks>("/webhooks", WebhooksManage)
        .post::<MakeWebhook>("/webhooks", WebhooksManage)
        .get::<ReadWebhook>("/webhooks/{id}", WebhooksManage)
        .delete::<RemoveWebhook>("/webhooks/{id}", WebhooksManage)
        .post::<EnableWebhook>("/webhooks/{id}/enable", WebhooksManage)
        .post::<RotateWebhook>("/webhooks/{id}/secret", WebhooksManage)
        .post::<PingWebhook>("/webhooks/{id}/ping", WebhooksManage)
}

/// The routes of a process that only sends SMS.
pub fn health_router(app: &App) -> Router {
    layers::around(layers::forms(platform().with_state(app.clone())), app)
}

fn platform() -> Router<App> {
    Router::new()
        // The platform.
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::scrape))
}
