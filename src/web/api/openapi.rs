//! The document of the API: OpenAPI 3.1, assembled from what endpoints say of themselves.

use axum::http::StatusCode;
use schemars::generate::{Contract, SchemaSettings};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::domain::Scope;

use super::BASE;
use super::endpoint::{Endpoint, Gives, IDEMPOTENCY_KEY, LONGEST_KEY, Takes};
use super::problem::{Kind, MEDIA_TYPE, Written};

/// What every endpoint may answer with instead of what was asked for.
const ANYWHERE: [Kind; 7] = [
    Kind::Unreadable,
    Kind::NoKey,
    Kind::Scope,
    Kind::TooLarge,
    Kind::TooMany,
    Kind::Fault,
    Kind::Unavailable,
];

/// One endpoint, as the document needs it.
pub(super) struct Operation {
    method: &'static str,
    path: &'static str,
    scope: Scope,
    id: &'static str,
    summary: &'static str,
    more: &'static str,
    status: StatusCode,
    once: bool,
    problems: &'static [Kind],
    wanted: fn(&mut SchemaGenerator) -> Schema,
    sent: fn(&mut SchemaGenerator) -> Option<Schema>,
    given: fn(&mut SchemaGenerator) -> Option<Schema>,
    example_sent: Value,
    example_given: Value,
}

impl Operation {
    pub(super) fn of<E: Endpoint>(method: &'static str, path: &'static str, scope: Scope) -> Self {
        Self {
            method,
            path,
            scope,
            id: short_name::<E>(),
            summary: E::SUMMARY,
            more: E::MORE,
            status: E::STATUS,
            once: E::ONCE,
            problems: E::PROBLEMS,
            wanted: E::Wanted::json_schema,
            sent: E::Sent::taken,
            given: E::Given::given,
            example_sent: E::example_sent(),
            example_given: E::example_given(),
        }
    }

    fn as_value(&self, shapes: &mut Shapes) -> Value {
        let mut operation = Map::new();
        operation.insert("operationId".into(), self.id.into());
        operation.insert("summary".into(), self.summary.into());
        let needs = format!("Needs the scope `{}`. {}", self.scope.name(), self.more);
        operation.insert("description".into(), needs.trim_end().into());
        operation.insert("tags".into(), json!([tag(self.path)]));
        operation.insert("security".into(), json!([{ "key": [self.scope.name()] }]));
        let parameters = self.parameters(shapes);
        if !parameters.is_empty() {
            operation.insert("parameters".into(), parameters.into());
        }
        if let Some(schema) = (self.sent)(&mut shapes.taken) {
            let content = json!({ "schema": schema, "example": self.example_sent });
            let body = json!({ "required": true, "content": { "application/json": content } });
            operation.insert("requestBody".into(), body);
        }
        operation.insert("responses".into(), self.responses(shapes).into());
        operation.into()
    }

    /// Each field of what it wants stands in the path or in the query.
    fn parameters(&self, shapes: &mut Shapes) -> Vec<Value> {
        let schema = (self.wanted)(&mut shapes.taken).to_value();
        let fields = schema["properties"].as_object().cloned();
        let mut parameters: Vec<_> = fields
            .into_iter()
            .flatten()
            .map(|(name, mut schema)| {
                let in_path = self.path.contains(&format!("{{{name}}}"));
                let description = schema
                    .as_object_mut()
                    .and_then(|fields| fields.remove("description"));
                json!({
                    "name": name,
                    "in": if in_path { "path" } else { "query" },
                    "required": in_path,
                    "description": description,
                    "schema": schema,
                })
            })
            .collect();
        if self.once {
            parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
        }
        parameters
    }

    fn responses(&self, shapes: &mut Shapes) -> Map<String, Value> {
        let mut responses = Map::new();
        let mut good = json!({ "description": "Done" });
        if let Some(schema) = (self.given)(&mut shapes.given) {
            good["content"] = json!({
                "application/json": { "schema": schema, "example": self.example_given }
            });
        }
        responses.insert(self.status.as_str().to_owned(), good);
        let takes_body = (self.sent)(&mut shapes.taken).is_some();
        let once = [Kind::OtherRequest, Kind::Busy];
        let of_body = [Kind::NotJson];
        let own = self.problems.iter();
        let kinds = ANYWHERE.iter().chain(own);
        let kinds = kinds.chain(once.iter().filter(|_| self.once));
        let kinds = kinds.chain(of_body.iter().filter(|_| takes_body));
        for kind in kinds {
            let status = kind.status();
            let reference = format!("#/components/responses/{}", status.as_str());
            let reference = json!({ "$ref": reference });
            responses.insert(status.as_str().to_owned(), reference);
        }
        responses
    }
}

/// The name of an endpoint's type.
fn short_name<E>() -> &'static str {
    let name = std::any::type_name::<E>();
    name.rsplit("::").next().unwrap_or(name)
}

/// The first part of a path.
fn tag(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}

/// The shapes of what is taken and what is given: a field that may be left out of one always
/// stands in the other.
struct Shapes {
    taken: SchemaGenerator,
    given: SchemaGenerator,
}

impl Shapes {
    fn new() -> Self {
        let settings = |contract| {
            SchemaSettings::draft2020_12()
                .with(|settings| {
                    settings.definitions_path = "/components/schemas".into();
                    settings.contract = contract;
                    settings.meta_schema = None;
                })
                .into_generator()
        };
        Self {
            taken: settings(Contract::Deserialize),
            given: settings(Contract::Serialize),
        }
    }

    fn all(mut self) -> Map<String, Value> {
        let mut all = self.taken.take_definitions(true);
        all.extend(self.given.take_definitions(true));
        all
    }
}

pub(super) fn document(operations: &[Operation]) -> String {
    let mut shapes = Shapes::new();
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let described = operation.as_value(&mut shapes);
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = described;
    }
    let problem = shapes.given.subschema_for::<Written>();
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "CP2",
            "version": "1",
            "description": "The API of CP2 for the council's own systems. Keys are made with \
                `cp2 api key add`; docs/api.md says more, with examples.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": BASE }],
        "security": [{ "key": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key: `cp2_` and letters. What it opens are its scopes.",
                }
            },
            "parameters": {
                "IdempotencyKey": {
                    "name": IDEMPOTENCY_KEY,
                    "in": "header",
                    "required": false,
                    "description": "A name that you give to this request, such as a UUID. A \
                        repeat with the same name within 24 hours does nothing and gets the \
                        answer of the first.",
                    "schema": {
                        "type": "string",
                        "pattern": "^[!-~]+$",
                        "minLength": 1,
                        "maxLength": LONGEST_KEY,
                    },
                }
            },
            "responses": responses(&problem),
            "schemas": shapes.all(),
        },
    });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// One answer for each status that a problem has.
fn responses(problem: &Schema) -> Map<String, Value> {
    let mut responses = Map::new();
    for kind in Kind::ALL {
        let status = kind.status();
        let entry = responses.entry(status.as_str()).or_insert_with(|| {
            let mut headers = Map::new();
            if matches!(kind, Kind::TooMany | Kind::Unavailable) {
                let seconds = json!({ "schema": { "type": "integer", "minimum": 1 } });
                headers.insert("Retry-After".into(), seconds);
            }
            json!({
                "description": kind.title(),
                "headers": headers,
                "content": { MEDIA_TYPE: { "schema": problem } },
            })
        });
        let words = entry["description"].as_str().unwrap_or_default();
        if words != kind.title() {
            entry["description"] = format!("{words}; or: {}", kind.title()).into();
        }
    }
    responses
}
