//! The document of the API: what is checked in is what the service says, its examples hold, and
//! a fuzzer that reads it finds no answer that it does not promise.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use cp2::config::Config;
use serde_json::Value;

use crate::api::System;
use crate::harness::program::run;
use crate::harness::{Database, TestService, with_each_database};

with_each_database!(
    the_examples_of_the_document_are_taken,
    a_fuzzer_finds_no_answer_that_the_document_does_not_promise,
);

const CHECKED_IN: &str = include_str!("../../docs/openapi.json");

#[test]
fn the_document_is_what_the_program_would_write() {
    assert!(
        CHECKED_IN == cp2::web::api().document(),
        "docs/openapi.json is old: cp2 api openapi > docs/openapi.json"
    );
}

fn document() -> Value {
    serde_json::from_str(CHECKED_IN).unwrap()
}

/// What a reference leads to.
fn followed<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    while let Some(reference) = value["$ref"].as_str() {
        value = document.pointer(&reference[1..]).unwrap();
    }
    value
}

/// Each operation with its path and method.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (path.clone(), method.clone(), operation))
    });
    all.collect()
}

#[test]
fn every_answer_has_an_example_with_each_of_its_fields() {
    let document = document();
    for (path, method, operation) in operations(&document) {
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let content = &answer["content"]["application/json"];
            if status.starts_with('2') && !content.is_null() {
                fits(&document, &content["schema"], &content["example"], &path);
            }
        }
        assert!(
            operation["summary"].as_str().unwrap().len() > 10,
            "{method} {path}"
        );
    }
}

/// Whether an example has all fields of its schema, and no others.
fn fits(document: &Value, schema: &Value, example: &Value, place: &str) {
    let schema = followed(document, schema);
    if let Some(fields) = schema["properties"].as_object() {
        let known: BTreeSet<_> = fields.keys().collect();
        let shown = example
            .as_object()
            .unwrap_or_else(|| panic!("{place}: {example}"));
        assert_eq!(shown.keys().collect::<BTreeSet<_>>(), known, "{place}");
        for (name, field) in fields {
            fits(document, field, &example[name], &format!("{place}.{name}"));
        }
    }
    if let Some(items) = example.as_array() {
        assert_eq!(schema["type"], "array", "{place}");
        for item in items {
            fits(document, &schema["items"], item, place);
        }
    }
}

async fn the_examples_of_the_document_are_taken(database: Database) {
    let service = TestService::start(database).await;
    let system = System::with_all(&service).await;
    let person = system.id_of(1).await;
    let document = document();
    let mut tried = 0;
    for (path, method, operation) in operations(&document) {
        let mut sent = operation["requestBody"]["content"]["application/json"]["example"].clone();
        if method != "post" || sent.is_null() || path.contains('{') {
            continue;
        }
        if !sent["person"].is_null() {
            sent["person"] = person.clone().into();
        }
        system.takes(&path, &sent).await;
        tried += 1;
    }
    assert_eq!(tried, 7);
    service.stop().await;
}

/// The fuzzer, which `scripts/test` installs; it keeps what it remembers there.
fn fuzzer() -> Command {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/schemathesis");
    let mut fuzzer = Command::new(home.join("bin/schemathesis"));
    fuzzer.current_dir(home);
    fuzzer
}

fn unhurried(config: &mut Config) {
    config.api.calls_a_minute = 1_000_000;
}

async fn a_fuzzer_finds_no_answer_that_the_document_does_not_promise(database: Database) {
    let service = TestService::start_with(database, unhurried).await;
    let system = System::with_all(&service).await;
    let mut fuzzer = fuzzer();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fuzzer
        .arg("--config-file")
        .arg(here.join("tests/it/assets/schemathesis.toml"))
        .arg("run")
        .arg(format!("{}/api/v1/openapi.json", service.base))
        .env("CP2_API_KEY", system.key());
    let said = tokio::task::spawn_blocking(move || run(&mut fuzzer))
        .await
        .unwrap();
    assert_eq!(said.code, Some(0), "{}\n{}", said.out, said.err);
    service.stop().await;
}
